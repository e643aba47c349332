"""Connections to other systems, and contacts in step with them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

from luminalib.domain.crm import CrmConnection, CrmContact, CrmSync


class CrmRepository(ABC):
    """Connections, contacts and syncs of the tenant."""

    @abstractmethod
    async def add(self, row: CrmConnection | CrmContact | CrmSync) -> None:
        """Keeps a new one."""

    @abstractmethod
    async def connections(self) -> Sequence[CrmConnection]:
        """All, the oldest first."""

    @abstractmethod
    async def get(self, connection_id: str) -> CrmConnection:
        """Held until the unit ends when it writes. Raises ConnectionNotFound."""

    @abstractmethod
    async def remove(self, row: CrmConnection | CrmContact) -> None:
        """Deletes it; a connection with its contacts and syncs."""

    @abstractmethod
    async def find_contact(
        self, connection_id: str, *, email: str | None = None, remote_id: str | None = None
    ) -> CrmContact | None:
        """The contact with that address, or that counterpart; held until the unit ends when it writes."""

    @abstractmethod
    async def dirty(self, connection_id: str, limit: int) -> Sequence[CrmContact]:
        """Contacts that have something to be told, the longest waiting first."""

    @abstractmethod
    async def pending_sync(self, connection_id: str) -> CrmSync | None:
        """The sync that has not ended."""

    @abstractmethod
    async def forget_syncs(self, before: datetime) -> None:
        """Deletes those from before then."""
