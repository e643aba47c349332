"""Connections to SQLite and PostgreSQL, and what each needs to be safe."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from luminalib.adapters.db import sqlite
from luminalib.adapters.db.outages import DatabaseUnavailable, unavailable
from luminalib.adapters.db.postgres import Access, DatabaseRole, Patience
from luminalib.adapters.db.sqlite_file import SqliteFile
from luminalib.ports.persistence import Database

BUSY_TIMEOUT_SECONDS = 15
CHECK_SECONDS = 3.0
GATE_SECONDS = 20.0
"""How long a writer waits for the others of this process: longer than one of them waits for another process."""


class SqlDatabase(Database):
    """An engine for one database URL (`sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`).

    SQLite: write-ahead log, foreign keys on, and writers take their lock when they begin (BEGIN IMMEDIATE), one after another in
    the order they came, so that none starves or fails half way. PostgreSQL: read-only units of work are read-only transactions, on
    connections of their own, so that writers who wait for a row keep no reader out; row-level security holds them to their tenant
    (`is_confined`, see row_security). What is worked through for all tenants goes by the `system_…` engines, migrations by `owner`.
    """

    def __init__(
        self,
        url: str,
        patience: Patience | None = None,
        *,
        owner_url: str = "",
        is_confined: bool = True,
        by_pooler: bool = False,
    ) -> None:
        self.url = sa.make_url(url)
        self.is_confined = is_confined
        if self.is_sqlite:
            if self.url.database:
                Path(self.url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # hashes of passwords lie there
            self.engine = create_async_engine(
                self.url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "async_creator_fn": sqlite.connect}
            )
            self.file = SqliteFile(self.url.database or "")
            _prepare_sqlite(self.engine, self.file)
            self._write_gate = asyncio.Lock()
            self.writing = self.system_writing = self.owner = self.engine.execution_options(luminalib_begin="BEGIN IMMEDIATE")
            self.reading = self.system_reading = self.login = self.engine.execution_options(luminalib_begin="BEGIN")
            self._engines = [self.engine]
        else:
            patience = patience or Patience()
            self.access = Access(url=self.url, patience=patience, is_confined=is_confined, by_pooler=by_pooler)
            self.engine = self.writing = self.access.engine(DatabaseRole.APP, size=10, overflow=10)
            readers = self.access.engine(DatabaseRole.APP, size=5, overflow=15)
            self.reading = readers.execution_options(postgresql_readonly=True)
            self.system_writing = self.access.engine(DatabaseRole.SYSTEM, size=4, overflow=8)
            self.system_reading = self.system_writing.execution_options(postgresql_readonly=True)
            self.login = self.access.login()
            self.owner = replace(self.access, url=sa.make_url(owner_url), by_pooler=False).login() if owner_url else self.login
            self._engines = [self.engine, readers, self.system_writing]

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    def connections_in_use(self) -> int:
        """How many connections units of work have taken out of the pools."""
        pools = (engine.pool for engine in self._engines)
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
        for engine in self._engines:
            await engine.dispose()
        if self.is_sqlite:
            self.file.close()


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
