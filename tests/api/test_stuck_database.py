"""What somebody at the database's own prompt can do: lock a row or a table, and go to lunch."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest
import sqlalchemy as sa

from accounts import Library, opened
from journeys import add
from luminalib.adapters.db import engine
from luminalib.adapters.db.outages import DatabaseUnavailable
from luminalib.settings import PostgresSettings, Settings

HASTY = PostgresSettings(lock_seconds=0.3, statement_seconds=5, pool_seconds=0.5)


def is_told_to_wait(answer: httpx.Response) -> bool:
    return answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0 and answer.json()["type"].startswith("/problems/")


@asynccontextmanager
async def held(url: str, *statements: str) -> AsyncIterator[None]:
    """A transaction from outside that has done this, and does not end."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        async with connection.transaction():
            for statement in statements:
                await connection.execute(statement)
            yield
    finally:
        await connection.close()


class TestPostgres:
    @pytest.fixture
    def database_url(self, postgres_url: str) -> str:
        return postgres_url

    @pytest.fixture
    async def library(self, settings: Settings) -> AsyncIterator[Library]:
        async with opened(settings, postgres=HASTY, rate_limits="off") as library:
            yield library

    async def test_a_locked_row_is_a_503_for_who_needs_it_and_nothing_for_the_others(self, library: Library) -> None:
        ada, eve = await library.join("ada"), await library.join("eve")
        book = (await add(ada)).json()
        lock = "SELECT 1 FROM books FOR UPDATE"  # there is one
        async with held(str(library.container.database.url.render_as_string(hide_password=False)), lock):
            waiting = [asyncio.create_task(eve.post(f"/books/{book['id']}/borrow")) for _ in range(40)]  # more than connections
            await asyncio.sleep(0.1)
            reading = [await eve.get(path) for path in ("/books", f"/books/{book['id']}", "/auth/me", "/loans")]
            assert [answer.status_code for answer in reading] == [200] * 4
            refused = await asyncio.gather(*waiting)
        assert all(map(is_told_to_wait, refused)), {answer.status_code for answer in refused}
        assert (await eve.post(f"/books/{book['id']}/borrow")).status_code == 201

    async def test_a_locked_table_is_a_503_and_over_when_it_is_over(self, library: Library) -> None:
        ada = await library.join("ada")
        url = library.container.database.url.render_as_string(hide_password=False)
        async with held(url, "LOCK TABLE books, documents IN ACCESS EXCLUSIVE MODE"):
            answers = await asyncio.gather(*(ada.get("/books") for _ in range(40)), add(ada))
            assert all(map(is_told_to_wait, answers)), {answer.status_code for answer in answers}
        assert (await ada.get("/books")).status_code == 200

    async def test_a_locked_account_does_not_hang_the_question_who_asks(self, library: Library) -> None:
        ada = await library.join("ada")
        url = library.container.database.url.render_as_string(hide_password=False)
        async with held(url, "LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE"):
            answers = await asyncio.gather(*(ada.get("/auth/me") for _ in range(20)))
            assert all(map(is_told_to_wait, answers)), {answer.status_code for answer in answers}
        assert (await ada.get("/auth/me")).status_code == 200

    async def test_a_statement_that_takes_too_long_is_ended(self, library: Library) -> None:
        with pytest.raises(DatabaseUnavailable):
            async with library.container.services.auth._uow("main") as uow:
                await uow._session.execute(sa.text("SELECT pg_sleep(60)"))  # type: ignore[attr-defined]

    async def test_every_connection_has_its_time_outs(self, library: Library) -> None:
        database = library.container.database
        for source in (database.writing, database.reading, database.system_writing):
            async with source.connect() as connection:
                names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
                shown = [await connection.scalar(sa.text(f"SHOW {name}")) for name in names]
            assert shown == ["300ms", "5s", "1min"]


async def test_a_writer_of_another_process_is_a_503(settings: Settings, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_SECONDS", 0.2)
    monkeypatch.setattr(engine, "GATE_SECONDS", 0.5)
    path = tmp_path / "held.db"
    async with opened(settings, database_url=f"sqlite+aiosqlite:///{path}", rate_limits="off") as library:
        ada = await library.join("ada")
        outside = sqlite3.connect(path, isolation_level=None)
        outside.execute("BEGIN IMMEDIATE")
        answers = await asyncio.gather(*(ada.patch("/auth/me", json={"display_name": "Ada"}) for _ in range(8)))
        assert all(map(is_told_to_wait, answers)), {answer.status_code for answer in answers}
        assert (await ada.get("/books")).status_code == 200
        outside.execute("ROLLBACK")
        outside.close()
        assert (await ada.patch("/auth/me", json={"display_name": "Ada"})).status_code == 200
