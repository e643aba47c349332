"""Tables and repository of the catalogue."""

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.attributes import get_attribute, set_attribute

from luminalib.adapters.db.listings import book_labels
from luminalib.adapters.db.schema import UtcDateTime, id_column, locked, map_owned, metadata, tenant_column
from luminalib.domain.books import Book, BookNotFound, labels_of, search_key, series_key
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
    # What lists search and sort by, here and in `book_listings`; written from the other columns whenever a book is.
    sa.Column("search_text", sa.Text, nullable=False),
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


def _write_search_columns(_mapper: Mapper[Book], _connection: Connection, book: Book) -> None:
    words = (book.title, *book.authors, book.series or "", *book.tags, book.description or "", book.isbn or "")
    set_attribute(book, "search_text", search_key(" ".join(words)))
    set_attribute(book, "title_key", search_key(book.title)[:_KEY_MAX])
    set_attribute(book, "series_key", series_key(book.series))
    set_attribute(book, "author_key", search_key(" ".join(book.authors[:1]))[:_KEY_MAX])


def _write_labels(_mapper: Mapper[Book], connection: Connection, book: Book) -> None:
    connection.execute(sa.delete(book_labels).where(book_labels.c.book_id == book.id))
    own = {"tenant_id": get_attribute(book, "tenant_id")}
    rows = [
        own | {"kind": kind, "label": label, "created_at": book.created_at, "book_id": book.id} for kind, label in labels_of(book)
    ]
    if rows:
        connection.execute(sa.insert(book_labels), rows)


event.listen(Book, "before_insert", _write_search_columns)
event.listen(Book, "before_update", _write_search_columns)
event.listen(Book, "after_insert", _write_labels)
event.listen(Book, "after_update", _write_labels)


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

    async def remove(self, book: Book) -> None:
        """See BookRepository."""
        await self._session.execute(sa.delete(books).where(books.c.id == book.id))
        self._session.expunge(book)
