"""The lines for books."""

from abc import ABC, abstractmethod
from datetime import datetime

from luminalib.domain.holds import Hold
from luminalib.domain.loans import Standing


class HoldRepository(ABC):
    """Holds, active and over."""

    @abstractmethod
    async def add(self, hold: Hold) -> None:
        """Keeps a new hold."""

    @abstractmethod
    async def standing(self, user_id: str, book_id: str, now: datetime) -> Standing:
        """How a member stands with a book; both are locked by the caller."""

    @abstractmethod
    async def find(self, hold_id: str) -> Hold | None:
        """One hold; whoever changes it locks its member and book first, and asks again."""

    @abstractmethod
    async def line(self, book_id: str) -> list[Hold]:
        """A book's active holds, the first in line first."""

    @abstractmethod
    async def save(self) -> None:
        """Writes what changed now, so that this unit's next questions see it."""

    @abstractmethod
    async def active_of(self, user_id: str) -> list[Hold]:
        """A member's active holds."""

    @abstractmethod
    async def lapsed_books(self, now: datetime) -> list[str]:
        """Books with a hold that has lapsed."""

    @abstractmethod
    async def forget(self, user_id: str) -> None:
        """Deletes a member's holds that are over."""
