"""One round trip to the database for what is only read: past SQLAlchemy's sessions, which cost more than the reading itself."""

import asyncio
import sqlite3
import threading
import time
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial
from typing import Any

from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.outages import unavailable
from luminalib.adapters.db.postgres import DatabaseRole, Planning
from luminalib.adapters.db.views.statements import TENANT, Prepared, Row, Statement

POOL_SIZE = 10
STATEMENTS_KEPT = 512
"""Per connection: a list has a statement for each combination of filters, order and size that is in use."""
ANSWER_SECONDS = 10.0
LOOP_SECONDS = 0.001
"""How long a statement may keep the event loop; what takes longer is done again in a thread."""
SLOW_SECONDS = (0.05, 60.0)
"""How long a statement that was too slow for the event loop is not tried there: at first, and at last; twice as long each time."""
FEW = 20
"""Rows that are made into views in well under a millisecond."""
_STEPS_BETWEEN_LOOKS = 500
# A reader of a database in WAL mode does not wait for writers; this is for the moment in which the log is reset.
_LOCKED_IN_LOOP_MS, _LOCKED_IN_THREAD_SECONDS = 10, 5.0
_THREADS = 4


class Reader(ABC):
    """Executes statements for one tenant at a time. Each sees what was committed before it began."""

    is_sqlite: bool

    @abstractmethod
    async def rows(
        self, statement: Statement, tenant_id: str, *, few: bool = False, by_index: bool = False, **given: Any
    ) -> list[Row]:
        """All rows; `few` says that they are a page's at the most, `by_index` that few rows of a large table are looked for.

        Raises DatabaseUnavailable.
        """

    async def row(self, statement: Statement, tenant_id: str, **given: Any) -> Row | None:
        """The first row of what is looked up by a key. Raises DatabaseUnavailable."""
        return next(iter(await self.rows(statement, tenant_id, few=True, **given)), None)

    async def prepared(self, statement: Statement) -> Prepared:
        """The statement for the driver, made in a thread when it is first asked for."""
        if statement.is_prepared(is_sqlite=self.is_sqlite):
            return statement.prepared(is_sqlite=self.is_sqlite)
        return await asyncio.to_thread(statement.prepared, is_sqlite=self.is_sqlite)

    @abstractmethod
    async def start(self) -> None:
        """Makes it ready; it connects when it is first asked."""

    @abstractmethod
    async def close(self) -> None:
        """Closes its connections."""


class _SlowStatements:
    """Which statements were interrupted in the event loop, and when they may be tried there again."""

    def __init__(self) -> None:
        self._pauses: dict[Statement, tuple[float, float]] = {}

    def may_be_tried(self, statement: Statement) -> bool:
        return statement not in self._pauses or self._pauses[statement][0] <= time.monotonic()

    def note(self, statement: Statement) -> None:
        first, longest = SLOW_SECONDS
        pause = min(longest, 2 * self._pauses[statement][1]) if statement in self._pauses else first
        self._pauses[statement] = time.monotonic() + pause, pause

    def forget(self, statement: Statement) -> None:
        self._pauses.pop(statement, None)


class SqliteReader(Reader):
    """Few rows are read in the event loop, where a hop to a thread would cost more than they do, everything else in a few threads.

    What keeps the loop for longer than a millisecond is interrupted there, read in a thread, and for a while not tried again. The
    loop's connection is opened in a thread, since reading the schema takes longer than that; after a change of the schema it is
    opened anew.
    """

    is_sqlite = True

    def __init__(self, database: SqlDatabase) -> None:
        self._path = database.url.database or ""
        self._own: sqlite3.Connection | None = None
        self._schema = 0
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="reading")
        self._of_thread = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._until = 0.0
        self._slow = _SlowStatements()

    async def start(self) -> None:
        """See Reader."""

    async def rows(
        self, statement: Statement, tenant_id: str, *, few: bool = False, by_index: bool = False, **given: Any
    ) -> list[Row]:
        """See Reader."""
        del by_index  # the planner looks for an index by itself
        prepared = await self.prepared(statement)
        arguments = prepared.arguments({TENANT: tenant_id, **given})
        in_thread = partial(asyncio.get_running_loop().run_in_executor, self._threads)
        if few and self._slow.may_be_tried(statement):
            own = self._own
            if own is None:
                own = await in_thread(self._open_own)
            try:
                self._until = time.thread_time() + LOOP_SECONDS
                found = _fetched(own, prepared, arguments)
            except sqlite3.OperationalError:  # interrupted, or locked for a moment: a thread can wait
                self._note(statement, own)
            else:
                self._slow.forget(statement)
                return found
        return await in_thread(self._in_thread, prepared, arguments)

    async def close(self) -> None:
        """See Reader."""
        await asyncio.to_thread(self._threads.shutdown)
        for connection in self._opened:
            connection.close()

    def _open_own(self) -> sqlite3.Connection:
        """Raises DatabaseUnavailable."""
        try:
            connection = self._connect()
            connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
            connection.execute(f"PRAGMA busy_timeout={_LOCKED_IN_LOOP_MS}")
            self._schema = _schema_of(connection)
        except sqlite3.Error as error:
            raise unavailable(error) from error
        connection.set_progress_handler(lambda: time.thread_time() > self._until, _STEPS_BETWEEN_LOOKS)
        self._own = connection
        return connection

    def _note(self, statement: Statement, own: sqlite3.Connection) -> None:
        """What went wrong may be the schema's fault, which has to be read first and is read in a thread."""
        with suppress(sqlite3.Error):
            if _schema_of(own) == self._schema:
                self._slow.note(statement)
                return
        self._own = None

    def _in_thread(self, prepared: Prepared, arguments: list[Any]) -> list[Row]:
        connection: sqlite3.Connection | None = getattr(self._of_thread, "connection", None)
        try:
            if connection is None:
                connection = self._of_thread.connection = self._connect()
            return _fetched(connection, prepared, arguments)
        except sqlite3.Error as error:
            raise unavailable(error) from error

    def _connect(self) -> sqlite3.Connection:
        uri = f"file:{self._path}?mode=ro"
        connection = sqlite3.connect(
            uri,
            uri=True,
            timeout=_LOCKED_IN_THREAD_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=STATEMENTS_KEPT,
        )
        self._opened.append(connection)
        connection.execute("PRAGMA mmap_size=2147418112")
        return connection


def _schema_of(connection: sqlite3.Connection) -> int:
    """The number that each change of the schema raises; asking for it does not read the schema."""
    return int(connection.execute("PRAGMA schema_version").fetchone()[0])


def _fetched(connection: sqlite3.Connection, prepared: Prepared, arguments: list[Any]) -> list[Row]:
    with closing(connection.execute(prepared.sql, arguments)) as cursor:
        return prepared.rows(cursor.fetchall())


class PostgresReader(Reader):
    """A pool of the driver's own connections, whose statements stay prepared."""

    is_sqlite = False

    def __init__(self, database: SqlDatabase) -> None:
        # Compiling a plan or calling other processes costs more than these run.
        pool = partial(database.access.pool, size=POOL_SIZE, seconds=ANSWER_SECONDS, statements=STATEMENTS_KEPT)
        self._pool = pool(DatabaseRole.APP, default_transaction_read_only="on", jit="off", max_parallel_workers_per_gather="0")

    async def start(self) -> None:
        """See Reader."""
        await self._pool.start()

    async def rows(
        self, statement: Statement, tenant_id: str, *, few: bool = False, by_index: bool = False, **given: Any
    ) -> list[Row]:
        """See Reader."""
        del few
        prepared = await self.prepared(statement)
        arguments = prepared.arguments({TENANT: tenant_id, **given})
        planning = Planning.ANEW if prepared.depends_on_words else Planning.KEPT
        found = await self._pool.fetch(prepared.sql, arguments, tenant_id, planning=Planning.BY_INDEX if by_index else planning)
        return prepared.rows(found)

    async def close(self) -> None:
        """See Reader."""
        await self._pool.close()


def reader_of(database: SqlDatabase) -> Reader:
    """The reader of a database."""
    return SqliteReader(database) if database.is_sqlite else PostgresReader(database)
