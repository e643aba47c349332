"""Holds with their place in the line."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from luminalib.adapters.db.holds import IS_ACTIVE, holds
from luminalib.adapters.db.schema import UtcDateTime
from luminalib.adapters.db.views.borrowers import of_words, words_in
from luminalib.adapters.db.views.listing import Listing
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Row, Statement
from luminalib.domain.holds import ACTIVE, HoldFilter, HoldState, HoldView
from luminalib.domain.paging import Page, PageRequest
from luminalib.ports.views import HoldViews

_H = holds.c
_USER = sa.bindparam("user", type_=sa.String)


def _position() -> sa.ColumnElement[int | None]:
    ahead = holds.alias("ahead")
    waits = sa.and_(ahead.c.book_id == _H.book_id, ahead.c.state == HoldState.WAITING, ahead.c.number < _H.number)
    counted = sa.select(sa.func.count() + 1).select_from(ahead).where(waits).correlate(holds).scalar_subquery()
    return sa.case((_H.state == HoldState.WAITING, counted))


_COLUMNS = (
    _H.id,
    _H.book_id,
    _H.user_id,
    _H.state,
    _position(),
    _H.placed_at,
    _H.ready_at,
    _H.ready_until,
    _H.ended_at,
)  # fmt: skip -- in the order of _NAMES
_NAMES = ("id", "book_id", "user_id", "state", "queue_position", "placed_at", "ready_at", "ready_until", "ended_at")


def _view(row: Row) -> HoldView:
    return HoldView(**dict(zip(_NAMES, row, strict=True)))


@cache
def _list(*, of_member: bool, of_book: bool, active: bool | None, has_end: bool = False, words: int = 0) -> Listing:
    wanted = sa.select(*_COLUMNS)
    wanted = wanted.where(_H.user_id == _USER) if of_member else wanted
    wanted = wanted.where(_H.book_id == sa.bindparam("book", type_=sa.String)) if of_book else wanted
    if active is not None:
        wanted = wanted.where(IS_ACTIVE if active else ~IS_ACTIVE)
    if has_end:
        wanted = wanted.where(_H.ready_until < sa.bindparam("ready_before", type_=UtcDateTime, required=True))
    if words:
        wanted = of_words(wanted, _H.book_id, _H.user_id, words)
    return Listing(wanted, _H.placed_at.desc(), _H.number.desc(), _H.id)


@cache
def _lapsed(*, of_member: bool) -> Statement:
    now = sa.bindparam("now", type_=UtcDateTime, required=True)
    lapsed = sa.select(_H.book_id).where(_H.state == HoldState.READY, _H.ready_until <= now).distinct()
    if of_member:
        mine = holds.alias("mine")
        theirs = sa.select(mine.c.book_id).where(mine.c.user_id == _USER, mine.c.state.in_(ACTIVE))
        lapsed = lapsed.where(_H.book_id.in_(theirs))
    return Statement(lapsed)


class SqlHoldViews(HoldViews):
    """The table `holds`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def list(self, tenant_id: str, wanted: HoldFilter, page: PageRequest) -> Page[HoldView]:
        """See HoldViews."""
        words = words_in(wanted.q)
        listing = _list(
            of_member=wanted.user_id is not None,
            of_book=wanted.book_id is not None,
            active=wanted.active,
            has_end=wanted.ready_before is not None,
            words=len(words) // 2,
        )
        given = {"user": wanted.user_id, "book": wanted.book_id, "ready_before": wanted.ready_before} | words
        return await listing.read(self._reader, tenant_id, page, _view, **given)

    async def lapsed_books(self, tenant_id: str, now: datetime, user_id: str | None) -> Sequence[str]:
        """See HoldViews."""
        rows = await self._reader.rows(_lapsed(of_member=user_id is not None), tenant_id, now=now, user=user_id)
        return [row[0] for row in rows]
