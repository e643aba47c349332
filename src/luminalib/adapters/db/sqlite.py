"""SQLite's connections: one trip to the connection's thread for a statement, where aiosqlite makes four.

SQLAlchemy opens a cursor, executes, fetches all rows and closes the cursor, each of which wakes two threads in turn. Here all of it
is done in the first trip; what is fetched and closed afterwards is there already. A transaction begins with its first statement, in
that trip; where there is none, nothing is committed or taken back.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import aiosqlite

BEGINNINGS = ("BEGIN", "BEGIN IMMEDIATE")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a statement has given."""

    description: Any
    lastrowid: int | None
    rowcount: int
    rows: list[Any]


_NOTHING = Outcome(description=None, lastrowid=None, rowcount=-1, rows=[])


class SqliteConnection(aiosqlite.Connection):
    """A connection whose cursors do their work in one trip."""

    def __init__(self, connector: Callable[[], sqlite3.Connection], iter_chunk_size: int) -> None:
        """See aiosqlite.Connection."""
        super().__init__(connector, iter_chunk_size)
        self._beginning: str | None = None
        self._asked = self._done = 0
        """Trips: the one is counted by who asks, the other by the thread."""

    def cursor(self) -> "SqliteCursor":  # type: ignore[override]  # SQLAlchemy enters it, it does not await it
        """A cursor; nothing happens before it executes."""
        return SqliteCursor(self)

    async def _connect(self) -> aiosqlite.Connection:
        """As aiosqlite does; a thread that could not open the file has ended before anybody hears of it.

        Its last word would go to a loop that may be closed by then.
        """
        try:
            return await super()._connect()
        except BaseException:
            await asyncio.to_thread(self._thread.join)
            raise

    def begin(self, sql: str) -> None:
        """Begins a transaction with the next statement, in the same trip."""
        self._beginning = sql

    async def outcome(self, sql: str, parameters: Iterable[Any], *, is_many: bool = False) -> Outcome:
        """Executes a statement, fetches all of its rows and closes it."""
        outcome: Outcome = await self._execute(self._run, sql, parameters, is_many)
        return outcome

    async def commit(self) -> None:
        """Commits what was begun, if anything was."""
        if self._is_under_way():
            await super().commit()

    async def rollback(self) -> None:
        """Takes back what was begun, if anything was: SQLAlchemy asks for it whenever a connection goes back to the pool."""
        if self._is_under_way():
            await super().rollback()

    def _is_under_way(self) -> bool:
        """Whether there is a transaction. Of a connection whose thread is at work, as who asked was cancelled, it may be so."""
        self._beginning = None
        return self._asked != self._done or self._conn.in_transaction

    async def _execute(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        self._asked += 1
        return await super()._execute(self._counted, fn, *args, **kwargs)  # type: ignore[no-untyped-call]

    def _counted(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return fn(*args, **kwargs)
        finally:
            self._done += 1

    def _run(self, sql: str, parameters: Any, is_many: bool) -> Outcome:  # noqa: FBT001 -- handed on by position
        with closing(self._conn.cursor()) as cursor:
            beginning, self._beginning = self._beginning, None
            if beginning:
                cursor.execute(beginning)
            (cursor.executemany if is_many else cursor.execute)(sql, parameters)
            rows = cursor.fetchall() if cursor.description else []
            return Outcome(cursor.description, cursor.lastrowid, cursor.rowcount, rows)


class SqliteCursor:
    """What SQLAlchemy asks of an asynchronous cursor, over an outcome that is there as a whole."""

    def __init__(self, connection: SqliteConnection) -> None:
        self._connection = connection
        self._outcome = _NOTHING
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        """Itself."""
        return self

    async def __aexit__(self, *error: object) -> None:
        """Nothing is open."""

    @property
    def description(self) -> Any:
        """The columns; None for a statement without rows."""
        return self._outcome.description

    @property
    def lastrowid(self) -> int | None:
        """Of the last row that was inserted."""
        return self._outcome.lastrowid

    @property
    def rowcount(self) -> int:
        """How many rows were changed, -1 where that means nothing."""
        return self._outcome.rowcount

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> Self:
        """One statement. Raises sqlite3.Error."""
        if sql in BEGINNINGS:
            self._connection.begin(sql)
            return self
        self._outcome = await self._connection.outcome(sql, parameters)
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Self:
        """One statement for each of the parameters. Raises sqlite3.Error."""
        self._outcome = await self._connection.outcome(sql, parameters, is_many=True)
        return self

    async def fetchall(self) -> Sequence[Any]:
        """All rows."""
        return self._outcome.rows

    async def close(self) -> None:
        """Nothing is open."""


def connect(database: str, **options: Any) -> SqliteConnection:
    """A connection that is opened when it is awaited; its thread ends with the process."""
    connection = SqliteConnection(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
    connection._thread.daemon = True  # noqa: SLF001 -- as SQLAlchemy does with a connection of aiosqlite's own
    return connection
