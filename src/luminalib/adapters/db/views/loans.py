"""Loans by member, book and state."""

from datetime import datetime
from functools import cache

import sqlalchemy as sa

from luminalib.adapters.db.loans import loans
from luminalib.adapters.db.schema import UtcDateTime
from luminalib.adapters.db.views.borrowers import of_words, words_in
from luminalib.adapters.db.views.listing import Listing
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Row
from luminalib.domain.loans import LoanFilter, LoanState, LoanView
from luminalib.domain.paging import Page, PageRequest
from luminalib.ports.views import LoanViews

_L = loans.c
_OVERDUE = sa.and_(_L.returned_at.is_(None), _L.due_at < sa.bindparam("overdue_before", type_=UtcDateTime, required=True))
_COLUMNS = (
    _L.id,
    _L.book_id,
    _L.user_id,
    _L.returned_at.is_(None),
    _L.borrowed_at,
    _L.due_at,
    _L.returned_at,
    _L.renewals,
    sa.type_coerce(_OVERDUE, sa.Boolean),
)  # fmt: skip -- in the order of LoanView


def _view(row: Row) -> LoanView:
    values = [*row[:3], LoanState.OPEN if row[3] else LoanState.CLOSED, *row[4:]]
    return LoanView(*values)


@cache
def _list(
    *,
    of_member: bool,
    of_book: bool,
    state: LoanState | None,
    is_overdue: bool | None = None,
    has_due: bool = False,
    words: int = 0,
) -> Listing:
    wanted = sa.select(*_COLUMNS)
    if of_member:
        wanted = wanted.where(_L.user_id == sa.bindparam("user", type_=sa.String))
    if of_book:
        wanted = wanted.where(_L.book_id == sa.bindparam("book", type_=sa.String))
    if state is not None:
        wanted = wanted.where(_L.returned_at.is_(None) if state is LoanState.OPEN else _L.returned_at.is_not(None))
    if is_overdue is not None:
        wanted = wanted.where(_OVERDUE if is_overdue else ~_OVERDUE)
    if has_due:
        wanted = wanted.where(_L.due_at < sa.bindparam("due_before", type_=UtcDateTime, required=True))
    if words:
        wanted = of_words(wanted, _L.book_id, _L.user_id, words)
    return Listing(wanted, _L.borrowed_at.desc(), _L.id)


class SqlLoanViews(LoanViews):
    """The table `loans`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def list(self, tenant_id: str, wanted: LoanFilter, page: PageRequest, overdue_before: datetime) -> Page[LoanView]:
        """See LoanViews."""
        words = words_in(wanted.q)
        listing = _list(
            of_member=wanted.user_id is not None,
            of_book=wanted.book_id is not None,
            state=wanted.state,
            is_overdue=wanted.is_overdue,
            has_due=wanted.due_before is not None,
            words=len(words) // 2,
        )
        facts = {"user": wanted.user_id, "book": wanted.book_id, "overdue_before": overdue_before, "due_before": wanted.due_before}
        given = facts | words
        return await listing.read(self._reader, tenant_id, page, _view, **given)
