"""Tables and repository of the catalogue."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.attributes import set_attribute

from luminalib.adapters.db.documents import documents, summaries
from luminalib.adapters.db.holds import IS_ACTIVE, holds
from luminalib.adapters.db.loans import loans
from luminalib.adapters.db.reviews import reviews
from luminalib.adapters.db.schema import MADE_ONCE, UtcDateTime, id_column, locked, map_owned, metadata, tenant_column
from luminalib.domain.books import Book, BookFilter, BookNotFound, BookView, search_key
from luminalib.domain.documents import Document
from luminalib.domain.holds import HoldState
from luminalib.domain.intelligence import Summary
from luminalib.domain.paging import Page, PageRequest
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import BookRepository

books = sa.Table(
    "books",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("document_id", sa.ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, unique=True),
    sa.Column("title", sa.String(500), nullable=False),
    sa.Column("authors", sa.JSON, nullable=False),
    sa.Column("isbn", sa.String(13)),
    sa.Column("language", sa.String(35)),
    sa.Column("published_year", sa.Integer),
    sa.Column("description", sa.Text),
    sa.Column("tags", sa.JSON, nullable=False),
    sa.Column("copies_total", sa.Integer, nullable=False),
    sa.Column("created_by", sa.ForeignKey("users.id", ondelete="SET NULL"), index=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    # What lists search and sort by; written from the other columns whenever a book is.
    sa.Column("search_text", sa.Text, nullable=False),
    sa.Column("title_key", sa.String(500), nullable=False),
    sa.Column("author_key", sa.String(500), nullable=False),
    sa.Column("labels", sa.Text, nullable=False),
    sa.Index("ix_books_tenant_id_created_at", "tenant_id", "created_at"),
    sa.Index("ix_books_tenant_id_title_key", "tenant_id", "title_key"),
    # Without it SQLite looks through a tenant's whole catalogue for ten books that are named by their ids.
    sa.Index("ix_books_tenant_id_id", "tenant_id", "id"),
    # By these two the recommender sees at once whether anything is new.
    sa.Index("ix_books_tenant_id_updated_at", "tenant_id", "updated_at"),
)
map_owned(Book, books)

_LENT = sa.select(sa.func.count()).where(loans.c.book_id == books.c.id, loans.c.tenant_id == books.c.tenant_id).correlate(books)
_COPIES_OUT = _LENT.where(loans.c.returned_at.is_(None)).scalar_subquery()
_LOANS = _LENT.scalar_subquery()
_RATED = sa.select(sa.func.count()).where(reviews.c.book_id == books.c.id).correlate(books)
_RATING_COUNT = _RATED.scalar_subquery()
_RATING_MEAN = _RATED.with_only_columns(sa.func.avg(reviews.c.rating, type_=sa.Float)).scalar_subquery()

_KEY_MAX = 500
_ORDERS: dict[str, tuple[sa.ColumnElement[Any], ...]] = {
    "title": (books.c.title_key,),
    "author": (books.c.author_key, books.c.title_key),
    "created_at": (books.c.created_at,),
    "rating": (sa.func.coalesce(_RATING_MEAN, 0), _RATING_COUNT, books.c.created_at),
    "loans": (_LOANS, books.c.created_at),
}


def _label(kind: str, name: str) -> str:
    # Authors and tags stand in `labels` as |author:jane austen|tag:novel|, each whole between bars.
    return f"|{kind}:{search_key(name).replace('|', ' ')}|"


def _write_search_columns(_mapper: Mapper[Book], _connection: Connection, book: Book) -> None:
    words = (book.title, *book.authors, *book.tags, book.description or "", book.isbn or "")
    set_attribute(book, "search_text", search_key(" ".join(words)))
    set_attribute(book, "title_key", search_key(book.title)[:_KEY_MAX])
    set_attribute(book, "author_key", search_key(" ".join(book.authors[:1]))[:_KEY_MAX])
    labels = [_label("author", name) for name in book.authors] + [_label("tag", name) for name in book.tags]
    set_attribute(book, "labels", "".join(labels))


event.listen(Book, "before_insert", _write_search_columns)
event.listen(Book, "before_update", _write_search_columns)


class SqlBookRepository(BookRepository):
    """The catalogue in the table `books`."""

    def __init__(self, session: AsyncSession, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    async def add(self, book: Book) -> None:
        """See BookRepository."""
        self._session.add(book)

    async def save(self) -> None:
        """See BookRepository."""
        await self._session.flush()

    async def get(self, book_id: str) -> Book:
        """See BookRepository."""
        book = await self._session.scalar(locked(self._session, sa.select(Book).where(books.c.id == book_id)))
        if book is None:
            raise BookNotFound
        return book

    async def find_by_document(self, document_id: str) -> Book | None:
        """See BookRepository."""
        return await self._session.scalar(sa.select(Book).where(books.c.document_id == document_id))

    async def view(self, book_id: str) -> BookView:
        """See BookRepository."""
        row = (await self._session.execute(_views(self._clock.now()).where(books.c.id == book_id))).one_or_none()
        if row is None:
            raise BookNotFound
        return _view(*row)

    async def views(self, book_ids: Sequence[str]) -> dict[str, BookView]:
        """See BookRepository."""
        rows = await self._session.execute(_VIEWS_BY_ID, {"now": self._clock.now(), "ids": list(book_ids)})
        return {row[0].id: _view(*row) for row in rows}

    async def list(self, wanted: BookFilter, page: PageRequest) -> Page[BookView]:
        """See BookRepository."""
        now = self._clock.now()
        conditions = _conditions(wanted, now)
        counted = sa.select(sa.func.count()).select_from(Book).join(Document, documents.c.id == books.c.document_id)
        total = await self._session.scalar(counted.where(*conditions)) or 0
        descending = wanted.sort.startswith("-")
        order = [key.desc() if descending else key.asc() for key in (*_ORDERS[wanted.sort.removeprefix("-")], books.c.id)]
        rows = await self._session.execute(_views(now).where(*conditions).order_by(*order).offset(page.offset).limit(page.size))
        return Page([_view(*row) for row in rows], total)

    async def remove(self, book: Book) -> None:
        """See BookRepository."""
        await self._session.execute(sa.delete(books).where(books.c.id == book.id))
        self._session.expunge(book)


def _views(now: datetime | sa.BindParameter[datetime]) -> sa.Select[Book, Document, Summary, int, int, int, float | None]:
    return (
        sa.select(Book, Document, Summary, _COPIES_OUT, _copies_held(now), _RATING_COUNT, _RATING_MEAN)
        .join(Document, documents.c.id == books.c.document_id)
        .outerjoin(Summary, summaries.c.document_id == documents.c.id)
    )


def _copies_held(now: datetime | sa.BindParameter[datetime]) -> sa.ScalarSelect[int]:
    """Copies that are kept, or will be as soon as one is in, for those in line; who did not come in time has lost theirs."""
    in_time = sa.or_(holds.c.state == HoldState.WAITING, holds.c.ready_until > now)
    return sa.select(sa.func.count()).where(holds.c.book_id == books.c.id, IS_ACTIVE, in_time).correlate(books).scalar_subquery()


_VIEWS_BY_ID = (
    _views(sa.bindparam("now", type_=UtcDateTime))
    .where(books.c.id.in_(sa.bindparam("ids", expanding=True)))
    .execution_options(**{MADE_ONCE: True})
)
"""Made once: making it costs more than running it."""


def _view(
    book: Book,
    document: Document,
    summary: Summary | None,
    copies_out: int,
    copies_held: int,
    rating_count: int,
    rating_mean: float | None,
) -> BookView:
    return BookView(
        book=book,
        document=document,
        summary=summary,
        copies_out=copies_out,
        copies_held=copies_held,
        rating_count=rating_count,
        rating_mean=None if rating_mean is None else float(rating_mean),
    )


def _conditions(wanted: BookFilter, now: datetime) -> list[sa.ColumnElement[bool]]:
    found = [books.c.search_text.contains(word, autoescape=True) for word in search_key(wanted.q or "").split()]
    labels = [_label(kind, name) for kind, name in (("author", wanted.author), ("tag", wanted.tag)) if name]
    found += [books.c.labels.contains(label, autoescape=True) for label in labels]
    if wanted.language:
        found.append(sa.func.lower(books.c.language) == wanted.language.lower())
    if wanted.status:
        found.append(documents.c.status == wanted.status)
    if wanted.available is not None:
        taken = _COPIES_OUT + _copies_held(now)
        found.append(books.c.copies_total > taken if wanted.available else books.c.copies_total <= taken)
    return found
