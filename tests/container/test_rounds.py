"""The regular rounds go on, whatever happens in one of them."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import sqlalchemy as sa

from fakes import FakeLLM, MemoryStorage
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.jobs import jobs
from luminalib.adapters.db.schema import metadata
from luminalib.adapters.db.tenants import SqlTenantRegister
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.jobs.inprocess import KEEP_FINISHED
from luminalib.adapters.security.sealing import AesSealer
from luminalib.container import Container, open_container, rounds
from luminalib.container.rounds import SHARE, Rounds, rest_after
from luminalib.domain.errors import Unavailable
from luminalib.domain.jobs import JobStatus
from luminalib.domain.recommendations import RANKED_FROM
from luminalib.ports.tenants import Concern
from luminalib.settings import Settings
from tenantfiles import furnish


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first rounds are made at once."""
    monkeypatch.setattr(rounds, "FIRST_AFTER", timedelta())


async def one_tenant() -> list[str]:
    return ["main"]


async def test_jobs_that_ended_long_ago_are_forgotten_soon_after_the_start(settings: Settings, database: SqlDatabase) -> None:
    long_ago = datetime.now(UTC) - KEEP_FINISHED - timedelta(days=1)
    ended = {"status": JobStatus.DONE, "claims": 1, "failures": 0, "run_at": long_ago, "finished_at": long_ago}
    async with database.system_writing.begin() as connection:
        await connection.execute(sa.insert(jobs).values(tenant_id="main", name="old", payload={}, **ended))

    async def is_there() -> bool:
        async with database.system_reading.connect() as connection:
            return await connection.scalar(sa.select(jobs.c.id).where(jobs.c.name == "old")) is not None

    assert await is_there()
    async with open_container(settings, llm=FakeLLM()), asyncio.timeout(60):
        while await is_there():
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("error", [ValueError("nobody thought of it"), Unavailable("away"), KeyError("x"), TimeoutError()])
async def test_a_round_that_fails_is_made_again(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "AGAIN_AFTER", timedelta(milliseconds=1))
    made = asyncio.Event()
    tries = 0

    async def make(_tenant_id: str) -> None:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise error
        made.set()

    async with asyncio.timeout(10), AsyncExitStack() as stack:
        Rounds(one_tenant).begin(stack, "sweep", timedelta(days=1), make)
        await made.wait()


async def test_nobody_waits_for_a_round_that_comes_with_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "FIRST_AFTER", timedelta(days=1))
    made = []

    async def make(tenant_id: str) -> None:
        made.append(tenant_id)

    async with AsyncExitStack() as stack:
        Rounds(one_tenant).begin(stack, "sweep", timedelta(seconds=1), make)
        for _ in range(50):  # so many turns of the loop, each of which would be enough
            await asyncio.sleep(0)
    assert made == []


async def test_what_fails_for_one_tenant_is_made_for_the_others() -> None:
    made, done = [], asyncio.Event()

    async def tenants() -> list[str]:
        return ["main", "sea", "hill"]

    async def make(tenant_id: str) -> None:
        made.append(tenant_id)
        if tenant_id == "hill":
            done.set()
        if tenant_id == "sea":
            raise ValueError("nobody thought of it")

    async with asyncio.timeout(10), AsyncExitStack() as stack:
        Rounds(tenants).begin(stack, "sweep", timedelta(days=1), make)
        await done.wait()
    assert made == ["main", "sea", "hill"]


@pytest.mark.parametrize("period", [timedelta(minutes=1), timedelta(minutes=5), timedelta(days=1)])
@pytest.mark.parametrize("count", [2, 20, 1000, 100_000])
def test_a_round_of_many_is_spread_over_its_time(period: timedelta, count: int) -> None:
    took = 0.003
    rest = rest_after(took, period, count)
    assert rest == 0 or count * (took + rest) <= period.total_seconds() * 1.001, "it is made in time"
    assert rest <= 1, "and a few need not wait for long"
    has_room = count * took / SHARE < period.total_seconds()
    assert took / (took + rest) <= SHARE * 1.001 or not has_room, "while most of the time is for those who ask"
    assert rest_after(10, timedelta(minutes=1), 1000) == 0, "what is late already does not rest"
    assert rest_after(10, timedelta(days=1), 3) == 1, "nor does it rest long for having taken long"


async def test_a_round_can_be_for_those_that_have_what_it_looks_for(database: SqlDatabase, reader: Reader) -> None:
    register = SqlTenantRegister(database, reader)
    assert [await register.concerned(concern) for concern in Concern] == [[]] * len(Concern)
    tenants = metadata.tables["tenants"]
    shared = {"plan": "unlimited", "created_at": datetime.now(UTC)}
    rows = [{"tenant_id": slug, "name": slug, "is_active": slug != "shut", **shared} for slug in ("busy", "idle", "shut")]
    async with database.owner.begin() as connection:
        await connection.execute(sa.insert(tenants), rows)
    await furnish(database, MemoryStorage(), AesSealer(["a key of 32 characters and more ..."]), "busy")
    assert [await register.concerned(concern) for concern in Concern] == [["busy"]] * len(Concern)
    async with database.owner.begin() as connection:
        await connection.execute(sa.update(tenants).where(tenants.c.tenant_id == "busy").values(is_active=False))
        large = sa.insert(metadata.tables["catalogues"])
        await connection.execute(large, [{"tenant_id": "idle", "books": RANKED_FROM}, {"tenant_id": "shut", "books": RANKED_FROM}])
    assert {concern: await register.concerned(concern) for concern in Concern} == {
        concern: ["idle"] if concern is Concern.RANKED else [] for concern in Concern
    }


async def test_readiness_knows_how_old_the_last_round_is() -> None:
    now = 0.0
    watched = Rounds(one_tenant, lambda: now)
    failing = asyncio.Event()

    async def fail(_tenant_id: str) -> None:
        failing.set()
        raise ValueError

    async with asyncio.timeout(10), AsyncExitStack() as stack:
        watched.begin(stack, "remind", timedelta(minutes=5), fail)
        await failing.wait()
        await watched.check()
        now = 15 * 60 + 1.0
        with pytest.raises(Unavailable, match=r"remind.*901 seconds"):
            await watched.check()


async def test_it_is_a_part_of_readiness(client: httpx.AsyncClient, container: Container) -> None:
    parts = (await client.get("/readyz")).json()["parts"]
    assert parts["rounds"]["status"] == "ok"


def test_the_clock_of_the_rounds_is_monotonic() -> None:
    seconds: Callable[[], float] = Rounds(one_tenant)._seconds
    assert seconds.__name__ == "monotonic"
