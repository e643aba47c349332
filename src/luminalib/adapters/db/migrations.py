"""Brings a database to the newest schema with Alembic.

Alembic itself, with its dialects, takes a tenth of a start: it is imported where something is to be migrated.
"""

import asyncio
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.outages import unavailable

# One process at a time migrates a PostgreSQL database.
_MIGRATION_LOCK = 0x4C554D4A


def script_directory() -> Path:
    """The folder `alembic`: inside the installed package, or at the top of a checkout."""
    package = Path(__file__).resolve().parents[2]
    installed = package / "alembic"
    return installed if installed.is_dir() else package.parents[1] / "alembic"


def config(connection: sa.Connection | None = None, log_in: str | None = None) -> Any:
    """Alembic's configuration, without an ini file, for commands over `connection`; `log_in` is the server's, if it has its own."""
    from alembic.config import Config  # noqa: PLC0415 -- see above

    settings = Config()
    settings.attributes["connection"] = connection
    settings.attributes["log_in"] = log_in
    settings.set_main_option("script_location", str(script_directory()))
    settings.set_main_option("path_separator", "os")
    return settings


def migrate(connection: sa.Connection, log_in: str | None = None) -> None:
    """Brings the database behind an open connection to the newest schema, with what keeps tenants apart there."""
    if connection.dialect.name == "postgresql":
        for patience in ("statement_timeout", "lock_timeout"):  # a large table takes its time, and so does another who migrates
            connection.exec_driver_sql(f"SET LOCAL {patience} = 0")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
    from alembic import command  # noqa: PLC0415 -- see above

    command.upgrade(config(connection, log_in), "head")


async def upgrade(database: SqlDatabase, *, again: bool = False) -> None:
    """Brings the database to the newest schema; `again` secures one that has it anew. Raises DatabaseUnavailable."""
    if not again and await is_current(database):
        return  # without waiting for whoever migrates at this moment
    try:
        async with asyncio.timeout(600), database.owner.begin() as connection:
            await connection.run_sync(migrate, database.url.username)
    except (SQLAlchemyError, OSError) as error:
        raise unavailable(error) from error


@cache
def head() -> str:
    """The newest version of the schema: the number that the last of the migrations' files begins with."""
    return max(path.name.partition("_")[0] for path in (script_directory() / "versions").glob("[0-9]*.py"))


async def is_current(database: SqlDatabase) -> bool:
    """Whether the database has the newest schema. Raises DatabaseUnavailable."""

    def revisions(connection: sa.Connection) -> bool:
        known = sa.inspect(connection).has_table("alembic_version")
        return known and [*connection.scalars(sa.text("SELECT version_num FROM alembic_version"))] == [head()]

    try:
        async with database.login.connect() as connection:
            return await connection.run_sync(revisions)
    except (SQLAlchemyError, OSError) as error:
        raise unavailable(error) from error
