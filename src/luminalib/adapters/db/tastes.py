"""The log of taste events."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.schema import BIG_ID, UtcDateTime, enum_column, metadata, tenant_column
from luminalib.domain.tastes import TasteEvent, TasteKind
from luminalib.ports.persistence import TasteLog

taste_events = sa.Table(
    "taste_events",
    metadata,
    sa.Column("id", BIG_ID, primary_key=True, autoincrement=True),
    tenant_column(),
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    # No foreign key: what somebody read stays true when the book has gone.
    sa.Column("book_id", sa.String(36), nullable=False),
    sa.Column("kind", enum_column(TasteKind), nullable=False),
    sa.Column("rating", sa.Integer),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_taste_events_tenant_id_user_id", "tenant_id", "user_id", "id"),
    sa.Index("ix_taste_events_tenant_id_id", "tenant_id", "id"),
    sa.Index("ix_taste_events_tenant_id_at", "tenant_id", "at"),
    sqlite_autoincrement=True,  # never gives the id of a deleted row again
)
impressions = sa.Table(
    "impressions",
    metadata,
    tenant_column(),
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("book_id", sa.String(36), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("strategy", sa.String(16), nullable=False),
    sa.Column("recommender", sa.String(32), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_impressions_tenant_id_day", "tenant_id", "day"),
)
WANTED = (TasteKind.BORROWED, TasteKind.HELD)
"""What shows that somebody wants a book."""

_COLUMNS = ("id", "user_id", "book_id", "kind", "rating", "at")
_EVENTS = sa.select(*(taste_events.c[name] for name in _COLUMNS))


class SqlTasteLog(TasteLog):
    """Rows of the table `taste_events`."""

    def __init__(self, session: AsyncSession, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._own = taste_events.c.tenant_id == tenant_id

    async def append(self, event: TasteEvent) -> None:
        """See TasteLog."""
        values = asdict(event) | {"tenant_id": self._tenant_id}
        del values["id"]
        await self._session.execute(sa.insert(taste_events).values(values))

    async def trim(self, keep: int) -> None:
        """See TasteLog."""
        c = taste_events.c
        age = sa.func.row_number().over(partition_by=(c.user_id, c.book_id), order_by=c.id.desc())
        ranked = sa.select(c.id, age.label("age")).where(self._own).subquery()
        old = sa.select(ranked.c.id).where(ranked.c.age > keep)
        await self._session.execute(sa.delete(taste_events).where(self._own, c.id.in_(old)))

    async def forget(self, user_id: str) -> None:
        """See TasteLog."""
        await self._session.execute(sa.delete(taste_events).where(self._own, taste_events.c.user_id == user_id))
        shown = sa.and_(impressions.c.tenant_id == self._tenant_id, impressions.c.user_id == user_id)
        await self._session.execute(sa.delete(impressions).where(shown))

    async def batch(self, after: TasteEvent | None, limit: int) -> Sequence[TasteEvent]:
        """See TasteLog."""
        c = taste_events.c
        wanted = _EVENTS.where(self._own).order_by(c.user_id, c.id).limit(limit)
        if after is not None:
            wanted = wanted.where(sa.tuple_(c.user_id, c.id) > (after.user_id, after.id))
        return _events(await self._session.execute(wanted))

    async def count_after(self, event_id: int) -> tuple[int, datetime | None]:
        """See TasteLog."""
        c = taste_events.c
        wanted = sa.select(sa.func.count(), sa.func.min(c.at, type_=c.at.type)).where(self._own, c.id > event_id)
        count, first = (await self._session.execute(wanted)).one()
        return count, first

    async def latest_id(self) -> int:
        """See TasteLog."""
        return await self._session.scalar(sa.select(sa.func.max(taste_events.c.id)).where(self._own)) or 0

    async def popular(self, since: datetime, limit: int) -> list[tuple[str, int]]:
        """See TasteLog."""
        c = taste_events.c
        members = sa.func.count(c.user_id.distinct())
        wanted = sa.select(c.book_id, members).where(self._own, c.at >= since, c.kind.in_(WANTED))
        rows = await self._session.execute(wanted.group_by(c.book_id).order_by(members.desc(), c.book_id).limit(limit))
        return [(book_id, count) for book_id, count in rows]


def _events(rows: Iterable[Any]) -> list[TasteEvent]:
    return [
        TasteEvent(id=number, user_id=user_id, book_id=book_id, kind=kind, rating=rating, at=at)
        for number, user_id, book_id, kind, rating, at in rows
    ]
