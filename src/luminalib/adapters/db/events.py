"""The log of document events."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.schema import BIG_ID, UtcDateTime, enum_column, lock_appending, metadata, tenant_column
from luminalib.domain.documents import DocumentEvent, DocumentStatus
from luminalib.ports.persistence import EventLog

document_events = sa.Table(
    "document_events",
    metadata,
    sa.Column("id", BIG_ID, primary_key=True, autoincrement=True),
    tenant_column(),
    sa.Column("document_id", sa.ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("book_id", sa.String(36)),
    sa.Column("owner_id", sa.String(36)),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("status", enum_column(DocumentStatus), nullable=False),
    sa.Column("previous", enum_column(DocumentStatus)),
    sa.Column("progress", sa.Integer, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("detail", sa.Text),
    sa.Index("ix_document_events_tenant_id_id", "tenant_id", "id"),
    sa.Index("ix_document_events_owner_id_id", "tenant_id", "owner_id", "id"),
    sqlite_autoincrement=True,  # never gives the id of a deleted row again
)


class SqlEventLog(EventLog):
    """Events in the table `document_events`, written by `write_pending` as the last thing before the commit."""

    def __init__(self, session: AsyncSession, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._pending: list[DocumentEvent] = []

    @property
    def owners(self) -> set[str | None]:
        """Whose documents the appended events are about."""
        return {event.owner_id for event in self._pending}

    def append(self, event: DocumentEvent) -> None:
        """See EventLog."""
        self._pending.append(event)

    async def write_pending(self) -> None:
        """Inserts what was appended, in the order in which units of work commit."""
        if not self._pending:
            return
        await lock_appending(self._session, document_events)
        for event in self._pending:
            values = asdict(event) | {"tenant_id": self._tenant_id}
            del values["id"]
            await self._session.execute(sa.insert(document_events).values(values))

    async def after(self, event_id: int, owner_id: str | None, limit: int) -> list[DocumentEvent]:
        """See EventLog."""
        wanted = self._own().where(document_events.c.id > event_id)
        if owner_id is not None:
            wanted = wanted.where(document_events.c.owner_id == owner_id)
        return await self._read(wanted.limit(limit))

    async def latest_id(self) -> int:
        """See EventLog."""
        newest = sa.select(sa.func.max(document_events.c.id)).where(document_events.c.tenant_id == self._tenant_id)
        return await self._session.scalar(newest) or 0

    async def newest_ids(self, after: int) -> Mapping[str | None, int]:
        """See EventLog."""
        c = document_events.c
        newest = sa.select(c.owner_id, sa.func.max(c.id)).where(c.tenant_id == self._tenant_id, c.id > after).group_by(c.owner_id)
        return dict((await self._session.execute(newest)).all())

    async def history(self, document_id: str) -> list[DocumentEvent]:
        """See EventLog."""
        c = document_events.c
        return await self._read(self._own().where(c.document_id == document_id, c.kind == "status"))

    async def forget_progress(self, before: datetime) -> None:
        """See EventLog."""
        c = document_events.c
        old = sa.and_(c.tenant_id == self._tenant_id, c.kind == "progress", c.at < before)
        await self._session.execute(sa.delete(document_events).where(old))

    def _own(self) -> sa.Select[*tuple[Any, ...]]:
        return sa.select(document_events).where(document_events.c.tenant_id == self._tenant_id).order_by(document_events.c.id)

    async def _read(self, wanted: sa.Select[*tuple[Any, ...]]) -> list[DocumentEvent]:
        rows = (await self._session.execute(wanted)).mappings()
        return [DocumentEvent(**{key: value for key, value in row.items() if key != "tenant_id"}) for row in rows]
