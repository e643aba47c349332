"""Connections to SQLite and PostgreSQL, and what each needs to be safe."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from luminalib.adapters.db import sqlite
from luminalib.adapters.db.sqlite_file import SqliteFile
from luminalib.domain.errors import Unavailable
from luminalib.ports.persistence import Database

BUSY_TIMEOUT_SECONDS = 15
CHECK_SECONDS = 3.0
GATE_SECONDS = 20.0
"""How long a writer waits for the others of this process: longer than one of them waits for another process."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How many seconds PostgreSQL, and those who wait for a connection to it, are given."""

    lock: float = 3.0
    statement: float = 60.0
    idle_in_transaction: float = 60.0
    pool: float = 3.0
    connect: float = 5.0

    @property
    def server_settings(self) -> dict[str, str]:
        """For a connection's start, in milliseconds."""
        return {
            "lock_timeout": str(round(self.lock * 1000)),
            "statement_timeout": str(round(self.statement * 1000)),
            "idle_in_transaction_session_timeout": str(round(self.idle_in_transaction * 1000)),
        }


class DatabaseUnavailable(Unavailable):
    """The database does not answer."""

    slug = "database-unavailable"


class SqlDatabase(Database):
    """An engine for one database URL (`sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`).

    SQLite: write-ahead log, foreign keys on, and writers take their lock when they begin (BEGIN IMMEDIATE), one after another in
    the order they came, so that none starves or fails half way. PostgreSQL: read-only units of work are read-only transactions, on
    connections of their own, so that writers who wait for a row keep no reader out.
    """

    def __init__(self, url: str, patience: Patience | None = None) -> None:
        self.patience = patience or Patience()
        self.url = sa.make_url(url)
        if self.is_sqlite:
            if self.url.database:
                Path(self.url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # hashes of passwords lie there
            self.engine = create_async_engine(
                self.url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "async_creator_fn": sqlite.connect}
            )
            self.file = SqliteFile(self.url.database or "")
            _prepare_sqlite(self.engine, self.file)
            self._write_gate = asyncio.Lock()
            self.writing = self.engine.execution_options(luminalib_begin="BEGIN IMMEDIATE")
            self.reading = self.engine.execution_options(luminalib_begin="BEGIN")
        else:
            self.engine = self._postgres(pool_size=10, max_overflow=10)
            self.writing = self.engine
            self._readers = self._postgres(pool_size=5, max_overflow=15)
            self.reading = self._readers.execution_options(postgresql_readonly=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    def connections_in_use(self) -> int:
        """How many connections units of work have taken out of the pools."""
        pools = (self.engine.pool,) if self.is_sqlite else (self.engine.pool, self._readers.pool)
        return sum(pool.checkedout() for pool in pools if isinstance(pool, QueuePool))

    def write_gate(self) -> AbstractAsyncContextManager[Any]:
        """Held by a writer from begin to commit; on PostgreSQL everybody passes. Raises DatabaseUnavailable after a while."""
        return self._through_gate() if self.is_sqlite else nullcontext()

    @asynccontextmanager
    async def _through_gate(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(GATE_SECONDS):
                await self._write_gate.acquire()
        except TimeoutError:
            raise DatabaseUnavailable("The database is busy: writers wait in line. Try again in a moment.") from None
        try:
            yield
        finally:
            self._write_gate.release()

    async def _read_afresh(self) -> None:
        """Reads the schema and a page of each table by a new connection, which has nothing in its memory yet."""
        path = f"file:{self.url.database}?mode=ro"

        def read() -> None:
            with closing(sqlite3.connect(path, uri=True, timeout=CHECK_SECONDS)) as connection:
                for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                    connection.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone()  # noqa: S608 -- our own tables

        await asyncio.to_thread(read)

    def _postgres(self, *, pool_size: int, max_overflow: int) -> AsyncEngine:
        return create_async_engine(
            self.url,
            hide_parameters=True,  # what people wrote stands in no log
            pool_pre_ping=True,
            pool_size=pool_size,
            max_overflow=max_overflow,
            pool_timeout=self.patience.pool,
            connect_args={"timeout": self.patience.connect, "server_settings": self.patience.server_settings},
        )

    async def check(self) -> None:
        """See Database."""
        try:
            async with asyncio.timeout(5), self.reading.connect() as connection:
                await connection.execute(sa.text("SELECT version_num FROM alembic_version"))
                if self.is_sqlite:
                    await self._read_afresh()
        except (sqlite3.Error, SQLAlchemyError, OSError, TimeoutError) as error:
            raise unavailable(error) from error

    async def close(self) -> None:
        """Ends all connections."""
        await self.engine.dispose()
        if self.is_sqlite:
            self.file.close()
        else:
            await self._readers.dispose()


# SQLSTATEs of PostgreSQL: connection exception, insufficient resources, operator intervention (a statement's time-out, too);
# lock not available, idle in transaction for too long, deadlock, serialization failure.
_OUTAGES = ("08", "53", "57", "55P03", "25P03", "40P01", "40001")
# SQLite's words for a file that has been overwritten; they come as plain DatabaseErrors.
_BROKEN = ("malformed", "not a database", "disk image")


def is_outage(error: Exception) -> bool:
    """Whether the database is away, full or going down, rather than asked for something impossible."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        is_broken = isinstance(error, DatabaseError) and any(words in str(error.orig) for words in _BROKEN)
        is_away = isinstance(error, (OperationalError, InterfaceError)) or error.connection_invalidated
        return (is_away or is_broken or state.startswith(_OUTAGES)) and not isinstance(error, IntegrityError)
    return isinstance(error, (OSError, PoolExhausted, sqlite3.Error))


def unavailable(error: Exception) -> DatabaseUnavailable:
    """The database's own words in one line, with what to check."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    reason = (str(cause).strip() or type(cause).__name__).splitlines()[0]
    return DatabaseUnavailable(f"The database does not answer ({reason}). Check LUMINALIB_DATABASE_URL and that it runs.")


def _prepare_sqlite(engine: AsyncEngine, file: SqliteFile) -> None:
    @event.listens_for(engine.sync_engine, "do_connect")
    def before_connect(*_: object) -> None:
        file.check()  # a new connection would make a new, empty file where the old one has gone

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy's own BEGIN, below, decides when a transaction starts
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        file.watch()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        file.check()
        connection.exec_driver_sql(connection.get_execution_options().get("luminalib_begin", "BEGIN"))
