"""How SQLite, which has no statistics, comes by what answers need: never by way of everything that a tenant has."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.passages import SqlPassageRepository
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.events.memory import MemoryEventBus
from templates import newest_schema

MANY = [f"id-{number}" for number in range(12)]
BY_TENANT_ALONE = re.compile(r"SCAN |INDEX \S+ \(tenant_id=\?\)")


@pytest.fixture(scope="module")
def newest() -> Path:
    return newest_schema()


async def test_nothing_is_looked_for_among_all_of_a_tenant(newest: Path, tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    shutil.copy(newest, path)
    database = SqlDatabase(f"sqlite+aiosqlite:///{path}")
    said: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        said.append((statement, parameters))

    async with SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())("main") as uow:
        assert isinstance(uow.passages, SqlPassageRepository)
        sa.event.listen(sa.Engine, "before_cursor_execute", hear)
        await uow.passages.of("id-1")
        await uow.passages.replace("id-1", [])
        await uow.passages.documents_of(MANY)
        await uow.passages.vectors("model", MANY)
        await uow.passages.embedded("model", MANY)
        await uow.passages.vectors_of("model", MANY)
        await uow.conversations.latest_numbers(MANY)
        sa.event.remove(sa.Engine, "before_cursor_execute", hear)
    async with database.owner.connect() as connection:
        for statement, parameters in said:
            if statement.lstrip().startswith(("SELECT", "DELETE")):
                plan = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)).all()
                assert not BY_TENANT_ALONE.search(str(plan)), f"{statement}\n{plan}"
    assert len(said) >= 8
    await database.close()
