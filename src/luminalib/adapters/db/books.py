"""Tables and repository of the catalogue."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.attributes import get_attribute, set_attribute

from luminalib.adapters.db.catalogue import book_texts, hold_catalogue, write_words
from luminalib.adapters.db.schema import UtcDateTime, id_column, locked, map_owned, metadata, tenant_column
from luminalib.domain.books import Book, BookNotFound, search_key, series_key
from luminalib.domain.catalogue import WORDS_VERSION, sort_key
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
    # What lists sort by, here and in `book_listings`; written from the other columns whenever a book is.
    sa.Column("title_key", sa.String(500), nullable=False),
    sa.Column("author_key", sa.String(500), nullable=False),
    sa.Column("series", sa.String(200)),
    sa.Column("series_index", sa.Float),
    sa.Column("series_key", sa.String(201), nullable=False, server_default="1"),
    sa.Index("ix_books_tenant_id_created_at", "tenant_id", "created_at"),
    # Without it SQLite looks through a tenant's whole catalogue for ten books that are named by their ids.
    sa.Index("ix_books_tenant_id_id", "tenant_id", "id"),
    # By these two the recommender sees at once whether anything is new.
    sa.Index("ix_books_tenant_id_updated_at", "tenant_id", "updated_at"),
)
map_owned(Book, books)

_KEY_MAX = 500
_SEARCHED = ("title", "authors", "series", "tags", "isbn", "description")


def _write_keys(book: Book) -> None:
    set_attribute(book, "title_key", sort_key(book.title, book.language)[:_KEY_MAX])
    set_attribute(book, "series_key", series_key(book.series))
    set_attribute(book, "author_key", search_key(" ".join(book.authors[:1]))[:_KEY_MAX])


def _before_write(_mapper: Mapper[Book], _connection: Connection, book: Book) -> None:
    _write_keys(book)


def _write_new_words(_mapper: Mapper[Book], connection: Connection, book: Book) -> None:
    write_words(connection, book, get_attribute(book, "tenant_id"), is_new=True)


def _write_changed_words(_mapper: Mapper[Book], connection: Connection, book: Book) -> None:
    history = sa.inspect(book).attrs
    if any(history[name].history.has_changes() for name in _SEARCHED):  # the pipeline touches a book often
        write_words(connection, book, get_attribute(book, "tenant_id"), is_new=False)


event.listen(Book, "before_insert", _before_write)
event.listen(Book, "before_update", _before_write)
event.listen(Book, "after_insert", _write_new_words)
event.listen(Book, "after_update", _write_changed_words)


class SqlBookRepository(BookRepository):
    """The catalogue in the table `books`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

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

    async def outworded(self, most: int, after: str) -> Sequence[str]:
        """See BookRepository."""
        old = sa.or_(book_texts.c.version.is_(None), book_texts.c.version < WORDS_VERSION)
        found = sa.select(books.c.id).select_from(Book).outerjoin(book_texts, book_texts.c.book_id == books.c.id)
        found = found.where(old, books.c.id > after).order_by(books.c.id)
        return (await self._session.scalars(found.limit(most))).all()

    async def reword(self, book_ids: Sequence[str]) -> None:
        """See BookRepository."""
        connection = await self._session.connection()
        for book in await self._session.scalars(locked(self._session, sa.select(Book).where(books.c.id.in_(book_ids)))):
            _write_keys(book)
            await connection.run_sync(write_words, book, get_attribute(book, "tenant_id"), is_new=False)
        await self._session.flush()

    async def remove(self, book: Book) -> None:
        """See BookRepository."""
        tenant_id = get_attribute(book, "tenant_id")
        await (await self._session.connection()).run_sync(hold_catalogue, tenant_id)
        await self._session.execute(sa.delete(books).where(books.c.id == book.id))
        self._session.expunge(book)
