"""Accounts and security events."""

from functools import cache

import sqlalchemy as sa

from luminalib.adapters.db.audit import audit_events
from luminalib.adapters.db.auth import users
from luminalib.adapters.db.schema import UtcDateTime
from luminalib.adapters.db.views.listing import Listing
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Row
from luminalib.domain.audit import AuditEvent, AuditFilter
from luminalib.domain.auth import Account, AccountFilter, normalise_email
from luminalib.domain.paging import Page, PageRequest
from luminalib.ports.views import UserViews

_ACCOUNT = ("id", "email", "display_name", "role", "is_active", "created_at")
_EVENT = ("action", "at", "actor_id", "subject_id", "address", "detail", "id")


@cache
def _accounts(*, has_q: bool = False, has_role: bool = False, is_active: bool | None = None) -> Listing:
    wanted = sa.select(*(users.c[name] for name in _ACCOUNT))
    if has_q:
        q = sa.bindparam("q", type_=sa.String, required=True)
        wanted = wanted.where(sa.func.lower(users.c.display_name).contains(q, escape="/") | users.c.email.contains(q, escape="/"))
    if has_role:
        wanted = wanted.where(users.c.role == sa.bindparam("role", type_=sa.String, required=True))
    if is_active is not None:
        wanted = wanted.where(users.c.is_active if is_active else ~users.c.is_active)
    return Listing(wanted, users.c.created_at, users.c.id)


@cache
def _events(*, has_action: bool = False, has_user: bool = False, has_since: bool = False, has_until: bool = False) -> Listing:
    wanted = sa.select(*(audit_events.c[name] for name in _EVENT))
    if has_action:
        wanted = wanted.where(audit_events.c.action == sa.bindparam("action", type_=sa.String, required=True))
    if has_user:
        user = sa.bindparam("user", type_=sa.String, required=True)
        wanted = wanted.where((audit_events.c.actor_id == user) | (audit_events.c.subject_id == user))
    if has_since:
        wanted = wanted.where(audit_events.c.at >= sa.bindparam("since", type_=UtcDateTime, required=True))
    if has_until:
        wanted = wanted.where(audit_events.c.at < sa.bindparam("until", type_=UtcDateTime, required=True))
    return Listing(wanted, audit_events.c.id.desc())


class SqlUserViews(UserViews):
    """The tables `users` and `audit_events`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def list(self, tenant_id: str, wanted: AccountFilter, page: PageRequest) -> Page[Account]:
        """See UserViews."""
        listing = _accounts(has_q=bool(wanted.q), has_role=wanted.role is not None, is_active=wanted.is_active)
        given = {"q": _escaped(wanted.q or ""), "role": wanted.role and wanted.role.value}
        return await listing.read(self._reader, tenant_id, page, _account, **given)

    async def audit(self, tenant_id: str, wanted: AuditFilter, page: PageRequest) -> Page[AuditEvent]:
        """See UserViews."""
        listing = _events(
            has_action=wanted.action is not None,
            has_user=wanted.user_id is not None,
            has_since=wanted.since is not None,
            has_until=wanted.until is not None,
        )
        action = wanted.action and wanted.action.value
        given = {"action": action, "user": wanted.user_id, "since": wanted.since, "until": wanted.until}
        return await listing.read(self._reader, tenant_id, page, _event, **given)


def _escaped(part: str) -> str:
    return normalise_email(part).replace("/", "//").replace("%", "/%").replace("_", "/_")


def _account(row: Row) -> Account:
    return Account(**dict(zip(_ACCOUNT, row, strict=True)))


def _event(row: Row) -> AuditEvent:
    return AuditEvent(**dict(zip(_EVENT, row, strict=True)))
