"""Lists in pages with their total, in one round trip."""

from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from luminalib.adapters.db.views.kept import COUNTED_EXACTLY, Kept
from luminalib.adapters.db.views.reader import FEW, Reader
from luminalib.adapters.db.views.statements import Row, Statement
from luminalib.domain.paging import Page, PageRequest

T = TypeVar("T")


class Listing:
    """A list of what a select matches, in one order; its rows end with the total, up to one more than are counted."""

    def __init__(self, matching: sa.Select[*tuple[Any, ...]], *order: sa.ColumnElement[Any]) -> None:
        ones: sa.Select[*tuple[Any, ...]] = matching.with_only_columns(
            sa.literal_column("1").label("one"), maintain_column_froms=True
        )
        some = ones.limit(sa.literal_column(str(COUNTED_EXACTLY + 1))).subquery("counted")
        total = sa.select(sa.func.count()).select_from(some).scalar_subquery()
        limit, offset = (sa.bindparam(name, type_=sa.Integer, required=True) for name in ("limit", "offset"))
        self.page = Statement(matching.add_columns(total).order_by(*order).limit(limit).offset(offset))
        self.total = Statement(sa.select(total))
        self.length = Statement(sa.select(sa.func.count()).select_from(ones.subquery("counted")))
        self._lengths: WeakKeyDictionary[Reader, Kept[tuple[Any, ...], int]] = WeakKeyDictionary()

    async def read(self, reader: Reader, tenant_id: str, page: PageRequest, view: Callable[[Row], T], **given: Any) -> Page[T]:
        """One page, each row made a view. Raises DatabaseUnavailable."""
        rows = await reader.rows(self.page, tenant_id, few=page.size <= FEW, limit=page.size, offset=page.offset, **given)
        total = rows[0][-1] if rows else 0
        if not rows and page.page > 1:
            total = (await reader.rows(self.total, tenant_id, **given))[0][0]
        items = [view(row[:-1]) for row in rows]
        if total <= COUNTED_EXACTLY:
            return Page(items, total)
        return Page(items, await self._length(reader, tenant_id, given), is_estimate=True)

    async def _length(self, reader: Reader, tenant_id: str, given: dict[str, Any]) -> int:
        """How many there were at most a minute ago."""
        known = self._lengths.setdefault(reader, Kept())
        key = (tenant_id, *sorted((name, str(value)) for name, value in given.items()))
        length = known.get(key)
        return known.put(key, (await reader.rows(self.length, tenant_id, **given))[0][0]) if length is None else length
