"""The record of security events."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.schema import BIG_ID, UtcDateTime, enum_column, metadata, tenant_column
from luminalib.domain.audit import AuditAction, AuditEvent
from luminalib.ports.persistence import AuditLog

audit_events = sa.Table(
    "audit_events",
    metadata,
    sa.Column("id", BIG_ID, primary_key=True, autoincrement=True),
    tenant_column(),
    sa.Column("action", enum_column(AuditAction), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor_id", sa.String(36)),
    sa.Column("subject_id", sa.String(36)),
    sa.Column("address", sa.String(64)),
    sa.Column("detail", sa.Text),
    sa.Index("ix_audit_events_tenant_id_id", "tenant_id", "id"),
    sqlite_autoincrement=True,
)


class SqlAuditLog(AuditLog):
    """Rows of the table `audit_events`."""

    def __init__(self, session: AsyncSession, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._own = audit_events.c.tenant_id == tenant_id

    async def append(self, event: AuditEvent) -> None:
        """See AuditLog."""
        values = asdict(event) | {"tenant_id": self._tenant_id}
        del values["id"]
        await self._session.execute(sa.insert(audit_events).values(values))

    async def addresses_of(self, user_id: str, limit: int) -> Sequence[str]:
        """See AuditLog."""
        c = audit_events.c
        theirs = sa.and_(self._own, c.subject_id == user_id, c.action == AuditAction.LOGGED_IN, c.address.is_not(None))
        return [*await self._session.scalars(sa.select(c.address).where(theirs).order_by(c.id.desc()).limit(limit))]

    async def forget(self, before: datetime) -> None:
        """See AuditLog."""
        await self._session.execute(sa.delete(audit_events).where(self._own, audit_events.c.at < before))
