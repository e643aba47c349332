"""Hints: within one process, and between the processes of one PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.adapters.events.postgres import PostgresEventBus
from luminalib.ports.events import EventBus
from postgres import Postgres

Pair = tuple[EventBus, EventBus]


@pytest.fixture
def dsn(postgres_server: Postgres) -> str:
    return postgres_server.dsn("postgres")


@pytest.fixture(params=["memory", "postgres here", "postgres there"])
async def buses(request: pytest.FixtureRequest) -> AsyncIterator[Pair]:
    """Where a hint is published, and where it is waited for."""
    if request.param == "memory":
        bus = MemoryEventBus()
        yield bus, bus
        return
    dsn = request.getfixturevalue("dsn")
    here, there = PostgresEventBus(dsn), PostgresEventBus(dsn)
    for one in (here, there):
        await one.start()
    yield here, here if request.param == "postgres here" else there
    for one in (here, there):
        await one.stop()


async def test_a_hint_wakes_who_listens_to_its_topic(buses: Pair) -> None:
    publisher, listener = buses
    with listener.subscribe("documents:a") as mine, listener.subscribe("documents:b") as other:
        publisher.publish("documents:a")
        assert await mine.wait(5)
        assert not await mine.wait(0.05)
        assert not await other.wait(0)


async def test_many_hints_are_one(buses: Pair) -> None:
    publisher, listener = buses
    topic = f"documents:{uuid4()}"
    with listener.subscribe(topic) as mine:
        for _ in range(1000):
            publisher.publish(topic)
        assert await mine.wait(5)
        await asyncio.sleep(0.2)
        await mine.wait(0.2)
        assert not await mine.wait(0.05)


async def test_closing_wakes_everybody_for_the_last_time(buses: Pair) -> None:
    _, listener = buses
    with listener.subscribe("documents:a") as mine:
        listener.close()
        assert await mine.wait(1)
    assert listener.is_closed


async def test_a_lost_connection_comes_back(dsn: str, postgres_server: Postgres) -> None:
    here, there = PostgresEventBus(dsn), PostgresEventBus(dsn)
    for one in (here, there):
        await one.start()
    ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
    await asyncio.to_thread(postgres_server.run, ends)
    with there.subscribe("documents:a") as mine:
        async with asyncio.timeout(20):
            here.publish("documents:a")
            while not await mine.wait(0.3):  # what is published while the connection is away is not heard
                here.publish("documents:a")
    with there.subscribe("documents:b") as mine:
        here.publish("documents:b")
        assert await mine.wait(20), "from then on each hint arrives"
    for one in (here, there):
        await one.stop()


async def test_without_a_database_it_still_works_within_the_process() -> None:
    bus = PostgresEventBus("postgresql://nobody@127.0.0.1:1/none")
    starting = asyncio.create_task(bus.start())
    with bus.subscribe("documents:a") as mine:
        bus.publish("documents:a")
        assert await mine.wait(1)
    starting.cancel()
    await bus.stop()
