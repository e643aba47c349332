"""Lists in pages with an exact total, in one round trip."""

from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa

from luminalib.adapters.db.views.reader import FEW, Reader
from luminalib.adapters.db.views.statements import Row, Statement
from luminalib.domain.paging import Page, PageRequest

T = TypeVar("T")


class Listing:
    """A list of what a select matches, in one order; its rows end with the total."""

    def __init__(self, matching: sa.Select[*tuple[Any, ...]], *order: sa.ColumnElement[Any]) -> None:
        counted = matching.with_only_columns(sa.literal_column("1").label("one"), maintain_column_froms=True).subquery("counted")
        total = sa.select(sa.func.count()).select_from(counted).scalar_subquery()
        limit, offset = (sa.bindparam(name, type_=sa.Integer, required=True) for name in ("limit", "offset"))
        self.page = Statement(matching.add_columns(total).order_by(*order).limit(limit).offset(offset))
        self.total = Statement(sa.select(total))

    async def read(self, reader: Reader, tenant_id: str, page: PageRequest, view: Callable[[Row], T], **given: Any) -> Page[T]:
        """One page, each row made a view. Raises DatabaseUnavailable."""
        rows = await reader.rows(self.page, tenant_id, few=page.size <= FEW, limit=page.size, offset=page.offset, **given)
        total = rows[0][-1] if rows else 0
        if not rows and page.page > 1:
            total = (await reader.rows(self.total, tenant_id, **given))[0][0]
        return Page([view(row[:-1]) for row in rows], total)
