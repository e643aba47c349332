"""Connections to SQLite and PostgreSQL, and what each needs to be safe."""

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from luminalib.adapters.db import sqlite
from luminalib.domain.errors import Unavailable
from luminalib.ports.persistence import Database

BUSY_TIMEOUT_SECONDS = 15


class DatabaseUnavailable(Unavailable):
    """The database does not answer."""

    slug = "database-unavailable"


class SqlDatabase(Database):
    """An engine for one database URL (`sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`).

    SQLite: write-ahead log, foreign keys on, and writers take their lock when they begin (BEGIN IMMEDIATE), one after another in
    the order they came, so that none starves or fails half way. PostgreSQL: read-only units of work are read-only transactions.
    """

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        if self.is_sqlite:
            if self.url.database:
                Path(self.url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # hashes of passwords lie there
            self.engine = create_async_engine(
                self.url, connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "async_creator_fn": sqlite.connect}
            )
            _prepare_sqlite(self.engine)
            self._write_gate = asyncio.Lock()
            self.writing = self.engine.execution_options(luminalib_begin="BEGIN IMMEDIATE")
            self.reading = self.engine.execution_options(luminalib_begin="BEGIN")
        else:
            self.engine = create_async_engine(self.url, pool_pre_ping=True, pool_size=10, max_overflow=10)
            self.writing = self.engine
            self.reading = self.engine.execution_options(postgresql_readonly=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    def write_gate(self) -> AbstractAsyncContextManager[Any]:
        """Held by a writer from begin to commit; on PostgreSQL everybody passes."""
        return self._write_gate if self.is_sqlite else nullcontext()

    async def check(self) -> None:
        """See Database."""
        try:
            async with asyncio.timeout(5), self.reading.connect() as connection:
                await connection.execute(sa.select(1))
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            raise unavailable(error) from error

    async def close(self) -> None:
        """Ends all connections."""
        await self.engine.dispose()


# SQLSTATE classes of PostgreSQL: connection exception, insufficient resources, operator intervention.
_OUTAGES = ("08", "53", "57")


def is_outage(error: Exception) -> bool:
    """Whether the database is away, full or going down, rather than asked for something impossible."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        return isinstance(error, (OperationalError, InterfaceError)) or error.connection_invalidated or state[:2] in _OUTAGES
    return isinstance(error, OSError)


def unavailable(error: Exception) -> DatabaseUnavailable:
    """The database's own words in one line, with what to check."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    reason = (str(cause).strip() or type(cause).__name__).splitlines()[0]
    return DatabaseUnavailable(f"The database does not answer ({reason}). Check LUMINALIB_DATABASE_URL and that it runs.")


def _prepare_sqlite(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy's own BEGIN, below, decides when a transaction starts
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("luminalib_begin", "BEGIN"))
