"""Accounts and the record of security events, as admins read them."""

from abc import ABC, abstractmethod

from luminalib.domain.audit import AuditEvent
from luminalib.domain.auth import Account
from luminalib.domain.paging import Page, PageRequest


class UserViews(ABC):
    """Accounts and the audit log."""

    @abstractmethod
    async def list(self, tenant_id: str, page: PageRequest) -> Page[Account]:
        """All accounts, the oldest first."""

    @abstractmethod
    async def audit(self, tenant_id: str, page: PageRequest) -> Page[AuditEvent]:
        """Security events, the newest first."""
