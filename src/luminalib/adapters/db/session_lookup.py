"""The one look-up that each request makes, past SQLAlchemy: an ORM query costs twenty times the read itself."""

import asyncio
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from luminalib.adapters.db.auth import sessions, users
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.outages import unavailable
from luminalib.adapters.db.postgres import DatabaseRole
from luminalib.adapters.db.tenants import tenants
from luminalib.domain.auth import Account, Role
from luminalib.ports.sessions import OpenSession, SessionLookup

_COLUMNS = (
    sessions.c.tenant_id,
    sessions.c.expires_at,
    sessions.c.ended_at,
    sessions.c.acting_from,
    users.c.id,
    users.c.email,
    users.c.display_name,
    users.c.role,
    users.c.is_active,
    users.c.created_at,
    tenants.c.plan,
)
POOL_SIZE = 4
CACHED_ROWS = 4096
Row = tuple[Any, ...]
ANSWER_SECONDS = 5.0
# A reader of a database in WAL mode does not wait for writers; this is for the moment in which the log is reset.
LOCKED_SECONDS = 0.1


IDS_AT_ONCE = 500
_CHOSEN = ", ".join(f"{column.table.name}.{column.name}" for column in _COLUMNS)
_JOINED = (
    "sessions JOIN users ON users.id = sessions.user_id "
    "LEFT JOIN tenants ON tenants.tenant_id = sessions.tenant_id WHERE sessions.id "
)
_QUERY = f"SELECT {_CHOSEN} FROM {_JOINED} = "  # noqa: S608 -- constants
_SQLITE_QUERY, _POSTGRES_QUERY = f"{_QUERY}?", f"{_QUERY}$1"
_ALL = f"SELECT sessions.id, {_CHOSEN} FROM {_JOINED}"  # noqa: S608 -- as above


class SqliteSessionLookup(SessionLookup):
    """Reads by a connection of its own, in the event loop itself: some 15 µs, where a hop to a thread alone costs 60."""

    def __init__(self, database: SqlDatabase) -> None:
        self._path = database.url.database or ""
        self._file = database.file
        self._connection: sqlite3.Connection | None = None

    async def find(self, session_id: str) -> OpenSession | None:
        """See SessionLookup."""
        rows = self._read(_SQLITE_QUERY, (session_id,))
        return _session(rows[0]) if rows else None

    async def find_all(self, session_ids: Collection[str]) -> Mapping[str, OpenSession]:
        """See SessionLookup. Between two batches it lets others have the event loop."""
        found: dict[str, OpenSession] = {}
        ids = iter(session_ids)
        while batch := [*islice(ids, IDS_AT_ONCE)]:
            rows = self._read(f"{_ALL}IN ({','.join('?' * len(batch))})", batch)
            found |= {row[0]: _session(row[1:]) for row in rows}
            await asyncio.sleep(0)
        return found

    def _read(self, query: str, values: Sequence[str]) -> list[Row]:
        try:
            self._file.check()
            connection = self._connection = self._connection or self._connect()
            with closing(connection.execute(query, values)) as cursor:
                return cursor.fetchall()
        except sqlite3.Error as error:
            raise unavailable(error) from error

    async def start(self) -> None:
        """Nothing to do: it connects when it is first asked."""

    async def close(self) -> None:
        """Closes the connection."""
        if self._connection:
            self._connection.close()
            self._connection = None

    def _connect(self) -> sqlite3.Connection:
        uri = f"file:{self._path}?mode=ro"
        return sqlite3.connect(uri, uri=True, timeout=LOCKED_SECONDS, isolation_level=None, check_same_thread=False)


class PostgresSessionLookup(SessionLookup):
    """Reads by a small pool of the driver's own, with a statement that stays prepared. Whose a session is, it has yet to find."""

    def __init__(self, database: SqlDatabase) -> None:
        self._pool = database.access.pool(DatabaseRole.SYSTEM, size=POOL_SIZE, seconds=ANSWER_SECONDS)

    async def start(self) -> None:
        """Makes the pool ready; it connects when it is first asked."""
        await self._pool.start()

    async def find(self, session_id: str) -> OpenSession | None:
        """See SessionLookup."""
        rows = await self._pool.fetch(_POSTGRES_QUERY, [session_id])
        return _session(tuple(rows[0])) if rows else None

    async def find_all(self, session_ids: Collection[str]) -> Mapping[str, OpenSession]:
        """See SessionLookup."""
        rows = await self._pool.fetch(f"{_ALL}= ANY($1)", [[*session_ids]])
        return {row[0]: _session(tuple(row)[1:]) for row in rows}

    async def close(self) -> None:
        """Closes the connections."""
        await self._pool.close()


def _instant(value: str | datetime) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value


@lru_cache(maxsize=CACHED_ROWS)
def _session(row: Row) -> OpenSession:
    """What a row says; the rows of busy sessions come again and again with the same content."""
    tenant_id, expires_at, ended_at, acting_from, user_id, email, display_name, role, is_active, created_at, plan = row
    return OpenSession(
        tenant_id=tenant_id,
        expires_at=_instant(expires_at),
        ended_at=_instant(ended_at) if ended_at else None,
        acting_from=acting_from,
        plan=plan,
        account=Account(
            id=user_id,
            email=email,
            display_name=display_name,
            role=Role(role),
            is_active=bool(is_active),
            created_at=_instant(created_at),
        ),
    )


def session_lookup(database: SqlDatabase) -> SqliteSessionLookup | PostgresSessionLookup:
    """The look-up for a database."""
    return SqliteSessionLookup(database) if database.is_sqlite else PostgresSessionLookup(database)
