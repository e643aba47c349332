"""What the catalogue is searched by: the words of each book, the names and tags with their books counted, and all words once."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm.attributes import get_attribute

from luminalib.adapters.db.listings import book_labels, catalogues
from luminalib.adapters.db.schema import bytewise, metadata, tenant_column
from luminalib.domain.books import LABEL_MAX, Book
from luminalib.domain.catalogue import WORD_MAX, WORDS_VERSION, labels_of, other_starts, searchable, terms_of, words_of

FULL_TEXT = sa.table("book_words", sa.column("rowid"))
"""On SQLite, the FTS5 table over `book_texts`, kept by triggers. PostgreSQL has the generated column `book_texts.words` instead."""
_SUMMARIES = sa.table("summaries", sa.column("document_id"), sa.column("tenant_id"), sa.column("summary"))


book_texts = sa.Table(
    "book_texts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("book_id", sa.ForeignKey("books.id", ondelete="CASCADE"), nullable=False, unique=True),
    tenant_column(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("series", sa.Text, nullable=False),
    sa.Column("authors", sa.Text, nullable=False),
    sa.Column("tags", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("summary", sa.Text, nullable=False, server_default=""),
    sa.Index("ix_book_texts_version", "tenant_id", "version"),
)
OWN_TEXTS = sa.table(
    "own_book_texts", *(sa.column(one.name, one.type) for one in book_texts.c if one.name != "tenant_id"), sa.column("words")
)
"""On PostgreSQL, the view of one tenant's texts; there row-level security keeps the table from being searched by its index.

It names the tenant itself: the planner would take a condition of the statement's for those of the policies of the tables beside it,
and put it before the search.
"""
catalogue_words = sa.Table(
    "catalogue_words",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    tenant_column(),
    sa.Column("word", bytewise(WORD_MAX), nullable=False),
    sa.UniqueConstraint("tenant_id", "word"),
    sa.Index("ix_catalogue_words_tenant_id_id", "tenant_id", "id"),
)
LEXEMES = sa.table("catalogue_lexemes", sa.column("tenant_id"), sa.column("word"))
"""On PostgreSQL, every word by which a book of the catalogue is found, once, kept by triggers. FTS5 keeps beginnings by itself."""
catalogue_terms = sa.Table(
    "catalogue_terms",
    metadata,
    sa.Column("tenant_id", sa.String(36), primary_key=True),
    sa.Column("kind", sa.String(8), primary_key=True),
    sa.Column("label", bytewise(LABEL_MAX), primary_key=True),
    sa.Column("text", sa.String(LABEL_MAX), nullable=False),
    sa.Column("books", sa.Integer, nullable=False, server_default="0"),
    sa.Index("ix_catalogue_terms_books", "tenant_id", "kind", "books"),
)
catalogue_starts = sa.Table(
    "catalogue_starts",
    metadata,
    sa.Column("tenant_id", sa.String(36), primary_key=True),
    sa.Column("start", bytewise(LABEL_MAX), primary_key=True),
    sa.Column("kind", sa.String(8), primary_key=True),
    sa.Column("label", bytewise(LABEL_MAX), primary_key=True),
)


def write_words(connection: Connection, book: Book, tenant_id: str, *, is_new: bool) -> None:
    """Writes what a book is found by, in the transaction that has written the book."""
    found = words_of(book)
    texts = {**asdict(found), "version": WORDS_VERSION}
    row = {"tenant_id": tenant_id, "book_id": book.id, "summary": _summary_of(connection, book), **texts}
    statement = _insert(connection, book_texts).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["book_id"], set_=texts))
    words = {word for text in (found.title, found.series, found.authors, found.tags) for word in text.split()}
    _add(connection, catalogue_words, [{"tenant_id": tenant_id, "word": word} for word in sorted(words)])
    _write_terms(connection, book, tenant_id, is_new=is_new)


def _summary_of(connection: Connection, book: Book) -> str:
    """A document may have been summarised before it came into the catalogue."""
    of_document = (_SUMMARIES.c.document_id == book.document_id, _SUMMARIES.c.tenant_id == get_attribute(book, "tenant_id"))
    return searchable(connection.scalar(sa.select(_SUMMARIES.c.summary).where(*of_document)) or "")


def _write_terms(connection: Connection, book: Book, tenant_id: str, *, is_new: bool) -> None:
    own: dict[str, Any] = {"tenant_id": tenant_id}
    wanted = labels_of(book)
    kept = set()
    if not is_new:
        hold_catalogue(connection, tenant_id)
        of_book = sa.select(book_labels.c.kind, book_labels.c.label).where(book_labels.c.book_id == book.id)
        kept = {(row.kind, row.label) for row in connection.execute(of_book)}
        for kind, label in sorted(kept - set(wanted)):
            is_it = (book_labels.c.book_id == book.id, book_labels.c.kind == kind, book_labels.c.label == label)
            connection.execute(sa.delete(book_labels).where(book_labels.c.tenant_id == tenant_id, *is_it))
    terms = terms_of(book)
    if terms:
        rows = [own | {"kind": kind, "label": label, "text": text} for kind, label, text in terms]
        insert = _insert(connection, catalogue_terms)
        written = insert.on_conflict_do_update(index_elements=["tenant_id", "kind", "label"], set_={"text": insert.excluded.text})
        connection.execute(written, rows)
    starts = [own | {"start": start, "kind": kind, "label": label} for kind, label, _ in terms for start in other_starts(label)]
    _add(connection, catalogue_starts, starts)
    shared = own | {"created_at": book.created_at, "book_id": book.id}
    rows = [shared | {"kind": kind, "label": label} for kind, label in wanted if (kind, label) not in kept]
    if rows:
        connection.execute(sa.insert(book_labels), rows)


def hold_catalogue(connection: Connection, tenant_id: str) -> None:
    """One at a time changes the counts of a catalogue, as a new book's trigger does, or two would wait for each other's tags."""
    connection.execute(sa.select(catalogues.c.books).where(catalogues.c.tenant_id == tenant_id).with_for_update())


def _insert(connection: Connection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def _add(connection: Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), rows)
