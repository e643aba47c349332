import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.auth import users
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.session_lookup import session_lookup
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.domain.auth import Role, Session, User
from luminalib.domain.errors import Unavailable
from luminalib.ports.sessions import OpenSession, SessionLookup

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


@asynccontextmanager
async def looking_up(database: SqlDatabase) -> AsyncIterator[SessionLookup]:
    lookup = session_lookup(database)
    await lookup.start()
    try:
        yield lookup
    finally:
        await lookup.close()


@pytest.fixture
async def lookup(database: SqlDatabase) -> AsyncIterator[SessionLookup]:
    async with looking_up(database) as found:
        yield found


@pytest.fixture
def uow(database: SqlDatabase) -> SqlUnitOfWorkFactory:
    return SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())


@pytest.fixture
def ada() -> User:
    return User(
        id=str(uuid4()),
        email="ada@library.test",
        password_hash="x",
        display_name="Ada \N{SNOWMAN}",
        role=Role.LIBRARIAN,
        is_active=True,
        created_at=NOW,
    )


async def log_in(uow: SqlUnitOfWorkFactory, user: User, *, tenant_id: str = "main", ended_at: datetime | None = None) -> Session:
    session = Session.opened(str(uuid4()), user.id, uuid4().hex, NOW, LATER)
    session.ended_at = ended_at
    async with uow(tenant_id) as unit:
        if await unit.users.find(user.id) is None:
            await unit.users.add(user)
    async with uow(tenant_id) as unit:
        await unit.sessions.add(session)
    return session


async def test_a_session_is_found_with_its_account(lookup: SessionLookup, uow: SqlUnitOfWorkFactory, ada: User) -> None:
    session = await log_in(uow, ada)
    await log_in(uow, ada)
    assert await lookup.find(session.id) == OpenSession(
        tenant_id="main", expires_at=LATER, ended_at=None, account=ada.account, plan="unlimited"
    )


@pytest.mark.parametrize(
    "unknown", ["", "unknown", "x" * 10_000, "' OR '1'='1", "%", "\N{SNOWMAN}", "00000000-0000-0000-0000-000000000000"]
)
async def test_an_unknown_session_is_not_found(lookup: SessionLookup, uow: SqlUnitOfWorkFactory, ada: User, unknown: str) -> None:
    await log_in(uow, ada)
    assert await lookup.find(unknown) is None


async def test_an_ended_session_says_since_when(lookup: SessionLookup, uow: SqlUnitOfWorkFactory, ada: User) -> None:
    session = await log_in(uow, ada, ended_at=NOW + timedelta(seconds=1))
    found = await lookup.find(session.id)
    assert found is not None
    assert found.ended_at == NOW + timedelta(seconds=1)


async def test_a_session_of_another_tenant_says_so(lookup: SessionLookup, uow: SqlUnitOfWorkFactory, ada: User) -> None:
    session = await log_in(uow, ada, tenant_id="other")
    found = await lookup.find(session.id)
    assert found is not None
    assert found.tenant_id == "other"


async def test_every_change_is_seen_once_it_is_committed(lookup: SessionLookup, uow: SqlUnitOfWorkFactory, ada: User) -> None:
    session = await log_in(uow, ada)
    assert await lookup.find(session.id) is not None
    async with uow("main") as unit:
        stored = await unit.sessions.find(session.id)
        user = await unit.users.find(ada.id)
        assert stored is not None
        assert user is not None
        stored.ended_at, user.role, user.is_active, user.display_name = NOW, Role.MEMBER, False, "Countess"
        await unit.sessions.end_all("nobody", NOW)  # writes what has changed so far
        before = await lookup.find(session.id)
        assert before is not None
        assert (before.ended_at, before.account.role) == (None, Role.LIBRARIAN)
    after = await lookup.find(session.id)
    assert after is not None
    assert after.ended_at == NOW
    assert after.account == user.account
    assert (after.account.role, after.account.is_active) == (Role.MEMBER, False)


async def test_many_ask_at_the_same_time_also_while_somebody_writes(
    lookup: SessionLookup, uow: SqlUnitOfWorkFactory, ada: User, database: SqlDatabase
) -> None:
    known = [(await log_in(uow, ada)).id for _ in range(10)]
    async with database.owner.begin() as writer, asyncio.timeout(10):
        await writer.execute(sa.update(users).values(display_name="Countess"))
        answers = await asyncio.gather(*(lookup.find(session_id) for session_id in known * 20 + ["unknown"] * 50))
    assert [answer is not None for answer in answers] == [True] * 200 + [False] * 50
    assert {answer.account.display_name for answer in answers if answer} == {ada.display_name}


async def test_a_caller_who_gives_up_leaves_the_look_up_usable(lookup: SessionLookup, uow: SqlUnitOfWorkFactory, ada: User) -> None:
    session = await log_in(uow, ada)
    for turns in range(20):
        asking = asyncio.ensure_future(lookup.find(session.id))
        for _ in range(turns):
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    async with asyncio.timeout(10):
        assert await lookup.find(session.id) is not None


@pytest.mark.parametrize("url", ["sqlite+aiosqlite:///{}/away.db", "postgresql+asyncpg://nobody@127.0.0.1:1/away"])
async def test_a_database_that_is_away_is_unavailable(tmp_path: Path, url: str) -> None:
    database = SqlDatabase(url.format(tmp_path))
    async with looking_up(database) as lookup:
        with pytest.raises(Unavailable, match="LUMINALIB_DATABASE_URL"):
            await lookup.find("any")
    await database.close()


async def test_a_database_without_tables_is_unavailable(empty_database_url: str) -> None:
    database = SqlDatabase(empty_database_url)
    async with database.owner.connect():
        pass
    async with looking_up(database) as lookup:
        with pytest.raises(Unavailable):
            await lookup.find("any")
    await database.close()


async def test_a_database_that_comes_back_is_used_again(
    lookup: SessionLookup, uow: SqlUnitOfWorkFactory, ada: User, database: SqlDatabase
) -> None:
    if database.is_sqlite:
        pytest.skip("a file does not hang up")
    session = await log_in(uow, ada)
    assert await lookup.find(session.id) is not None
    async with database.owner.connect() as admin:
        others = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await admin.execute(sa.text(others))
    async with asyncio.timeout(10):
        while True:
            try:
                assert await lookup.find(session.id) is not None
            except Unavailable:
                continue
            break
