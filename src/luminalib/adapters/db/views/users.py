"""Accounts and security events."""

import sqlalchemy as sa

from luminalib.adapters.db.audit import audit_events
from luminalib.adapters.db.auth import users
from luminalib.adapters.db.views.listing import Listing
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Row
from luminalib.domain.audit import AuditEvent
from luminalib.domain.auth import Account
from luminalib.domain.paging import Page, PageRequest
from luminalib.ports.views import UserViews

_ACCOUNT = ("id", "email", "display_name", "role", "is_active", "created_at")
_EVENT = ("action", "at", "actor_id", "subject_id", "address", "detail", "id")
_ACCOUNTS = Listing(sa.select(*(users.c[name] for name in _ACCOUNT)), users.c.created_at, users.c.id)
_EVENTS = Listing(sa.select(*(audit_events.c[name] for name in _EVENT)), audit_events.c.id.desc())


class SqlUserViews(UserViews):
    """The tables `users` and `audit_events`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def list(self, tenant_id: str, page: PageRequest) -> Page[Account]:
        """See UserViews."""
        return await _ACCOUNTS.read(self._reader, tenant_id, page, _account)

    async def audit(self, tenant_id: str, page: PageRequest) -> Page[AuditEvent]:
        """See UserViews."""
        return await _EVENTS.read(self._reader, tenant_id, page, _event)


def _account(row: Row) -> Account:
    return Account(**dict(zip(_ACCOUNT, row, strict=True)))


def _event(row: Row) -> AuditEvent:
    return AuditEvent(**dict(zip(_EVENT, row, strict=True)))
