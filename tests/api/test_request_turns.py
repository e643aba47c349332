"""Turns: a library that asks for much at once waits for itself, and nobody else does."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from accounts import Library, opened
from luminalib.api import turns as turns_of_the_api
from luminalib.api.turns import Turn, Turns, between_turns, end_turn, keep_turn
from luminalib.services.books import BookService
from luminalib.settings import Settings
from tenanthouses import found, operator_of

AT_ONCE = 2
"""More than the server allows, so that the line is seen to move while others are at work."""


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing comes to an end by time alone, however slow the machine is."""
    monkeypatch.setattr(turns_of_the_api, "LONGEST_SECONDS", 600.0)
    monkeypatch.setattr(turns_of_the_api, "PRESENT_SECONDS", 600.0)
    monkeypatch.setattr(turns_of_the_api, "AT_ONCE", AT_ONCE)


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def several(turns: Turns, tenant: str, count: int) -> tuple[list[Turn], list[asyncio.Task[Turn | None]]]:
    """The turns that were given at once, and those that wait."""
    tasks = [asyncio.create_task(turns.take(tenant)) for _ in range(count)]
    await settled()
    given = [task.result() for task in tasks if task.done()]
    assert all(given)
    return [turn for turn in given if turn], [task for task in tasks if not task.done()]


async def both(turns: Turns) -> None:
    """Two libraries are there."""
    for tenant in ("quiet", "loud"):
        if turn := await turns.take(tenant):
            turn.end()


async def test_a_library_that_is_alone_is_never_held_up() -> None:
    turns = Turns()
    assert [await turns.take("main") for _ in range(50)] == [None] * 50


async def test_of_two_libraries_each_has_a_few_requests_at_work() -> None:
    turns = Turns()
    await both(turns)
    given, waiting = await several(turns, "loud", 10)
    assert (len(given), len(waiting)) == (AT_ONCE, 10 - AT_ONCE)
    assert await turns.take("quiet") is not None, "who asks for little is served at once"
    order = []
    for task in waiting:
        task.add_done_callback(lambda done: order.append(waiting.index(done)))
    while given:
        given.pop().end()
        await settled()
        given += [turn for task in waiting if task.done() and (turn := task.result()) and not turn._is_over and turn not in given]
    assert order == sorted(order), "first come, first served"
    assert len(order) == len(waiting)
    assert turns._lines == {}, "nothing is kept of lines that are empty"
    assert list(turns._working) == ["quiet"]


async def test_who_waits_no_more_takes_no_turn() -> None:
    turns = Turns()
    await both(turns)
    given, waiting = await several(turns, "loud", AT_ONCE + 2)
    waiting[0].cancel()
    given[0].end()
    await settled()
    assert waiting[1].done(), "the next had it"
    _, more = await several(turns, "loud", 1)
    given[1].end()
    more[0].cancel()  # in the moment in which it is its turn
    await asyncio.gather(*more, return_exceptions=True)
    last = waiting[1].result()
    assert last is not None
    last.end()
    assert (turns._lines, turns._working) == ({}, {})


async def test_what_takes_long_waits_for_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns_of_the_api, "LONGEST_SECONDS", 0.0)
    turns = Turns()
    await both(turns)
    assert len(await asyncio.gather(*(turns.take("loud") for _ in range(10)))) == 10


async def test_a_turn_is_not_held_while_a_body_is_awaited() -> None:
    turns = Turns()
    await both(turns)
    scopes: list[dict[str, Any]] = [{} for _ in range(AT_ONCE)]
    for scope in scopes:
        keep_turn(scope, await turns.take("loud"))
    sends: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    receiving = asyncio.create_task(between_turns(scopes[0], sends.get))
    given, waiting = await several(turns, "loud", 2)
    assert (len(given), len(waiting)) == (1, 1), "another one works while the body trickles in"
    await sends.put({"type": "http.request"})
    await settled()
    assert not receiving.done(), "it has to wait for a turn again"
    given[0].end()
    await settled()
    assert waiting[0].done(), "who came first is first"
    end_turn(scopes[1])
    assert (await receiving)["type"] == "http.request"
    end_turn(scopes[0])
    await sends.put({"type": "http.disconnect"})
    assert (await between_turns(scopes[0], sends.get))["type"] == "http.disconnect", "what is over asks for no turn"
    assert turns._working == {"loud": 1}


@pytest.fixture
async def library(settings: Settings) -> AsyncIterator[Library]:
    async with opened(settings.model_copy(update={"rate_limits": "off"})) as library:
        yield library


async def test_over_http_the_loud_one_waits_for_itself(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    loud = await found(await operator_of(library), library)
    quiet = await library.admin_of_the_house()
    may_end, inside = asyncio.Event(), 0
    whole = BookService.list

    async def slow(self: BookService, by: Any, *asked: Any) -> Any:
        nonlocal inside
        if by.tenant_id != "main":
            inside += 1
            await may_end.wait()
        return await whole(self, by, *asked)

    monkeypatch.setattr(BookService, "list", slow)
    await quiet.get("/auth/me")
    asked = [asyncio.create_task(loud.get("/books")) for _ in range(6)]
    while inside < AT_ONCE:
        await asyncio.sleep(0.01)
    assert (await quiet.get("/books")).status_code == 200
    assert inside == AT_ONCE
    may_end.set()
    assert {(await one).status_code for one in asked} == {200}
    assert inside == len(asked)


async def test_over_http_a_body_that_trickles_in_holds_no_turn(library: Library) -> None:
    loud = await found(await operator_of(library), library)
    quiet = await library.admin_of_the_house()
    await quiet.get("/auth/me")
    may_end, waiting = asyncio.Event(), 0

    async def trickling() -> AsyncIterator[bytes]:
        nonlocal waiting
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nA text.'
        waiting += 1
        await may_end.wait()
        yield b"\r\n--x--\r\n"

    form = {"Content-Type": "multipart/form-data; boundary=x"}
    sent = [asyncio.create_task(loud.post("/books", content=trickling(), headers=form)) for _ in range(2 * AT_ONCE)]
    while waiting < len(sent):
        await asyncio.sleep(0.01)
    assert (await loud.get("/books")).status_code == 200
    may_end.set()
    assert sorted([(await one).status_code for one in sent]) == [201, *[409] * (len(sent) - 1)], "the same file, once"
    assert (library.app.state.turns._lines, library.app.state.turns._working) == ({}, {})
