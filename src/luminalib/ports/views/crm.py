"""Connections, contacts and syncs, as they are read."""

from abc import ABC, abstractmethod

from luminalib.domain.crm import CrmConnectionView, CrmContactView, CrmSyncView
from luminalib.domain.paging import Page, PageRequest


class CrmViews(ABC):
    """Other systems, and how far the library is in step with them."""

    @abstractmethod
    async def list(self, tenant_id: str, page: PageRequest) -> Page[CrmConnectionView]:
        """All connections, the oldest first."""

    @abstractmethod
    async def get(self, tenant_id: str, connection_id: str) -> CrmConnectionView:
        """One. Raises ConnectionNotFound."""

    @abstractmethod
    async def syncs(self, tenant_id: str, connection_id: str, page: PageRequest) -> Page[CrmSyncView]:
        """What was done, the newest first."""

    @abstractmethod
    async def contacts(self, tenant_id: str, connection_id: str, page: PageRequest) -> Page[CrmContactView]:
        """Contacts, by address."""
