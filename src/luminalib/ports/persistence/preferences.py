"""What members say they like."""

from abc import ABC, abstractmethod

from luminalib.domain.preferences import Preferences


class PreferencesRepository(ABC):
    """What members say they like."""

    @abstractmethod
    async def get(self, user_id: str) -> Preferences:
        """The account's preferences; empty ones when it has stated none."""

    @abstractmethod
    async def save(self, preferences: Preferences) -> None:
        """Keeps them in place of those before."""

    @abstractmethod
    async def remove(self, user_id: str) -> None:
        """Forgets them."""
