"""Tables and repository of webhooks that come in."""

from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.schema import UtcDateTime, enum_column, id_column, locked, map_owned, metadata, tenant_column
from luminalib.domain.incoming import LONGEST_ID, IncomingEvent, Scheme, Source, SourceNotFound
from luminalib.ports.persistence import IncomingRepository

webhook_sources = sa.Table(
    "webhook_sources",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("scheme", enum_column(Scheme), nullable=False),
    sa.Column("key", sa.String(64), nullable=False),
    sa.Column("secret", sa.String(1000), nullable=False),
    sa.Column("header", sa.String(64)),
    sa.Column("created_by", sa.String(36)),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("tenant_id", "name"),
)
map_owned(Source, webhook_sources)

incoming_events = sa.Table(
    "incoming_events",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("source_id", sa.ForeignKey("webhook_sources.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("external_id", sa.String(LONGEST_ID), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("received_at", UtcDateTime, nullable=False),
    sa.Column("done_at", UtcDateTime),
    sa.Column("error", sa.String(500)),
    sa.UniqueConstraint("tenant_id", "source_id", "external_id"),
    sa.Index("ix_incoming_events_received_at", "tenant_id", "received_at"),
)
map_owned(IncomingEvent, incoming_events)


class SqlIncomingRepository(IncomingRepository):
    """The tables `webhook_sources` and `incoming_events`."""

    def __init__(self, session: AsyncSession, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id

    async def add_source(self, source: Source) -> None:
        """See IncomingRepository."""
        self._session.add(source)

    async def count_sources(self) -> int:
        """See IncomingRepository."""
        own = webhook_sources.c.tenant_id == self._tenant_id
        return await self._session.scalar(sa.select(sa.func.count()).select_from(webhook_sources).where(own)) or 0

    async def get_source(self, source_id: str) -> Source:
        """See IncomingRepository."""
        found = await self._session.scalar(sa.select(Source).where(webhook_sources.c.id == source_id))
        if found is None:
            raise SourceNotFound
        return found

    async def find_source(self, name: str) -> Source | None:
        """See IncomingRepository."""
        return await self._session.scalar(sa.select(Source).where(webhook_sources.c.name == name))

    async def remove_source(self, source: Source) -> None:
        """See IncomingRepository."""
        await self._session.delete(source)

    async def add(self, event: IncomingEvent) -> bool:
        """See IncomingRepository."""
        insert = (postgresql if self._session.get_bind().dialect.name == "postgresql" else sqlite).insert(incoming_events)
        values: dict[str, Any] = {field.name: getattr(event, field.name) for field in fields(IncomingEvent)}
        new = insert.values(**values, tenant_id=self._tenant_id).on_conflict_do_nothing().returning(incoming_events.c.id)
        return await self._session.scalar(new) is not None

    async def find(self, event_id: str) -> IncomingEvent | None:
        """See IncomingRepository."""
        return await self._session.scalar(locked(self._session, sa.select(IncomingEvent).where(incoming_events.c.id == event_id)))

    async def forget(self, before: datetime) -> None:
        """See IncomingRepository."""
        await self._session.execute(sa.delete(incoming_events).where(incoming_events.c.received_at < before))
