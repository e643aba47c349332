"""What members did with books."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

from luminalib.domain.tastes import TasteEvent


class TasteLog(ABC):
    """The append-only log of taste events. Rows are never changed; they go only when their member wants to be forgotten."""

    @abstractmethod
    async def append(self, event: TasteEvent) -> None:
        """Adds a row."""

    @abstractmethod
    async def trim(self, keep: int) -> None:
        """Forgets all but the newest `keep` events of each member about each book."""

    @abstractmethod
    async def forget(self, user_id: str) -> None:
        """Deletes a member's events, and what was shown to them."""

    @abstractmethod
    async def batch(self, after: TasteEvent | None, limit: int) -> Sequence[TasteEvent]:
        """The next events of all, member by member and each member's oldest first, beginning after `after`."""

    @abstractmethod
    async def count_after(self, event_id: int) -> tuple[int, datetime | None]:
        """How many events were appended after this one, and when the first of them happened."""

    @abstractmethod
    async def latest_id(self) -> int:
        """The id of the newest row, 0 when there is none."""

    @abstractmethod
    async def popular(self, since: datetime, limit: int) -> list[tuple[str, int]]:
        """The books that most members borrowed or waited for since then, each with how many, the most wanted first."""
