"""Tables and repository of connections to other systems."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.schema import UtcDateTime, enum_column, id_column, locked, map_owned, metadata, tenant_column
from luminalib.domain.crm import ConnectionNotFound, CrmConnection, CrmContact, CrmKind, CrmSync, SyncState
from luminalib.ports.persistence import CrmRepository

crm_connections = sa.Table(
    "crm_connections",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("kind", enum_column(CrmKind), nullable=False),
    sa.Column("url", sa.String(2000)),
    sa.Column("token", sa.String(4000)),
    sa.Column("mapping", sa.JSON, nullable=False),
    sa.Column("is_enabled", sa.Boolean, nullable=False),
    sa.Column("cursor", sa.String(2000)),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("open_until", UtcDateTime),
    sa.Column("synced_at", UtcDateTime),
    sa.Column("created_by", sa.String(36)),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index("ix_crm_connections_tenant_id", "tenant_id", "created_at", "id"),
)
map_owned(CrmConnection, crm_connections)

crm_contacts = sa.Table(
    "crm_contacts",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("connection_id", sa.ForeignKey("crm_connections.id", ondelete="CASCADE"), nullable=False),
    sa.Column("email", sa.String(320), nullable=False),
    sa.Column("fields", sa.JSON, nullable=False),
    sa.Column("remote_id", sa.String(500)),
    sa.Column("version", sa.String(200)),
    sa.Column("is_dirty", sa.Boolean, nullable=False),
    sa.Column("error", sa.String(500)),
    sa.Column("removed_at", UtcDateTime),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("tenant_id", "connection_id", "email"),
    sa.Index("ix_crm_contacts_remote_id", "connection_id", "remote_id"),
    sa.Index("ix_crm_contacts_is_dirty", "connection_id", "is_dirty", "updated_at"),
)
map_owned(CrmContact, crm_contacts)

crm_syncs = sa.Table(
    "crm_syncs",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("connection_id", sa.ForeignKey("crm_connections.id", ondelete="CASCADE"), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("state", enum_column(SyncState), nullable=False),
    sa.Column("pushed", sa.Integer, nullable=False),
    sa.Column("pulled", sa.Integer, nullable=False),
    sa.Column("conflicts", sa.Integer, nullable=False),
    sa.Column("error", sa.String(500)),
    sa.Index("ix_crm_syncs_connection_id", "connection_id", "at", "id"),
)
map_owned(CrmSync, crm_syncs)


class SqlCrmRepository(CrmRepository):
    """The tables `crm_connections`, `crm_contacts` and `crm_syncs`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, row: CrmConnection | CrmContact | CrmSync) -> None:
        """See CrmRepository."""
        self._session.add(row)

    async def connections(self) -> Sequence[CrmConnection]:
        """See CrmRepository."""
        ordered = sa.select(CrmConnection).order_by(crm_connections.c.created_at, crm_connections.c.id)
        return (await self._session.scalars(ordered)).all()

    async def get(self, connection_id: str) -> CrmConnection:
        """See CrmRepository."""
        wanted = locked(self._session, sa.select(CrmConnection).where(crm_connections.c.id == connection_id))
        found = await self._session.scalar(wanted)
        if found is None:
            raise ConnectionNotFound
        return found

    async def remove(self, row: CrmConnection | CrmContact) -> None:
        """See CrmRepository."""
        await self._session.delete(row)

    async def find_contact(
        self, connection_id: str, *, email: str | None = None, remote_id: str | None = None
    ) -> CrmContact | None:
        """See CrmRepository."""
        c = crm_contacts.c
        same = c.email == email if email is not None else c.remote_id == remote_id
        wanted = sa.select(CrmContact).where(c.connection_id == connection_id, same).order_by(c.email).limit(1)
        return await self._session.scalar(locked(self._session, wanted))

    async def dirty(self, connection_id: str, limit: int) -> Sequence[CrmContact]:
        """See CrmRepository."""
        c = crm_contacts.c
        wanted = sa.select(CrmContact).where(c.connection_id == connection_id, c.is_dirty)
        return (await self._session.scalars(wanted.order_by(c.updated_at, c.id).limit(limit))).all()

    async def pending_sync(self, connection_id: str) -> CrmSync | None:
        """See CrmRepository."""
        c = crm_syncs.c
        wanted = sa.select(CrmSync).where(c.connection_id == connection_id, c.state == SyncState.PENDING)
        return await self._session.scalar(wanted.order_by(c.at, c.id).limit(1))

    async def forget_syncs(self, before: datetime) -> None:
        """See CrmRepository."""
        await self._session.execute(sa.delete(crm_syncs).where(crm_syncs.c.at < before))
