"""The log of notices."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.books import books
from luminalib.adapters.db.loans import loans
from luminalib.adapters.db.schema import BIG_ID, UtcDateTime, enum_column, lock_appending, metadata, tenant_column
from luminalib.domain.loans import Loan
from luminalib.domain.notices import LONGEST_TITLE, Notice, NoticeKind
from luminalib.ports.persistence import NoticeLog

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", BIG_ID, primary_key=True, autoincrement=True),
    tenant_column(),
    # No foreign keys: a notice for somebody else must not wait for their account's lock, and outlives what it is about.
    sa.Column("user_id", sa.String(36), nullable=False),
    sa.Column("kind", enum_column(NoticeKind), nullable=False),
    sa.Column("subject_id", sa.String(36), nullable=False),
    sa.Column("book_id", sa.String(36)),
    sa.Column("title", sa.String(LONGEST_TITLE), nullable=False),
    sa.Column("until", UtcDateTime, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_notices_tenant_id_id", "tenant_id", "id"),
    sa.Index("ix_notices_user_id_id", "tenant_id", "user_id", "id"),
    sa.Index("ix_notices_subject_id", "subject_id", "kind", "at"),
    sqlite_autoincrement=True,  # never gives the id of a deleted row again
)


class SqlNoticeLog(NoticeLog):
    """Notices in the table `notices`, written by `write_pending` as the last thing before the commit."""

    def __init__(self, session: AsyncSession, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._pending: list[Notice] = []

    @property
    def readers(self) -> set[str]:
        """Whom the appended notices are for."""
        return {notice.user_id for notice in self._pending}

    def append(self, notice: Notice) -> None:
        """See NoticeLog."""
        self._pending.append(notice)

    async def write_pending(self) -> None:
        """Inserts what was appended, in the order in which units of work commit."""
        if not self._pending:
            return
        await lock_appending(self._session, notices)
        rows = [asdict(notice) | {"tenant_id": self._tenant_id} for notice in self._pending]
        for row in rows:
            del row["id"]
        await self._session.execute(sa.insert(notices), rows)

    async def untold(
        self, kind: NoticeKind, due: tuple[datetime, datetime], since: datetime, limit: int
    ) -> Sequence[tuple[Loan, str]]:
        """See NoticeLog."""
        told = sa.exists().where(notices.c.subject_id == loans.c.id, notices.c.kind == kind, notices.c.at > since)
        is_due = sa.and_(loans.c.returned_at.is_(None), loans.c.due_at >= due[0], loans.c.due_at < due[1])
        untold = sa.select(Loan, books.c.title).join(books, books.c.id == loans.c.book_id).where(is_due, ~told)
        rows = await self._session.execute(untold.order_by(loans.c.due_at, loans.c.id).limit(limit))
        return [(loan, title) for loan, title in rows]

    async def told(self, kind: NoticeKind, subject_ids: Sequence[str]) -> Collection[tuple[str, datetime]]:
        """See NoticeLog."""
        c = notices.c
        said = sa.select(c.subject_id, c.until).where(c.tenant_id == self._tenant_id, c.subject_id.in_(subject_ids), c.kind == kind)
        return {(subject_id, until) for subject_id, until in await self._session.execute(said)}

    async def after(self, notice_id: int, user_id: str, limit: int) -> Sequence[Notice]:
        """See NoticeLog."""
        return await self._read(self._theirs(user_id).where(notices.c.id > notice_id).order_by(notices.c.id).limit(limit))

    async def latest_id(self) -> int:
        """See NoticeLog."""
        newest = sa.select(sa.func.max(notices.c.id)).where(notices.c.tenant_id == self._tenant_id)
        return await self._session.scalar(newest) or 0

    async def newest_ids(self, after: int) -> Mapping[str | None, int]:
        """See NoticeLog."""
        c = notices.c
        newest = sa.select(c.user_id, sa.func.max(c.id)).where(c.tenant_id == self._tenant_id, c.id > after).group_by(c.user_id)
        return dict((await self._session.execute(newest)).all())

    async def withdraw(self, kind: NoticeKind, subject_ids: Sequence[str]) -> None:
        """See NoticeLog."""
        about = sa.and_(notices.c.kind == kind, notices.c.subject_id.in_(subject_ids))
        await self._session.execute(sa.delete(notices).where(notices.c.tenant_id == self._tenant_id, about))

    async def forget(self, *, before: datetime | None = None, user_id: str | None = None) -> None:
        """See NoticeLog."""
        old = notices.c.at < before if before is not None else notices.c.user_id == user_id
        await self._session.execute(sa.delete(notices).where(notices.c.tenant_id == self._tenant_id, old))

    def _theirs(self, user_id: str) -> sa.Select[*tuple[Any, ...]]:
        return sa.select(notices).where(notices.c.tenant_id == self._tenant_id, notices.c.user_id == user_id)

    async def _read(self, wanted: sa.Select[*tuple[Any, ...]]) -> Sequence[Notice]:
        rows = (await self._session.execute(wanted)).mappings()
        return [Notice(**{key: value for key, value in row.items() if key != "tenant_id"}) for row in rows]
