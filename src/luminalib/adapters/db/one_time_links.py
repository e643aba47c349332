"""Table and repository of links that work once."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.schema import UtcDateTime, enum_column, id_column, locked, map_owned, metadata, tenant_column
from luminalib.domain.auth import Role
from luminalib.domain.one_time_links import LinkKind, OneTimeLink
from luminalib.ports.persistence import OneTimeLinkRepository

one_time_links = sa.Table(
    "one_time_links",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("kind", enum_column(LinkKind), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), index=True),
    sa.Column("role", enum_column(Role), nullable=False),
    sa.Column("note", sa.String(200)),
    sa.Column("created_by", sa.String(36)),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("used_at", UtcDateTime),
    sa.Index("ix_one_time_links_tenant_id_kind", "tenant_id", "kind", "created_at"),
)
map_owned(OneTimeLink, one_time_links)


class SqlOneTimeLinkRepository(OneTimeLinkRepository):
    """The table `one_time_links`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, link: OneTimeLink) -> None:
        """See OneTimeLinkRepository."""
        self._session.add(link)

    async def find(self, kind: LinkKind, digest: str) -> OneTimeLink | None:
        """See OneTimeLinkRepository."""
        return await self._one(one_time_links.c.kind == kind, one_time_links.c.digest == digest)

    async def get(self, kind: LinkKind, link_id: str) -> OneTimeLink | None:
        """See OneTimeLinkRepository."""
        return await self._one(one_time_links.c.kind == kind, one_time_links.c.id == link_id)

    async def count_open(self, kind: LinkKind, now: datetime) -> int:
        """See OneTimeLinkRepository."""
        is_open = sa.and_(one_time_links.c.used_at.is_(None), one_time_links.c.expires_at > now)
        found = await self._session.scalars(sa.select(OneTimeLink).where(one_time_links.c.kind == kind, is_open))
        return len(found.all())

    async def remove(self, link: OneTimeLink) -> None:
        """See OneTimeLinkRepository."""
        await self._session.delete(link)

    async def forget(self, user_id: str) -> None:
        """See OneTimeLinkRepository."""
        await self._session.execute(sa.delete(one_time_links).where(one_time_links.c.user_id == user_id))

    async def prune(self, before: datetime) -> None:
        """See OneTimeLinkRepository."""
        await self._session.execute(sa.delete(one_time_links).where(one_time_links.c.expires_at < before))

    async def _one(self, *conditions: sa.ColumnElement[bool]) -> OneTimeLink | None:
        return await self._session.scalar(locked(self._session, sa.select(OneTimeLink).where(*conditions)))
