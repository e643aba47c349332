"""The tables of the local index, and connections to them."""

import sqlite3
from hashlib import sha256
from pathlib import Path

LAYOUT = 1
"""Raised when the tables change: an index of another layout is thrown away and made anew from the database."""
WAIT_SECONDS = 30.0
PUBLIC = "opublic"

_TABLES = """
CREATE TABLE documents (
    number INTEGER PRIMARY KEY,
    document_id TEXT NOT NULL UNIQUE,
    tenant_id TEXT NOT NULL,
    owner_id TEXT,
    language TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    first INTEGER NOT NULL,
    passages INTEGER NOT NULL,
    terms INTEGER NOT NULL,
    model TEXT,
    slot INTEGER
);
CREATE TABLE passages (number INTEGER PRIMARY KEY, passage_id TEXT NOT NULL, page INTEGER NOT NULL);
CREATE TABLE state (generation INTEGER NOT NULL);
INSERT INTO state VALUES (0);
CREATE VIRTUAL TABLE words USING fts5(terms, scope, tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'");
CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, 'col');
"""


def connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """A connection that any thread may use, one at a time."""
    mode = "ro" if read_only else "rwc"
    connection = sqlite3.connect(
        f"file:{path}?mode={mode}", uri=True, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
    )
    if not read_only:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
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


def owner_token(owner_id: str | None) -> str:
    """The word by which full text knows who may see a passage."""
    return PUBLIC if owner_id is None else "o" + _name(owner_id)


def tenant_token(tenant_id: str) -> str:
    """The word by which full text knows whose a passage is."""
    return "t" + _name(tenant_id)


def document_token(number: int) -> str:
    """The word by which full text knows a passage's document."""
    return f"d{number}"


def _name(identity: str) -> str:
    return sha256(identity.encode()).hexdigest()[:20]
