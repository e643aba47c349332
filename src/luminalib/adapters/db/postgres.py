"""Connections to PostgreSQL: as whom they come, whose rows they see, and for how long they are waited for."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any
from uuid import uuid4

import asyncpg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from luminalib.adapters.db.outages import failure
from luminalib.domain.errors import Unavailable

_SETTING = "SELECT set_config($1, $2, $3)"
TENANT_SETTING = "luminalib.tenant"


class DatabaseRole(StrEnum):
    """Roles of PostgreSQL that connections take on; `luminalib migrate` makes them."""

    APP = "luminalib_app"
    """Sees the rows of the tenant that its connection acts for."""
    SYSTEM = "luminalib_system"
    """Sees the rows of all tenants, and writes those of the ledgers."""


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


class Planning(Enum):
    """How the server plans the statements of a connection; each value is the settings that say so."""

    KEPT = (("plan_cache_mode", "auto"), ("enable_seqscan", "on"))
    """One plan for all values."""
    ANEW = (("plan_cache_mode", "force_custom_plan"), ("enable_seqscan", "on"))
    """Each time for the values: one plan would not do for all."""
    BY_INDEX = (("plan_cache_mode", "force_custom_plan"), ("enable_seqscan", "off"))
    """The same, but no table is read from end to end: of what is rare the planner thinks that there is far more."""


class TenantConnection(asyncpg.Connection):  # type: ignore[misc] # the driver brings no types
    """A connection that remembers for which tenant it acts, since row-level security shows the rows of that one alone."""

    __slots__ = ("_planning", "_tenant_id")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._tenant_id: str | None = None
        self._planning: Planning | None = Planning.KEPT

    async def plan(self, planning: Planning) -> None:
        """Has the server plan in this way until it is told otherwise."""
        if planning != self._planning:
            self._planning = None  # who is interrupted here does not know what the server has heard
            await self.execute("; ".join(f"SET {name} = {value}" for name, value in planning.value))
            self._planning = planning

    async def act_for(self, tenant_id: str) -> None:
        """Shows the rows of this tenant until it is told another. Not to be called in a transaction, which may take it back."""
        if tenant_id != self._tenant_id:
            self._tenant_id = None  # who is interrupted here does not know what the server has heard
            await self.fetchval(_SETTING, TENANT_SETTING, tenant_id, False)
            self._tenant_id = tenant_id


_FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
_BY_POOLER = "luminalib_by_pooler"


def act_for(connection: sa.Connection, tenant_id: str) -> None:
    """Shows the rows of this tenant in the transaction that has just begun. Raises as `Pool.fetch`."""
    if connection.get_execution_options().get(_BY_POOLER):
        connection.execute(sa.select(sa.func.set_config(TENANT_SETTING, tenant_id, sa.true())))
        return
    driver: Any = connection.connection.dbapi_connection
    try:
        driver.run_async(lambda own: own.act_for(tenant_id))  # the driver begins no transaction before the first statement
    except _FAILURES as error:
        raise failure(error) from error


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """How connections to a server are made.

    `is_confined`: they take on the roles. `by_pooler`: something like PgBouncer may give each transaction another of the server's
    connections, so that what would be said once for a connection is said at the begin of each transaction.
    """

    url: sa.URL
    patience: Patience
    is_confined: bool = True
    by_pooler: bool = False

    def settings(self, role: DatabaseRole) -> dict[str, str]:
        """What the server is to be told by those who come as this role."""
        return {**self.patience.server_settings, **({"role": role.value} if self.is_confined else {})}

    def engine(self, role: DatabaseRole, *, size: int, overflow: int) -> AsyncEngine:
        """A pool of SQLAlchemy's."""
        given = {"pool_size": size, "max_overflow": overflow, "pool_timeout": self.patience.pool}
        engine = self._engine(pool_pre_ping=True, connect_args=self._arguments(role), **given)
        if self.by_pooler:
            _say_at_begin(engine, self.settings(role))
        return engine.execution_options(**{_BY_POOLER: self.by_pooler})

    def login(self) -> AsyncEngine:
        """Connections that take on no role and are closed after use: for migrations, and for a look at what is in force."""
        arguments = {"timeout": self.patience.connect, **_CACHES_NOTHING} if self.by_pooler else self._arguments(None)
        return self._engine(poolclass=NullPool, connect_args=arguments)

    def pool(self, role: DatabaseRole, *, size: int, seconds: float, statements: int = 100, **settings: str) -> "Pool":
        """A pool of the driver's own, with so many statements prepared on each connection."""
        return Pool(self, {**self.settings(role), **settings}, size=size, seconds=seconds, statements=statements)

    def _engine(self, **arguments: Any) -> AsyncEngine:
        return create_async_engine(self.url, hide_parameters=True, **arguments)  # what people wrote stands in no log

    def _arguments(self, role: DatabaseRole | None) -> dict[str, Any]:
        arguments = {"timeout": self.patience.connect, "connection_class": TenantConnection}
        if self.by_pooler:
            return arguments | _CACHES_NOTHING
        return arguments | {"server_settings": self.settings(role) if role else self.patience.server_settings}


_CACHES_NOTHING: dict[str, Any] = {
    "statement_cache_size": 0,
    "prepared_statement_cache_size": 0,
    "prepared_statement_name_func": lambda: f"luminalib_{uuid4().hex}",
}
"""Statements that were prepared on one connection of the server may be missing on the next."""


def _say_at_begin(engine: AsyncEngine, settings: dict[str, str]) -> None:
    said = sa.select(*(sa.func.set_config(name, value, sa.true()) for name, value in settings.items()))

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        connection.execute(said)


class Pool:
    """Connections that only ever read in autocommit, so that nothing is to be reset between two uses; statements stay prepared."""

    def __init__(self, access: Access, settings: dict[str, str], *, size: int, seconds: float, statements: int) -> None:
        self._seconds = seconds
        self._by_pooler = access.by_pooler
        self._settings = settings
        self._pool = asyncpg.create_pool(
            access.url.set(drivername="postgresql").render_as_string(hide_password=False),
            min_size=0,
            max_size=size,
            reset=_nothing,
            timeout=seconds,
            command_timeout=seconds,
            connection_class=TenantConnection,
            statement_cache_size=0 if access.by_pooler else statements,
            max_cached_statement_lifetime=0,
            server_settings={} if access.by_pooler else self._settings,
        )

    async def start(self) -> None:
        """Makes it ready; it connects when it is first asked."""
        await self._pool

    async def fetch(
        self, sql: str, arguments: Sequence[Any], tenant_id: str | None = None, *, planning: Planning = Planning.KEPT
    ) -> list[Any]:
        """All rows, of one tenant if the pool's role shows no others. Raises DatabaseUnavailable, UnstorableText."""
        try:
            # Where one is idle there is nothing to wait for, and a time-out costs more than to take it. Commands have their own.
            async with self._pool.acquire(timeout=None if self._pool.get_idle_size() else self._seconds) as connection:
                if self._by_pooler:
                    return await self._in_transaction(connection, sql, arguments, tenant_id, planning)
                if tenant_id is not None:
                    await connection.act_for(tenant_id)
                await connection.plan(planning)
                rows: list[Any] = await connection.fetch(sql, *arguments)
                return rows
        except _FAILURES as error:
            reason = failure(error)
            if isinstance(reason, Unavailable):
                await self._pool.expire_connections()  # the server may have hung up on all of them
            raise reason from error

    async def close(self) -> None:
        """Closes its connections."""
        await self._pool.close()

    async def _in_transaction(
        self, connection: Any, sql: str, arguments: Sequence[Any], tenant_id: str | None, planning: Planning
    ) -> list[Any]:
        said = {**self._settings, **dict(planning.value), TENANT_SETTING: tenant_id or ""}
        named = [part for pair in said.items() for part in pair]
        calls = ", ".join(f"set_config(${n}, ${n + 1}, true)" for n in range(1, len(named), 2))
        async with connection.transaction():
            await connection.fetch(f"SELECT {calls}", *named)
            rows: list[Any] = await connection.fetch(sql, *arguments)
            return rows


async def _nothing(_connection: object) -> None:
    pass
