"""Accounts and the record of security events, as admins read them."""

from abc import ABC, abstractmethod

from luminalib.domain.audit import AuditEvent, AuditFilter
from luminalib.domain.auth import Account, AccountFilter
from luminalib.domain.paging import Page, PageRequest


class UserViews(ABC):
    """Accounts and the audit log."""

    @abstractmethod
    async def list(self, tenant_id: str, wanted: AccountFilter, page: PageRequest) -> Page[Account]:
        """Accounts that match, the oldest first."""

    @abstractmethod
    async def audit(self, tenant_id: str, wanted: AuditFilter, page: PageRequest) -> Page[AuditEvent]:
        """Security events that match, the newest first."""
