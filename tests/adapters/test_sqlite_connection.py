"""SQLite's connections, as SQLAlchemy uses them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from luminalib.adapters.db.engine import SqlDatabase

BOOKS = sa.table("books", sa.column("id", sa.Integer), sa.column("title", sa.String))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqlDatabase]:
    database = SqlDatabase(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
    async with database.writing.begin() as connection:
        await connection.execute(sa.text("CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE)"))
    yield database
    await database.close()


async def test_a_statement_makes_one_trip(database: SqlDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    trips = []
    travel = aiosqlite.Connection._execute

    def counted(*arguments: Any) -> Any:
        trips.append(arguments)
        return travel(*arguments)  # type: ignore[no-untyped-call]

    async with database.reading.connect() as connection:
        await connection.execute(sa.select(1))  # begins the transaction
        monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
        await connection.execute(sa.select(BOOKS))
        assert len(trips) == 1


async def test_what_statements_give(database: SqlDatabase) -> None:
    async with database.writing.begin() as connection:
        one = await connection.execute(sa.insert(BOOKS).values(title="one").returning(BOOKS.c.id))
        assert one.scalar_one() == 1
        await connection.execute(sa.insert(BOOKS), [{"title": "two"}, {"title": "three"}])
        changed = await connection.execute(sa.update(BOOKS).where(BOOKS.c.id > 1).values(title=BOOKS.c.title + "!"))
        assert changed.rowcount == 2
        found = await connection.execute(sa.select(BOOKS.c.title).order_by(BOOKS.c.id))
        assert list(found.keys()) == ["title"]
        assert found.scalars().all() == ["one", "two!", "three!"]


async def test_what_a_constraint_says_is_raised_and_the_connection_stays_good(database: SqlDatabase) -> None:
    async with database.writing.begin() as connection:
        await connection.execute(sa.insert(BOOKS).values(title="one"))
    with pytest.raises(IntegrityError, match=r"books\.title"):
        async with database.writing.begin() as connection:
            await connection.execute(sa.insert(BOOKS).values(title="two"))
            await connection.execute(sa.insert(BOOKS).values(title="one"))
    async with database.reading.connect() as connection:
        assert (await connection.scalars(sa.select(BOOKS.c.title))).all() == ["one"]


async def test_who_leaves_in_the_middle_of_a_statement_leaves_no_transaction(database: SqlDatabase) -> None:
    slow = sa.text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT count(*) FROM n")

    async def write() -> None:
        async with database.writing.begin() as connection:
            await connection.execute(sa.insert(BOOKS).values(title="never"))
            await connection.execute(slow)

    writing = asyncio.create_task(write())
    await asyncio.sleep(0.02)
    writing.cancel()
    await asyncio.wait([writing])
    async with database.writing.begin() as connection:
        assert (await connection.scalars(sa.select(BOOKS.c.title))).all() == []


async def test_a_transaction_begins_with_its_first_statement_and_ends_with_its_commit(
    database: SqlDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    trips = []
    travel = aiosqlite.Connection._execute

    def counted(*arguments: Any) -> Any:
        trips.append(arguments)
        return travel(*arguments)  # type: ignore[no-untyped-call]

    async with database.reading.connect():
        """Opened before they are counted."""
    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    async with database.writing.begin() as connection:
        await connection.execute(sa.insert(BOOKS).values(title="one"))
        await connection.execute(sa.insert(BOOKS).values(title="two"))
    assert len(trips) == 3, "two statements and the commit"
    async with database.writing.begin():
        """Nothing is done."""
    assert len(trips) == 3
    with pytest.raises(ZeroDivisionError):
        async with database.writing.begin() as connection:
            await connection.execute(sa.insert(BOOKS).values(title="three"))
            raise ZeroDivisionError
    async with database.reading.connect() as connection:
        found = await connection.execute(sa.select(BOOKS.c.title).order_by(BOOKS.c.id))
        assert found.scalars().all() == ["one", "two"], "what failed was taken back"


async def test_what_was_cancelled_on_its_way_is_taken_back(database: SqlDatabase) -> None:
    """The thread may still be at work when the connection goes back: it must not keep what it has begun."""
    for pause in range(30):

        async def write() -> None:
            async with database.writing.begin() as connection:
                await connection.execute(sa.insert(BOOKS).values(title="cancelled"))
                await asyncio.sleep(10)

        task = asyncio.create_task(write())
        for _ in range(pause):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with database.writing.begin() as connection:
            await connection.execute(sa.insert(BOOKS).values(title=f"kept {pause}"))
    async with database.reading.connect() as connection:
        found = await connection.execute(sa.select(BOOKS.c.title).order_by(BOOKS.c.id))
        assert found.scalars().all() == [f"kept {pause}" for pause in range(30)]
