"""Passwords and tokens."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime


class PasswordHasher(ABC):
    """Hashes passwords slowly, away from the event loop and a bounded number at a time."""

    @abstractmethod
    async def hash(self, password: str, origin: str | None = None) -> str:
        """The hash to keep, with its parameters and salt in it.

        `origin` is the network address that it is done for, None for the house. Raises Unavailable, and TooManyRequests when the
        origin has too many waiting already.
        """

    @abstractmethod
    async def verify(self, password: str, password_hash: str | None, origin: str | None = None) -> bool:
        """Whether they belong together; takes as long for None (no such account) as for a wrong password. Raises as `hash` does."""

    @abstractmethod
    def needs_rehash(self, password_hash: str) -> bool:
        """Whether it was made with other parameters than today's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessClaims:
    """What an access token says; `expires_at` in UTC."""

    user_id: str
    session_id: str
    tenant_id: str
    role: str
    expires_at: datetime


class CommonPasswords(ABC):
    """Knows the passwords that attackers try first."""

    @abstractmethod
    def contains(self, password: str) -> bool:
        """Whether this password, in lower case, is one of them."""


class TokenSigner(ABC):
    """Makes and checks access tokens, and the opaque secrets behind refresh tokens."""

    @abstractmethod
    def sign(self, claims: AccessClaims, issued_at: datetime) -> str:
        """The token to hand out."""

    @abstractmethod
    def verify(self, token: str, now: datetime) -> AccessClaims:
        """What the token says. Raises InvalidToken when it is forged, expired, or not one of ours."""

    @abstractmethod
    def refresh_token(self, session_id: str, rotation: int) -> str:
        """The refresh token of that number: the same whenever it is asked for, and nobody else can make it."""

    @abstractmethod
    def read_refresh_token(self, token: str) -> tuple[str, int]:
        """The session and the number of a refresh token of ours. Raises InvalidToken for any other."""

    @abstractmethod
    def ticket(self, session_id: str, purpose: str, expires_at: datetime) -> str:
        """A pass for one purpose that stands for the session until then. Printable, without characters that URLs escape."""

    @abstractmethod
    def read_ticket(self, ticket: str, purpose: str, now: datetime) -> str:
        """The session that a ticket stands for. Raises InvalidToken, also for another purpose and after its end."""

    @abstractmethod
    def new_secret(self) -> str:
        """A fresh secret of at least 256 bits, safe in URLs."""

    @abstractmethod
    def digest(self, secret: str) -> str:
        """The form in which a secret is kept and looked up."""
