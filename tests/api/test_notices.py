import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from accounts import Library, opened
from fakes import FakeClock
from lending import borrow, give_back, notices, place_hold, renew, shelve
from luminalib.adapters.db.jobs import jobs
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.notices import REMIND, remind
from luminalib.settings import LoanSettings, Settings
from luminalib.steps.following import BATCH
from streaming import PLAIN, serving

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
async def library(settings: Settings, clock: FakeClock) -> AsyncIterator[Library]:
    rules = LoanSettings(period_days=10, grace_days=1, due_soon_days=3, max_per_member=1000)
    async with opened(settings, clock=clock, rate_limits="off", loans=rules, access_minutes=144_000) as library:
        yield library


async def make_round(library: Library, clock: FakeClock) -> bool:
    """The round, and whether there was something to do."""
    service = library.container.services.notices
    await service.request(MAIN_TENANT)
    async with library.container.database.owner.begin() as connection:
        asked = (await connection.execute(sa.delete(jobs).where(jobs.c.name == REMIND))).rowcount
    if asked:
        await service.remind(remind(MAIN_TENANT, clock.now()))
    return bool(asked)


async def kinds(client: httpx.AsyncClient) -> list[str]:
    return [notice["kind"] for notice in await notices(client)]


async def test_due_dates_are_announced_once_a_day(library: Library, clock: FakeClock) -> None:
    admin = await library.join("admin")
    book = await shelve(admin, "The Keeper")
    loan = (await borrow(admin, book)).json()
    seen = []
    for _ in range(16 * 4):  # every six hours, for sixteen days
        told = len(await notices(admin))
        assert await make_round(library, clock) == (len(await notices(admin)) > told)
        assert not await make_round(library, clock)
        seen.append(len(await notices(admin)))
        clock.advance(6 * HOUR)
    found = await notices(admin)
    assert [notice["kind"] for notice in found] == ["due_soon"] * 3 + ["overdue"] * 5
    for kind in ("due_soon", "overdue"):
        times = [datetime.fromisoformat(notice["at"]) for notice in found if notice["kind"] == kind]
        assert all(later - earlier >= DAY for earlier, later in pairwise(times))
    first = found[0]
    assert datetime.fromisoformat(first["at"]) == NOW + 7 * DAY + 6 * HOUR  # the first round with less than three days left
    assert datetime.fromisoformat(first["until"]) == datetime.fromisoformat(loan["due_at"])
    assert (first["subject_id"], first["book_id"]) == (loan["id"], book)
    assert first["text"].startswith("“The Keeper” is due on ")
    assert datetime.fromisoformat(found[3]["at"]) == NOW + 11 * DAY + 6 * HOUR  # after the day of grace


async def test_what_is_renewed_or_back_is_not_announced(library: Library, clock: FakeClock) -> None:
    admin = await library.join("admin")
    renewed, returned = [await shelve(admin, title) for title in ("Renewed", "Returned")]
    for book in (renewed, returned):
        await borrow(admin, book)
    clock.advance(8 * DAY)
    await renew(admin, renewed)
    await give_back(admin, returned)
    await make_round(library, clock)
    assert await notices(admin) == []


async def test_more_loans_than_fit_one_batch_are_all_announced(library: Library, clock: FakeClock) -> None:
    admin = await library.join("admin")
    books = [await shelve(admin) for _ in range(2)]
    readers = [await library.join(f"reader-{n}") for n in range(BATCH // 2 + 1)]
    for book in books:
        (await admin.patch(f"/books/{book}", json={"copies_total": len(readers)})).raise_for_status()
        for reader in readers:
            (await borrow(reader, book)).raise_for_status()
    clock.advance(9 * DAY)
    await make_round(library, clock)
    assert [await kinds(reader) for reader in readers] == [["due_soon", "due_soon"]] * len(readers)


async def test_a_ready_copy_is_announced_at_once_and_only_to_whom_it_is_for(library: Library) -> None:
    admin, ada, ben = [await library.join(name) for name in ("admin", "ada", "ben")]
    book = await shelve(admin)
    await borrow(admin, book)
    for member in (ada, ben):
        await place_hold(member, book)
    assert [await notices(member) for member in (ada, ben)] == [[], []]
    await give_back(admin, book)
    assert [await kinds(member) for member in (admin, ada, ben)] == [[], ["hold_ready"], []]


async def events(client: httpx.AsyncClient, count: int, last: int | None = None) -> list[dict[str, Any]]:
    """The next events of the member's stream."""
    services = client._transport.app.state.services  # type: ignore[attr-defined]
    by = await services.auth.authenticate(client.headers["Authorization"].removeprefix("Bearer "), address=None)
    found = []
    async for notice in services.notices.follow(by, last):
        if notice is not None:
            found.append({"id": notice.id, "kind": notice.kind.value, "text": notice.text})
        if len(found) == count:
            return found
    return found


async def test_the_stream_tells_as_it_happens_and_resumes(library: Library) -> None:
    admin, ada = [await library.join(name) for name in ("admin", "ada")]
    books = [await shelve(admin, title) for title in ("One", "Two", "Three")]
    for book in books:
        await borrow(admin, book)
        await place_hold(ada, book)
    listener = asyncio.create_task(events(ada, 3, last=0))
    async with asyncio.timeout(10):
        while not library.container.bus._listeners:
            await asyncio.sleep(0.01)
    for book in books:
        await give_back(admin, book)
    told = await asyncio.wait_for(listener, 10)
    assert [notice["text"].split("”")[0] for notice in told] == ["“One", "“Two", "“Three"]
    assert await events(ada, 2, last=told[0]["id"]) == told[1:]
    assert await events(ada, 3, last=0) == told


async def test_the_stream_is_server_sent_events(library: Library) -> None:
    admin, ada = [await library.join(name) for name in ("admin", "ada")]
    book = await shelve(admin, "One")
    await borrow(admin, book)
    await place_hold(ada, book)
    await give_back(admin, book)
    headers = {"Authorization": ada.headers["Authorization"], "Last-Event-ID": "0"}
    async with (
        serving(library.app, library.container) as url,
        httpx.AsyncClient(base_url=url, verify=PLAIN, timeout=60) as real,
        real.stream("GET", "/me/stream", headers=headers) as answer,
    ):
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        fields: dict[str, str] = {}
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            fields |= {name: value} if value else {}
            if not line and "data" in fields:
                break
    assert fields["event"] == "hold_ready"
    (listed,) = await notices(ada)
    assert (json.loads(fields["data"]), int(fields["id"])) == (listed, listed["id"])
