"""The catalogue's lists: one statement for each shape of list, and none that reads more than its page."""

from functools import cache, lru_cache, reduce
from typing import Any

import sqlalchemy as sa

from luminalib.adapters.db.books import books
from luminalib.adapters.db.catalogue import FULL_TEXT, OWN_TEXTS, book_texts, catalogue_terms
from luminalib.adapters.db.documents import documents, summaries
from luminalib.adapters.db.holds import holds
from luminalib.adapters.db.listings import book_labels, book_listings, catalogues
from luminalib.adapters.db.schema import UtcDateTime
from luminalib.adapters.db.views.book_shapes import Shape, Within
from luminalib.adapters.db.views.kept import COUNTED_EXACTLY
from luminalib.adapters.db.views.statements import Among, Row, Statement
from luminalib.domain.books import BookView, Rating
from luminalib.domain.covers import Cover, CoverKind
from luminalib.domain.documents import DocumentStatus
from luminalib.domain.holds import HoldState

COMPARED = 1_000
"""So many books of a label are counted at most, to begin with the rarest."""
_L, _B, _D = book_listings.c, books.c, documents.c
_SIMPLE: sa.ColumnElement[Any] = sa.literal_column("'simple'")
_SPACE: sa.ColumnElement[str] = sa.literal_column("' '", sa.Text)
_NOW = sa.bindparam("now", type_=UtcDateTime, required=True)
_ORDERS: dict[str, tuple[sa.ColumnElement[Any], ...]] = {
    "created_at": (_L.created_at,),
    "title": (_L.title_key,),
    "author": (_L.author_key, _L.title_key),
    "year": (_L.year_key, _L.created_at),
    "rating": (_L.rating, _L.rating_count, _L.created_at),
    "loans": (_L.loans, _L.created_at),
    "series": (_L.series_key, _L.series_number, _L.title_key),
}


COVER_KIND = sa.case(
    (_D.cover_key.is_not(None), CoverKind.FOUND.value),
    (_D.status.in_((DocumentStatus.PENDING, DocumentStatus.PROCESSING)), CoverKind.NONE.value),
    else_=CoverKind.DRAWN.value,
)


def _lapsed() -> sa.ColumnElement[int]:
    """Copies on the hold shelf that nobody fetched in time, looked for only where there may be some: they are free already."""
    over = sa.select(sa.func.count()).where(
        holds.c.book_id == _L.book_id, holds.c.state == HoldState.READY, holds.c.ready_until <= _NOW
    )
    return sa.case((_L.first_lapse_at <= _NOW, over.correlate(book_listings).scalar_subquery()), else_=0)


def _columns() -> tuple[sa.ColumnElement[Any], ...]:
    free = _L.copies_free + _lapsed()
    return (
        _B.id,
        _B.title,
        _B.authors,
        _B.isbn,
        _B.language,
        _B.published_year,
        _B.description,
        _B.tags,
        _B.copies_total,
        sa.case((free > 0, free), else_=0),
        sa.case((_L.rating_count > 0, _L.rating)),
        _L.rating_count,
        _B.series,
        _B.series_index,
        COVER_KIND,
        _D.status,
        _D.id,
        _D.page_count,
        _D.media_type,
        _D.byte_size,
        _D.sha256,
        summaries.c.summary,
        _B.created_by,
        _B.created_at,
        _B.updated_at,
    )  # fmt: skip -- in the order of BookView


def view_of(row: Row) -> BookView:
    """The view in the columns of a statement."""
    values = [*row[:10], Rating(row[10], row[11]), row[12], row[13], Cover(CoverKind(row[14])), *row[15:25]]
    return BookView(*values)


def _shown_from(source: Any) -> Any:
    """The tables of a view, joined to what names the listings."""
    return (
        source.join(books, _B.id == _L.book_id)
        .join(documents, _D.id == _B.document_id)
        .outerjoin(summaries, summaries.c.document_id == _D.id)
    )


BY_ID = Statement(sa.select(*_columns()).select_from(_shown_from(book_listings)).where(_L.book_id == sa.bindparam("id")))
BY_IDS = Statement(sa.select(*_columns()).select_from(_shown_from(book_listings)).where(Among(_L.book_id, "ids")))


def texts_of(shape: Shape) -> sa.FromClause:
    """The words of books, as what asks for them finds its index."""
    return OWN_TEXTS if shape.words == "tsquery" else book_texts


def _same(one: Any, other: Any) -> sa.ColumnElement[bool]:
    """Whether two tables that keep both speak of the same book: an index in the order of the time serves the join, too."""
    return sa.and_(one.c.book_id == other.c.book_id, one.c.created_at == other.c.created_at)


def _is_label(label: Any, kind: str, name: str) -> tuple[sa.ColumnElement[bool], ...]:
    return label.c.kind == kind, label.c.label == sa.bindparam(name, type_=sa.String)


def _has_label(source: Any, kind: str, name: str) -> sa.ColumnElement[bool]:
    """Whether a book of the source has a label, looked up book by book.

    It is a value, not EXISTS nor a join: PostgreSQL would look up all books of the label first, unless it knows how many they are.
    """
    label = book_labels.alias(f"label_{name}")
    has_it: sa.Select[Any] = sa.select(sa.literal_column("1")).where(_same(label, source), *_is_label(label, kind, name))
    return has_it.correlate(source).scalar_subquery().is_not(None)


def _with_words(shape: Shape, source: Any) -> tuple[Any, sa.ColumnElement[bool]]:
    """What holds the texts of books with what else the search for words needs, and its condition."""
    texts = texts_of(shape)
    match = sa.bindparam("match", type_=sa.String, required=True)
    if shape.words == "fts5":
        source = source.join(FULL_TEXT, FULL_TEXT.c.rowid == texts.c.id)
        return source, sa.literal_column(FULL_TEXT.name).op("MATCH", is_comparison=True)(match)
    return source, _words_within(shape.within, texts).op("@@", is_comparison=True)(sa.func.to_tsquery(_SIMPLE, match))


def _words_within(within: Within, texts: Any) -> sa.ColumnElement[Any]:
    """The words of some columns; each of these has its index."""
    if within is Within.ALL:
        words: sa.ColumnElement[Any] = texts.c.words
        return words
    names = [texts.c.title] if within is Within.TITLE else [texts.c.title, texts.c.series, texts.c.authors, texts.c.tags]
    return sa.func.to_tsvector(_SIMPLE, reduce(lambda left, right: left + _SPACE + right, names))


def _matches(shape: Shape, source: Any) -> tuple[Any, list[sa.ColumnElement[bool]]]:
    """The tables that a filter needs beside the listings, and its conditions."""
    found: list[sa.ColumnElement[bool]] = []
    found += [_has_label(book_listings, kind, name) for kind, name in shape.labels * shape.walks]
    if shape.has_language:
        found.append(_L.language == sa.bindparam("language", type_=sa.String))
    if shape.has_year:
        found.append(_L.year_key == sa.bindparam("year", type_=sa.Integer))
    if shape.has_status:  # nearly all books are in one state, and few are out: SQLite would begin with the state
        status: sa.ColumnElement[str] = _L.status + "" if shape.available is False else _L.status
        found.append(status == sa.bindparam("status", type_=sa.String))
    if shape.words:
        source, has_words = _with_words(shape, source.join(texts_of(shape), texts_of(shape).c.book_id == _L.book_id))
        found.append(has_words)
    return source, found


def _parts(shape: Shape, *columns: sa.ColumnElement[Any]) -> list[Any]:
    """The listings that match, in parts. Free copies are those of the index, and those that a lapsed hold has set free since."""
    if shape.labels and not shape.walks:
        return _parts_of_labels(shape, *columns)
    source, conditions = _matches(shape, book_listings)
    return _by_availability(shape, sa.select(*columns).select_from(source).where(*conditions))


def _parts_of_labels(shape: Shape, *columns: sa.ColumnElement[Any]) -> list[Any]:
    """The same, begun with the first label: they come in the order of their time, and often the listings are not needed at all."""
    (kind, name), *others = shape.labels
    first = book_labels.alias(f"label_{name}")
    conditions = [*_is_label(first, kind, name), *(_has_label(first, *other) for other in others)]
    theirs = {_L.created_at.key: first.c.created_at, _L.book_id.key: first.c.book_id}
    found = [theirs.get(one.key or "", one) for one in columns]
    if shape.is_only_labels and {*map(id, found)} <= {*map(id, theirs.values())}:
        return [sa.select(*found).select_from(first).where(*conditions)]
    source, more = _matches(shape, first.join(book_listings, _same(book_listings, first)))
    return _by_availability(shape, sa.select(*found).select_from(source).where(*conditions, *more))


def _set_free() -> sa.ColumnElement[bool]:
    """Whether a book has a free copy because nobody fetched it in time; the first comparison has an index."""
    return sa.and_(_L.first_lapse_at <= _NOW, _L.copies_free + _lapsed() > 0)


def _by_availability(shape: Shape, matching: Any) -> list[Any]:
    if shape.available is None:
        return [matching]
    set_free = _set_free()
    if shape.available:
        return [matching.where(_L.copies_free > 0), matching.where(_L.copies_free <= 0, set_free)]
    free = _L.copies_free + 0 if shape.walks else _L.copies_free  # of a sum there is no index that would be taken and sorted
    return [matching.where(free <= 0, sa.func.coalesce(~set_free, sa.true()))]


def matching_keys(shape: Shape, *columns: sa.ColumnElement[Any]) -> Any:
    """The listings that match."""
    parts = _parts(shape, *columns)
    return sa.union_all(*parts) if len(parts) > 1 else parts[0]


def matching_texts(shape: Shape, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """The texts with the words, where nothing else is asked for."""
    source, has_words = _with_words(shape, texts_of(shape))
    return sa.select(*columns).select_from(source).where(has_words)


@cache
def frequencies(labels: tuple[tuple[str, str], ...]) -> Statement:
    """How many books have each of some labels, up to COMPARED."""
    counts = []
    for kind, name in labels:
        some = sa.select(book_labels.c.book_id).where(*_is_label(book_labels, kind, name))
        counts.append(sa.select(sa.func.count()).select_from(some.limit(sa.literal_column(str(COMPARED))).subquery(f"some_{name}")))
    return Statement(sa.select(*(count.scalar_subquery() for count in counts)))


@lru_cache(maxsize=4096)
def page_statement(shape: Shape, size: int, *, is_first: bool, from_end: bool = False, is_counted: bool = True) -> Statement:
    """A page: its keys from an index in the order of the list, then the views of these few; the last column is the total.

    The size stands in the text, or PostgreSQL would plan for a tenth of the table.
    """
    descending = shape.sort.startswith("-")
    order = (*_ORDERS[shape.sort.removeprefix("-")], _L.book_id)
    offset = None if is_first else sa.bindparam("offset", type_=sa.Integer, required=True)
    parts = _parts(shape, *order)
    if len(parts) > 1:  # each from its own index, and no more of it than the page needs
        needed: sa.ColumnElement[int] = sa.literal_column(str(size)) if offset is None else sa.literal_column(str(size)) + offset
        ordered = [_in_order(part, order, descending=descending != from_end).limit(needed) for part in parts]
        keys: Any = sa.union_all(*(part.subquery(f"part{number}").select() for number, part in enumerate(ordered)))
    else:
        keys = parts[0]
    sorted_keys = _in_order(keys, order, descending=descending != from_end).limit(sa.literal_column(str(size)))
    chosen = (sorted_keys if offset is None else sorted_keys.offset(offset)).subquery("page")
    source = _shown_from(chosen.join(book_listings, _L.book_id == chosen.c.book_id))
    total = _total(shape) if is_counted else sa.null()
    shown = sa.select(*_columns(), total.label("total")).select_from(source)
    return Statement(shown.order_by(*(chosen.c[c.key].desc() if descending else chosen.c[c.key].asc() for c in order)))


def _in_order(keys: Any, order: tuple[sa.ColumnElement[Any], ...], *, descending: bool) -> Any:
    by = [keys.selected_columns[column.key] for column in order]
    return keys.order_by(*(key.desc() if descending else key.asc() for key in by))


def _total(shape: Shape) -> sa.ColumnElement[int]:
    if shape.is_whole:
        return sa.select(catalogues.c.books).scalar_subquery()
    if kind := shape.only_term:
        label = sa.bindparam(kind, type_=sa.Integer if kind == "year" else sa.String)
        known = sa.select(catalogue_terms.c.books).where(
            catalogue_terms.c.kind == kind, catalogue_terms.c.label == (sa.cast(label, sa.String) if kind == "year" else label)
        )
        return sa.func.coalesce(known.scalar_subquery(), 0)
    if shape.is_only_out or shape.is_only_in:  # of those that are out by the index few have been set free
        most = None if shape.is_only_in else COUNTED_EXACTLY + 1
        left: sa.ColumnElement[int] = _count_of("out", _L.copies_free <= 0, most=most) - _count_of(
            "set_free", _L.copies_free <= 0, _set_free(), most=most
        )
        return sa.select(catalogues.c.books).scalar_subquery() - left if shape.is_only_in else left
    some = (
        matching_keys(shape._replace(sort="created_at", walks=False), _L.book_id)
        .limit(sa.literal_column(str(COUNTED_EXACTLY + 1)))
        .subquery("some")
    )
    return sa.select(sa.func.count()).select_from(some).scalar_subquery()


def _count_of(name: str, *conditions: sa.ColumnElement[bool], most: int | None = None) -> Any:
    found = sa.select(_L.book_id).where(*conditions)
    some = (found if most is None else found.limit(sa.literal_column(str(most)))).subquery(f"some_{name}")
    return sa.select(sa.func.count()).select_from(some).scalar_subquery()


@cache
def total_statement(shape: Shape) -> Statement:
    """The total alone, up to one more than are counted for each request."""
    return Statement(sa.select(_total(shape)))


@cache
def estimate_statement(shape: Shape) -> Statement:
    """How many match, counted to the end; for a state that most books are in, those that are not."""
    if shape.is_only_status:
        status = sa.bindparam("status", type_=sa.String)
        others = _count_of("before", _L.status < status) + _count_of("behind", _L.status > status)
        return Statement(sa.select(catalogues.c.books - others))
    found = matching_keys(shape._replace(sort="created_at"), _L.book_id).subquery("found")
    return Statement(sa.select(sa.func.count()).select_from(found))
