"""The log of what happened to documents."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime

from luminalib.domain.documents import DocumentEvent


class EventLog(ABC):
    """The append-only log of what happened to documents."""

    @abstractmethod
    def append(self, event: DocumentEvent) -> None:
        """Adds a row at the commit, with an id greater than that of every row committed before."""

    @abstractmethod
    async def after(self, event_id: int, owner_id: str | None, limit: int) -> list[DocumentEvent]:
        """The next rows, oldest first: those of `owner_id`'s documents, or of all when it is None."""

    @abstractmethod
    async def latest_id(self) -> int:
        """The id of the newest row, 0 when there is none."""

    @abstractmethod
    async def newest_ids(self, after: int) -> Mapping[str | None, int]:
        """The id of each owner's newest row among those after the id `after`."""

    @abstractmethod
    async def history(self, document_id: str) -> list[DocumentEvent]:
        """The status changes of one document, oldest first."""

    @abstractmethod
    async def forget_progress(self, before: datetime) -> None:
        """Deletes the news between two states from before then; no history shows it."""
