"""The database, with its newest schema, and each tenant's rows kept from the others'."""

from contextlib import AsyncExitStack

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError

from luminalib.adapters.db import migrations
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.outages import unavailable
from luminalib.adapters.db.postgres import DatabaseRole, Patience
from luminalib.adapters.db.row_security import Guard, guard
from luminalib.adapters.db.tenants import tenants
from luminalib.domain.errors import Unavailable
from luminalib.domain.tenants import TenantsNotApart
from luminalib.settings import Settings

log = structlog.get_logger(__name__)
_OPEN = (
    "The database does not keep tenants apart: its account may not make roles, or sees everything. Run `luminalib migrate` as an "
    "account that may (LUMINALIB_MIGRATION_DATABASE_URL), see docs/tenants.md."
)


class MigrationsPending(Unavailable):
    """The database does not have the newest schema. Run `luminalib migrate` first."""

    slug = "migrations-pending"


async def open_database(settings: Settings, stack: AsyncExitStack) -> SqlDatabase:
    """Opens it; `stack` closes it. Raises Unavailable."""
    database = database_of(settings)
    if settings.env == "development":
        await migrations.upgrade(database)
    elif not await migrations.is_current(database):
        raise MigrationsPending
    if not database.is_sqlite and not await _keeps_apart(database):
        database = database_of(settings, is_confined=False)
    stack.push_async_callback(database.close)
    return database


def database_of(settings: Settings, *, is_confined: bool = True) -> SqlDatabase:
    """The database that the settings name; nothing is connected yet."""
    given = settings.postgres
    patience = Patience(
        lock=given.lock_seconds,
        statement=given.statement_seconds,
        idle_in_transaction=given.idle_seconds,
        pool=given.pool_seconds,
        connect=given.connect_seconds,
    )
    how = {"is_confined": is_confined, "by_pooler": given.by_pooler}
    return SqlDatabase(settings.database, patience, owner_url=settings.migration_database_url, **how)


async def _keeps_apart(database: SqlDatabase) -> bool:
    """Whether row-level security is in force; with a single tenant it may be missing. Raises TenantsNotApart."""
    try:
        async with database.login.begin() as connection:
            found = await connection.run_sync(guard)
            counted = sa.select(sa.func.count()).select_from(tenants)
            count = await connection.scalar(counted) if found is Guard.OPEN else None
    except (SQLAlchemyError, OSError) as error:
        raise unavailable(error) from error
    if found is Guard.CLOSED:
        hint = f"GRANT {DatabaseRole.APP}, {DatabaseRole.SYSTEM} TO {database.url.username}"
        raise TenantsNotApart(f"LUMINALIB_DATABASE_URL's account sees no row. Let the owner of the database say: {hint}.")
    if found is Guard.OPEN and (count or 0) > 1:
        raise TenantsNotApart(f"{_OPEN} There are several tenants: nothing is served.")
    if found is Guard.OPEN:
        log.warning("database.tenants_not_apart", hint=_OPEN)
    return found is Guard.IN_FORCE
