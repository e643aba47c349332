"""Secrets of others, as they are kept: webhooks' keys, tokens of other systems."""

from abc import ABC, abstractmethod

from luminalib.domain.errors import Unavailable


class SealBroken(Unavailable):
    """A kept secret cannot be opened. Put the key that sealed it into LUMINALIB_PREVIOUS_SEALING_KEYS, or enter the secret anew."""

    slug = "seal-broken"


class Sealer(ABC):
    """Makes secrets unreadable for who has the database but not the key. What one tenant sealed no other can open."""

    @abstractmethod
    def seal(self, tenant_id: str, secret: str) -> str:
        """The form in which it is kept: ASCII, about 4/3 of its length and 80 characters, different each time."""

    @abstractmethod
    def open(self, tenant_id: str, sealed: str) -> str:
        """The secret again. Raises SealBroken when the key is not at hand, or it is not what was sealed for that tenant."""
