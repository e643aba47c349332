"""The tables of the local index, and connections to them."""

import sqlite3
from pathlib import Path

LAYOUT = 2
"""Raised when the tables change: an index of another layout is thrown away and made anew from the database."""
WAIT_SECONDS = 30.0
MAPPED_BYTES = 2**30
"""So much of the file is read where the system keeps it in memory anyway, without a copy for each connection."""
COUNT_BITS = 12
MOST_COUNTED = 2**COUNT_BITS - 1
"""A posting is a passage's number within its document and, in the lowest bits, how often the term occurs there, counted so far."""

_TABLES = """
CREATE TABLE documents (
    number INTEGER PRIMARY KEY,
    document_id TEXT NOT NULL UNIQUE,
    tenant_id TEXT NOT NULL,
    owner_id TEXT,
    language TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    passages INTEGER NOT NULL,
    lengths BLOB NOT NULL, -- terms of each passage
    pages BLOB NOT NULL,
    model TEXT,
    slot INTEGER
);
CREATE TABLE vocabularies (document INTEGER PRIMARY KEY, terms TEXT NOT NULL);
CREATE TABLE passages (
    document INTEGER NOT NULL, ordinal INTEGER NOT NULL, passage_id TEXT NOT NULL, PRIMARY KEY (document, ordinal)
) WITHOUT ROWID;
CREATE TABLE postings (
    term TEXT NOT NULL, document INTEGER NOT NULL, found BLOB NOT NULL, places BLOB NOT NULL, PRIMARY KEY (term, document)
) WITHOUT ROWID;
CREATE TABLE state (generation INTEGER NOT NULL);
INSERT INTO state VALUES (0);
"""


def connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """A connection that any thread may use, one at a time."""
    mode = "ro" if read_only else "rwc"
    connection = sqlite3.connect(
        f"file:{path}?mode={mode}", uri=True, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
    )
    if read_only:
        connection.execute(f"PRAGMA mmap_size={MAPPED_BYTES}")
    else:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA cache_size=-65536")
    return connection


def prepare(connection: sqlite3.Connection) -> None:
    """Makes the tables, once."""
    connection.execute("BEGIN IMMEDIATE")
    if layout_of(connection) != LAYOUT:
        for statement in filter(str.strip, _TABLES.split(";\n")):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version={LAYOUT}")
    connection.execute("COMMIT")


def layout_of(connection: sqlite3.Connection) -> int:
    """The layout of the tables that are there, 0 for none."""
    layout: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return layout
