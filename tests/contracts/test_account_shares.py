"""What an account has stored is asked at each upload: SQLite, which has no statistics, reads an index for it and no document."""

from typing import Any

import sqlalchemy as sa

from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.events.memory import MemoryEventBus


async def test_it_is_added_up_by_an_index_alone(sqlite_url: str) -> None:
    database = SqlDatabase(sqlite_url)
    said: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        said.append((statement, parameters))

    async with SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock()).reading("main") as uow:
        sa.event.listen(sa.Engine, "before_cursor_execute", hear)
        assert await uow.uploads.stored_bytes("ada") == 0
        sa.event.remove(sa.Engine, "before_cursor_execute", hear)
    (of_documents,) = ((statement, parameters) for statement, parameters in said if "FROM documents" in statement)
    async with database.owner.connect() as connection:
        plan = str((await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {of_documents[0]}", of_documents[1])).all())
    assert "COVERING INDEX ix_documents_uploaded_by" in plan
    await database.close()
