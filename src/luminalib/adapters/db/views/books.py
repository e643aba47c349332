"""The catalogue: a page's rows made views, and lists too long to be counted each time."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import sqlalchemy as sa

from luminalib.adapters.db.books import books
from luminalib.adapters.db.documents import documents, summaries
from luminalib.adapters.db.events import document_events
from luminalib.adapters.db.loans import loans
from luminalib.adapters.db.views.book_pages import (
    BY_ID,
    BY_IDS,
    COVER_KIND,
    estimate_statement,
    frequencies,
    page_statement,
    total_statement,
    view_of,
)
from luminalib.adapters.db.views.book_shapes import Shape, Within
from luminalib.adapters.db.views.catalogue import CatalogueSearch, candidates
from luminalib.adapters.db.views.documents import ANALYSIS, analysis_of, error_of
from luminalib.adapters.db.views.kept import COUNTED_EXACTLY, Kept
from luminalib.adapters.db.views.matches import beginnings
from luminalib.adapters.db.views.reader import FEW, Reader
from luminalib.adapters.db.views.statements import Statement
from luminalib.domain.books import NO_YEAR, BookFile, BookFilter, BookNotFound, BookView, tag_label
from luminalib.domain.catalogue import Facet, FacetKind, FoundBooks, Suggestion, filter_words
from luminalib.domain.catalogue_questions import Typed
from luminalib.domain.covers import Cover, CoverKind
from luminalib.domain.document_views import SummaryView
from luminalib.domain.function_words import telling_words
from luminalib.domain.languages import language_code
from luminalib.domain.paging import Page, PageRequest
from luminalib.ports.clock import Clock
from luminalib.ports.views import BookViews

MANY = 2_000
"""When more books than this match, the list is gone through in its order: twenty of them come sooner than all are sorted."""
USUAL_SORTS = ("-created_at", "title", "author", "-rating", "-loans", "-year")
USUAL_FILTERS: tuple[dict[str, Any], ...] = ({"available": True}, {"has_tag": True}, {"has_language": True}, {"author_words": 1})
FAR = 10_000
"""From this place on a page is looked for from the end of the list when that is nearer."""
_B, _D = books.c, documents.c

_FILE = Statement(
    sa.select(
        _B.id,
        _B.title,
        _B.authors,
        _B.created_by,
        _D.id,
        _D.filename,
        _D.media_type,
        _D.byte_size,
        _D.sha256,
        _D.staged_key,
        _D.content_key,
        _D.cover_key,
        COVER_KIND,
        sa.exists().where(loans.c.book_id == _B.id, loans.c.user_id == sa.bindparam("user"), loans.c.returned_at.is_(None)),
    )
    .select_from(books.join(documents, _D.id == _B.document_id))
    .where(_B.id == sa.bindparam("id"))
)  # fmt: skip -- in the order of BookFile
_LATEST = (
    sa.select(document_events.c.detail)
    .where(document_events.c.document_id == _D.id)
    .order_by(document_events.c.id.desc())
    .limit(1)
    .correlate(documents)
    .scalar_subquery()
)
_SUMMARY = Statement(
    sa.select(_D.status, _D.error_code, _D.error_message, _LATEST, *ANALYSIS)
    .select_from(
        books.join(documents, _D.id == _B.document_id).outerjoin(summaries, summaries.c.document_id == _D.id),
    )
    .where(_B.id == sa.bindparam("id"))
)


class _Total(NamedTuple):
    books: int
    is_estimate: bool


class SqlBookViews(BookViews):
    """Pages from the indexes of `book_listings` and `book_labels`."""

    def __init__(self, reader: Reader, clock: Clock) -> None:
        self._reader = reader
        self._clock = clock
        self._search = CatalogueSearch(reader)
        self._estimates: Kept[tuple[str, BookFilter], int] = Kept()

    def prepare(self) -> None:
        """Compiles the statements that nearly every visit asks for, and folds the words that no question is about.

        The first visitor would keep the event loop for that long.
        """
        telling_words([])
        kind = self._search.kind
        usual = [page_statement(Shape(sort), 20, is_first=first) for sort in USUAL_SORTS for first in (True, False)]
        usual += [page_statement(Shape("-created_at", **one), 20, is_first=True) for one in USUAL_FILTERS]
        usual += [candidates(Shape("relevance", words=kind, within=within)) for within in Within]
        usual += [] if self._reader.is_sqlite else [beginnings(1)]
        for statement in (BY_ID, BY_IDS, _FILE, _SUMMARY, *usual):
            statement.prepared(is_sqlite=self._reader.is_sqlite)

    async def get(self, tenant_id: str, book_id: str) -> BookView:
        """See BookViews."""
        row = await self._reader.row(BY_ID, tenant_id, id=book_id, now=self._clock.now())
        if row is None:
            raise BookNotFound
        return view_of(row)

    async def several(self, tenant_id: str, book_ids: Sequence[str]) -> dict[str, BookView]:
        """See BookViews."""
        rows = await self._reader.rows(BY_IDS, tenant_id, ids=list(book_ids), now=self._clock.now())
        return {row[0]: view_of(row) for row in rows}

    async def file(self, tenant_id: str, book_id: str, user_id: str | None) -> BookFile:
        """See BookViews."""
        row = await self._reader.row(_FILE, tenant_id, id=book_id, user=user_id or "")
        if row is None:
            raise BookNotFound
        values = [*row[:12], Cover(CoverKind(row[12])), row[13]]
        return BookFile(*values)

    async def summary(self, tenant_id: str, book_id: str) -> SummaryView:
        """See BookViews."""
        row = await self._reader.row(_SUMMARY, tenant_id, id=book_id)
        if row is None:
            raise BookNotFound
        return SummaryView(status=row[0], error=error_of(row[1], row[2]), latest=row[3], analysis=analysis_of(row[4:]))

    async def list(self, tenant_id: str, wanted: BookFilter, page: PageRequest) -> Page[BookView]:
        """See BookViews."""
        shape, given = await self._asked(tenant_id, wanted)
        if wanted.q is None:
            return await self._listed(tenant_id, wanted, shape, given, page)
        typed = Typed.of(wanted.q)
        if not typed.groups:
            return Page([], 0)
        found = await self._search.find(tenant_id, typed, shape, given)
        if wanted.sort == "relevance" or not found.book_ids:
            some = found.book_ids[page.offset : page.offset + page.size]
            views = await self.several(tenant_id, some) if some else {}
            items = [views[one] for one in some if one in views]
            return FoundBooks(items, len(found.book_ids), found.is_capped, found.did_you_mean)
        given |= {"match": found.match, "by_index": found.by_index}
        listed = await self._listed(tenant_id, replace(wanted, q=found.match), shape, given, page)
        return FoundBooks(listed.items, listed.total, listed.is_estimate, found.did_you_mean)

    async def suggest(self, tenant_id: str, q: str, limit: int) -> Sequence[Suggestion]:
        """See BookViews."""
        return await self._search.suggest(tenant_id, q, limit)

    async def facets(self, tenant_id: str, wanted: BookFilter, kinds: Sequence[FacetKind]) -> dict[FacetKind, Sequence[Facet]]:
        """See BookViews."""
        shape, given = await self._asked(tenant_id, wanted)
        if wanted.q is not None:
            typed = Typed.of(wanted.q)
            found = await self._search.find(tenant_id, typed, shape, given) if typed.groups else None
            if found is None or not found.book_ids:
                return {kind: [] for kind in kinds}
            given |= {"match": found.match, "by_index": found.by_index}
        return {kind: await self._search.facet(tenant_id, kind, shape, given) for kind in kinds}

    async def _asked(self, tenant_id: str, wanted: BookFilter) -> tuple[Shape, dict[str, Any]]:
        """The shape of a list and its values. Of several labels the rarest is the first: the databases begin with it."""
        shape, given = Shape.of(wanted, self._search.kind), _values(wanted) | {"now": self._clock.now()}
        labels = tuple(shape.labels)
        if len(labels) <= 1:
            return shape, given
        row = await self._reader.row(frequencies(labels), tenant_id, **given)
        counts = {name: count for (_, name), count in zip(labels, row or (), strict=True)}
        authors = [name for kind, name in labels if kind == "author"]
        words = sorted((counts.pop(name), given[name]) for name in authors)
        given |= zip(authors, (word for _, word in words), strict=True)
        counts |= dict(zip(authors[:1], (count for count, _ in words), strict=False))
        rarest = min(counts, key=counts.__getitem__)
        return shape._replace(rarest="" if rarest == labels[0][1] else rarest), given

    async def _listed(
        self, tenant_id: str, wanted: BookFilter, shape: Shape, given: dict[str, Any], page: PageRequest
    ) -> Page[BookView]:
        total = self._estimated(tenant_id, wanted)
        if shape.may_walk:
            total = total or await self._count(tenant_id, wanted, shape, given)
            shape = shape._replace(walks=total.books > MANY)
        if total is None and page.offset >= FAR:
            total = await self._count(tenant_id, wanted, shape, given)
        if total is not None:
            return Page([*await self._page(tenant_id, shape, given, page, total.books)], *total)
        statement = page_statement(shape, page.size, is_first=page.page == 1)
        rows = await self._reader.rows(statement, tenant_id, few=page.size <= FEW, offset=page.offset, **given)
        counted = rows[0][-1] if rows else None
        total = await self._count(tenant_id, wanted, shape, given, counted)
        return Page([view_of(row) for row in rows], *total)

    async def _page(self, tenant_id: str, shape: Shape, given: dict[str, Any], page: PageRequest, total: int) -> Sequence[BookView]:
        """A page of a list whose length is known, looked for from the end that is nearer."""
        size = min(page.size, total - page.offset)
        if size <= 0:
            return []
        from_end = total - page.offset - size < page.offset
        statement = page_statement(shape, size, is_first=page.page == 1, from_end=from_end, is_counted=False)
        offset = total - page.offset - size if from_end else page.offset
        rows = await self._reader.rows(statement, tenant_id, few=size <= FEW, offset=offset, **given)
        return [view_of(row) for row in rows]

    async def _count(
        self, tenant_id: str, wanted: BookFilter, shape: Shape, given: dict[str, Any], counted: int | None = None
    ) -> _Total:
        """How long a list is; `counted` is what its page said, up to one more than are counted."""
        if counted is None:
            counted = (await self._reader.rows(total_statement(shape), tenant_id, **given))[0][0] or 0
        if shape.is_kept or counted <= COUNTED_EXACTLY:
            return _Total(counted, is_estimate=False)
        total = (await self._reader.rows(estimate_statement(shape), tenant_id, **given))[0][0]
        return _Total(self._estimates.put((tenant_id, replace(wanted, sort="")), total), is_estimate=True)

    def _estimated(self, tenant_id: str, wanted: BookFilter) -> _Total | None:
        """What was counted a short while ago, of a list that is too long to be counted each time."""
        found = self._estimates.get((tenant_id, replace(wanted, sort="")))
        return None if found is None else _Total(found, is_estimate=True)


def _values(wanted: BookFilter) -> dict[str, Any]:
    """The parameters of a filter; a statement takes those that it has."""
    names = dict.fromkeys(filter_words(wanted.author or ""))
    return {
        **{f"author{n}": word for n, word in enumerate(names)},
        "tag": tag_label(wanted.tag or ""),
        "series": tag_label(wanted.series or ""),
        "language": language_code(wanted.language or "") or (wanted.language or "").lower(),
        "year": NO_YEAR if wanted.year is None else wanted.year,
        "status": wanted.status,
    }
