"""Table of what tenants use, counted in the transactions that use it."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.auth import users
from luminalib.adapters.db.books import books
from luminalib.adapters.db.documents import documents
from luminalib.adapters.db.schema import bytewise, enum_column, metadata
from luminalib.adapters.db.uploads import uploads
from luminalib.domain.auth import NO_PASSWORD
from luminalib.domain.quotas import STANDING, Count, Quota
from luminalib.ports.persistence import QuotaCounters

quota_counters = sa.Table(
    "quota_counters",
    metadata,
    sa.Column("tenant_id", sa.String(36), primary_key=True),
    sa.Column("quota", enum_column(Quota), primary_key=True),
    sa.Column("period", bytewise(10), primary_key=True),
    sa.Column("used", sa.BigInteger, nullable=False),
    # The percentage of the limit that admins were told of last.
    sa.Column("told", sa.SmallInteger, nullable=False),
)
_C = quota_counters.c
_KEY = ("tenant_id", "quota", "period")


def _own(table: sa.Table) -> sa.ColumnElement[bool]:
    return table.c.tenant_id == sa.bindparam("tenant_id")


def _sum_of(column: sa.Column[int], *wanted: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.coalesce(sa.func.sum(column), 0)).where(_own(column.table), *wanted).scalar_subquery()


_MEASURED: Mapping[Quota, sa.Select[int]] = MappingProxyType(
    {
        Quota.MEMBERS: sa.select(sa.func.count())
        .select_from(users)
        .where(_own(users), users.c.is_active, users.c.password_hash != NO_PASSWORD),
        Quota.BOOKS: sa.select(sa.func.count()).select_from(books).where(_own(books)),
        # An upload has its place from the announcement on, until it is a document.
        Quota.BYTES: sa.select(_sum_of(documents.c.byte_size) + _sum_of(uploads.c.length, uploads.c.document_id.is_(None))),
    }
)


class SqlQuotaCounters(QuotaCounters):
    """Rows of `quota_counters`; a row is locked by raising it."""

    def __init__(self, session: AsyncSession, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id

    async def use(self, quota: Quota, period: str, amount: int) -> Count:
        """See QuotaCounters."""
        is_postgres = self._session.get_bind().dialect.name == "postgresql"
        insert: Any = postgresql.insert(quota_counters) if is_postgres else sqlite.insert(quota_counters)
        new = insert.values(tenant_id=self._tenant_id, quota=quota, period=period, used=amount, told=0)
        raised = new.on_conflict_do_update(index_elements=_KEY, set_={"used": _C.used + amount})
        row = (await self._session.execute(raised.returning(_C.used, _C.told))).one()
        if not quota.is_standing:
            return Count(row.used, row.told)
        await self._session.flush()  # what this unit has added counts
        used = await self._measured(quota) + amount
        await self._session.execute(sa.update(quota_counters).where(*self._key(quota, period)).values(used=used))
        return Count(used, row.told)

    async def note_told(self, quota: Quota, period: str, percent: int) -> None:
        """See QuotaCounters."""
        await self._session.execute(sa.update(quota_counters).where(*self._key(quota, period)).values(told=percent))

    async def used(self, quota: Quota, period: str) -> int:
        """See QuotaCounters."""
        if quota.is_standing:
            return await self._measured(quota)
        return await self._session.scalar(sa.select(_C.used).where(*self._key(quota, period))) or 0

    async def by_period(self, quota: Quota, since: str) -> Mapping[str, int]:
        """See QuotaCounters."""
        wanted = _C.tenant_id == self._tenant_id, _C.quota == quota, _C.period >= since
        rows = await self._session.execute(sa.select(_C.period, _C.used).where(*wanted).order_by(_C.period))
        return {row.period: row.used for row in rows}

    async def forget(self, before: date) -> None:
        """See QuotaCounters."""
        old = _C.tenant_id == self._tenant_id, _C.period != STANDING, _C.period < before.isoformat()
        await self._session.execute(sa.delete(quota_counters).where(*old))

    async def _measured(self, quota: Quota) -> int:
        return int(await self._session.scalar(_MEASURED[quota], {"tenant_id": self._tenant_id}) or 0)  # sums are decimals

    def _key(self, quota: Quota, period: str) -> tuple[sa.ColumnElement[bool], ...]:
        return _C.tenant_id == self._tenant_id, _C.quota == quota, _C.period == period
