"""On PostgreSQL the database itself keeps tenants apart: with every guard of ours switched off, for every table and every view."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db import tenant_session
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.migrations import upgrade
from luminalib.adapters.db.postgres import TENANT_SETTING, DatabaseRole, act_for
from luminalib.adapters.db.row_security import LEDGERS, Guard, guard
from luminalib.adapters.db.schema import metadata
from luminalib.adapters.db.tenants import SqlTenantRegister
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.views.reader import reader_of
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.container import open_container
from luminalib.domain.auth import Principal, Role
from luminalib.domain.errors import Unavailable
from luminalib.domain.tenants import TenantsNotApart
from luminalib.settings import Settings

OWNED = [table for table in metadata.sorted_tables if "tenant_id" in table.c]


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[SqlDatabase]:
    opened = SqlDatabase(postgres_url)
    yield opened
    await opened.close()


@asynccontextmanager
async def acting(
    database: SqlDatabase, tenant: str | None, role: DatabaseRole = DatabaseRole.APP
) -> AsyncIterator[AsyncConnection]:
    """A connection as the server's, about which no guard of ours knows."""
    async with database.login.connect() as connection:
        await connection.exec_driver_sql(f"SET LOCAL ROLE {role}")
        if tenant:
            await connection.execute(sa.select(sa.func.set_config(TENANT_SETTING, tenant, sa.true())))
        yield connection
        await connection.rollback()


def _made_up(column: sa.Column[Any], tenant: str, number: int) -> Any:
    kind = getattr(column.type, "impl_instance", column.type)
    if isinstance(kind, sa.Enum):
        return (kind.enums if kind.enum_class is None else [*kind.enum_class])[0]
    plain = {datetime: datetime.now(UTC), date: date(2026, 1, 1), bool: False, int: number, float: 0.0, bytes: b"x", dict: {}}
    return plain.get(kind.python_type, f"{tenant}{number}")


async def _one_row_each(database: SqlDatabase) -> None:
    """A row of each tenant in every table, whatever it refers to."""
    async with database.owner.begin() as connection:
        await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # neither triggers nor foreign keys
        for number, tenant in enumerate(("a", "b"), start=1):
            for table in OWNED:
                wanted = [c for c in table.c if not c.nullable and c.computed is None and c.name != "tenant_id"]
                values = {column.name: _made_up(column, tenant, number) for column in wanted}
                await connection.execute(sa.insert(table).values(tenant_id=tenant, **values))


async def test_every_table_has_both_policies_and_forces_its_owner_to_nothing(database: SqlDatabase) -> None:
    asked = sa.text(
        """
        SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner), p.polname,
               pg_get_expr(p.polqual, c.oid), pg_get_expr(p.polwithcheck, c.oid)
        FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE a.attname = 'tenant_id' AND c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
        """
    )
    async with database.owner.connect() as connection:
        rows = (await connection.execute(asked)).all()
    found = {(name, policy): (using, checking) for name, _, _, _, policy, using, checking in rows}
    assert all(is_on and not is_forced and owner not in [*DatabaseRole] for _, is_on, is_forced, owner, *_ in rows)
    own = f"((tenant_id)::text = current_setting('{TENANT_SETTING}'::text))"
    names = {name for name, *_ in rows}
    assert names >= {table.name for table in OWNED}
    assert found == {(name, "luminalib_app"): (own, own) for name in names} | {
        (name, "luminalib_system"): ("true", "true") for name in names
    }


async def test_sql_without_a_condition_reaches_the_own_rows_only(database: SqlDatabase) -> None:
    """Reading, changing, moving, adding and removing, in each table."""
    await _one_row_each(database)
    for table in OWNED:
        own = sa.select(table.c.tenant_id)
        async with acting(database, "a") as connection:
            assert [*await connection.scalars(own)] == ["a"], table.name
            touched = await connection.execute(sa.update(table).values(tenant_id=table.c.tenant_id))
            assert touched.rowcount == 1, table.name
            for deed in (sa.update(table).values(tenant_id="b"), _copied_to_b(table)):
                with pytest.raises(DBAPIError, match="row-level security"):
                    async with connection.begin_nested():
                        await connection.execute(deed)
        async with acting(database, "nobody") as connection:
            assert [*await connection.scalars(own)] == [], table.name
            assert (await connection.execute(sa.delete(table))).rowcount == 0, table.name
        async with acting(database, None) as connection:
            with pytest.raises(DBAPIError, match="unrecognized configuration parameter"):
                await connection.scalars(own)


def _copied_to_b(table: sa.Table) -> sa.Insert:
    columns = [column for column in table.c if column.computed is None]
    chosen = sa.select(*(sa.literal("b") if column.name == "tenant_id" else column for column in columns))
    return sa.insert(table).from_select([column.name for column in columns], chosen)


async def test_the_ledgers_see_all_and_write_what_is_theirs(database: SqlDatabase) -> None:
    await _one_row_each(database)
    for table in OWNED:
        async with acting(database, None, DatabaseRole.SYSTEM) as connection:
            assert {*await connection.scalars(sa.select(table.c.tenant_id))} >= {"a", "b"}, table.name
            same = sa.update(table).values(tenant_id=table.c.tenant_id)
            if table.name in LEDGERS:
                assert (await connection.execute(same)).rowcount >= 2, table.name
            else:
                with pytest.raises(DBAPIError, match="permission denied"):
                    await connection.execute(same)


async def test_the_view_that_is_searched_shows_the_own_rows(database: SqlDatabase) -> None:
    await _one_row_each(database)
    async with acting(database, "a") as connection:
        assert [*await connection.scalars(sa.text("SELECT tenant_id FROM own_book_texts"))] == ["a"]


async def test_every_unit_is_empty_for_others_even_if_it_names_the_wrong_tenant(
    database: SqlDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _one_row_each(database)
    factory = SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())
    async with factory.reading("a") as uow:
        counted = await uow.tenants.count_everything()
    indexes = {name for name in counted if name.startswith("indexed_")} | {"catalogue_lexemes"}
    assert {name for name, count in counted.items() if count != 1} == indexes
    monkeypatch.setattr(tenant_session, "act_for", lambda connection, _tenant: act_for(connection, "b"))
    async with factory("a") as uow:
        assert set((await uow.tenants.count_everything()).values()) == {0}
        await uow.tenants.remove_everything()
    monkeypatch.undo()
    async with factory.reading("a") as uow:
        assert await uow.tenants.count_everything() == counted


async def test_a_connection_that_is_used_again_shows_whoever_uses_it(database: SqlDatabase) -> None:
    """After a commit, a rollback, an error, a cancelled statement, and while its tenant is told to the server."""
    await _one_row_each(database)
    factory = SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())

    async def look(tenant: str, then: str = "") -> None:
        async with factory(tenant) as uow:
            session = uow._session  # type: ignore[attr-defined]
            assert [*await session.scalars(sa.text("SELECT tenant_id FROM users"))] == [tenant]
            if then == "error":
                await session.execute(sa.text("SELECT 1 / 0"))
            if then == "hang":
                await session.execute(sa.text("SELECT pg_sleep(60)"))
            if then == "raise":
                raise RuntimeError

    for tenant in ("a", "b", "a"):
        await look(tenant)
        with pytest.raises(RuntimeError):
            await look(tenant, "raise")
        with pytest.raises(DBAPIError):
            await look(tenant, "error")
        for turns in range(12):  # wherever it is interrupted
            hanging = asyncio.create_task(look("b" if tenant == "a" else "a", "hang"))
            for _ in range(turns * 3):
                await asyncio.sleep(0)
            hanging.cancel()
            with pytest.raises((asyncio.CancelledError, Unavailable)):
                await hanging
            await look(tenant)
    await asyncio.gather(*(look(tenant) for tenant in ("a", "b") * 40))


@asynccontextmanager
async def log_in(database: SqlDatabase, name: str) -> AsyncIterator[str]:
    """The database's URL for an account that is nothing but that."""
    async with database.owner.begin() as connection:
        await connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN PASSWORD 'x'")
    yield database.url.set(username=name, password="x").render_as_string(hide_password=False)
    async with database.owner.begin() as connection:
        await connection.exec_driver_sql(f"DROP OWNED BY {name}")
        await connection.exec_driver_sql(f"DROP ROLE {name}")


async def _guard(url: str) -> Guard:
    opened = SqlDatabase(url)
    async with opened.login.begin() as connection:
        found = await connection.run_sync(guard)
    await opened.close()
    return found


async def test_a_log_in_of_its_own_serves_once_the_owner_has_migrated(database: SqlDatabase, settings_of: Any) -> None:
    async with log_in(database, f"server_{id(database)}") as url:
        assert await _guard(url) is Guard.CLOSED
        with pytest.raises(TenantsNotApart, match="GRANT luminalib_app, luminalib_system TO server_"):
            async with open_container(settings_of(url), run_jobs=False):
                pass
        migrating = SqlDatabase(url, owner_url=database.url.render_as_string(hide_password=False))
        await upgrade(migrating, again=True)
        assert await _guard(url) is Guard.IN_FORCE
        assert await SqlTenantRegister(migrating, reader_of(migrating)).active() == ["main"]
        await migrating.close()
        async with open_container(settings_of(url), run_jobs=False) as container:
            await container.database.check()


async def test_who_may_not_make_roles_is_served_alone_and_told(database: SqlDatabase, settings_of: Any) -> None:
    """An owner who sees everything: one tenant is served, several are not."""
    name = f"owner_{id(database)}"
    async with log_in(database, name) as url:
        async with database.owner.begin() as connection:
            tables = await connection.scalars(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
            for table in [*tables]:
                await connection.exec_driver_sql(f"ALTER TABLE {table} OWNER TO {name}")
            await connection.exec_driver_sql(f"ALTER VIEW own_book_texts OWNER TO {name}")
        assert await _guard(url) is Guard.OPEN
        operator = Principal(tenant_id="main", user_id=None, role=Role.OPERATOR)
        async with open_container(settings_of(url), run_jobs=False) as container:
            assert await container.tenants.active() == ["main"]
            with pytest.raises(TenantsNotApart):
                await container.services.tenants.create(operator, "seaside", "Seaside", "unlimited", "grace@sea.test")
        async with database.owner.begin() as connection:
            insert = "INSERT INTO tenants SELECT 'other', name, plan, created_at, is_active FROM tenants"
            await connection.exec_driver_sql(insert)
        with pytest.raises(TenantsNotApart, match="several tenants"):
            async with open_container(settings_of(url), run_jobs=False):
                pass
        async with database.owner.begin() as connection:
            owner = database.url.username
            await connection.exec_driver_sql(f'REASSIGN OWNED BY {name} TO "{owner}"')


@pytest.fixture
def settings_of(tmp_path: Any) -> Any:
    return lambda url: Settings(_env_file=None, data_dir=tmp_path, database_url=url)
