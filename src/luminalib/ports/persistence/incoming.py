"""Who sends to the library, and what came."""

from abc import ABC, abstractmethod
from datetime import datetime

from luminalib.domain.incoming import IncomingEvent, Source


class IncomingRepository(ABC):
    """Sources and their messages."""

    @abstractmethod
    async def add_source(self, source: Source) -> None:
        """Keeps a new one. Leaving the unit raises SourceExists when there is one of its name."""

    @abstractmethod
    async def count_sources(self) -> int:
        """How many there are."""

    @abstractmethod
    async def get_source(self, source_id: str) -> Source:
        """Raises SourceNotFound."""

    @abstractmethod
    async def find_source(self, name: str) -> Source | None:
        """The source of that name, if there is one."""

    @abstractmethod
    async def remove_source(self, source: Source) -> None:
        """Deletes it with its messages."""

    @abstractmethod
    async def add(self, event: IncomingEvent) -> bool:
        """Keeps a message; False when the source has sent it before."""

    @abstractmethod
    async def find(self, event_id: str) -> IncomingEvent | None:
        """A message, held until the unit ends."""

    @abstractmethod
    async def forget(self, before: datetime) -> None:
        """Deletes messages that came before then."""
