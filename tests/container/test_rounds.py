"""The regular rounds go on, whatever happens in one of them."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta

import httpx
import pytest

from luminalib.container import Container, rounds
from luminalib.container.rounds import Rounds
from luminalib.domain.errors import Unavailable


async def one_tenant() -> list[str]:
    return ["main"]


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
