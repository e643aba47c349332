import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from accounts import Library, id_of, opened, slug
from fakes import FakeClock
from lending import borrow, give_back, holds, loans, place_hold, shelve
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.pipeline import sweep
from luminalib.services.housekeeping import HousekeepingService
from luminalib.settings import Settings

pytestmark = pytest.mark.jobs(False)

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
async def library(settings: Settings, clock: FakeClock) -> AsyncIterator[Library]:
    async with opened(settings, clock=clock, rate_limits="off", access_minutes=14_400) as library:
        yield library


async def act(client: httpx.AsyncClient, action: str, book: str, key: str) -> httpx.Response:
    return await client.post(f"/books/{book}/{action}", headers={"Idempotency-Key": key})


async def test_the_same_key_gives_the_same_answer(library: Library) -> None:
    admin, ada = [await library.join(name) for name in ("admin", "ada")]
    book, awaited = [await shelve(admin, title) for title in ("One", "Two")]
    await borrow(admin, awaited)
    for n, (action, of, status) in enumerate(
        [("borrow", book, 201), ("renew", book, 200), ("return", book, 200), ("hold", awaited, 201)]
    ):
        first, again = [await act(ada, action, of, f"key-{n}") for _ in range(2)]
        assert (first.status_code, again.status_code) == (status, status)
        assert again.json() == first.json()
    (loan,) = await loans(ada, state="all")
    assert (loan["state"], loan["renewals"]) == ("closed", 1)
    assert len(await holds(ada)) == 1


async def test_a_refusal_is_an_answer_too(library: Library) -> None:
    admin, ada = [await library.join(name) for name in ("admin", "ada")]
    book = await shelve(admin)
    await borrow(admin, book)
    first = await act(ada, "borrow", book, "key")
    assert (first.status_code, slug(first)) == (409, "no-copy-available")
    await give_back(admin, book)
    again = await act(ada, "borrow", book, "key")
    assert (again.status_code, again.json()) == (409, first.json())
    assert (await act(ada, "borrow", book, "another")).status_code == 201
    missing = "00000000-0000-4000-8000-000000000000"
    assert [(await act(ada, "borrow", missing, "lost")).status_code for _ in range(2)] == [404, 404]


async def test_a_key_stands_for_one_request_of_one_member(library: Library) -> None:
    admin, ada = [await library.join(name) for name in ("admin", "ada")]
    one, two = [await shelve(admin, title, copies=2) for title in ("One", "Two")]
    assert (await act(ada, "borrow", one, "key")).status_code == 201
    for action, book in (("borrow", two), ("return", one)):
        reused = await act(ada, action, book, "key")
        assert (reused.status_code, slug(reused)) == (422, "idempotency-key-reused")
    assert (await act(admin, "borrow", one, "key")).json()["user_id"] == await id_of(admin)
    assert len(await loans(ada)) == 1


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_keys_have_a_length(admin: httpx.AsyncClient, key: str) -> None:
    answer = await act(admin, "borrow", await shelve(admin), key)
    assert (answer.status_code, slug(answer)) == (422, "validation-error")


async def test_sent_many_times_at_once_it_is_done_once(settings: Settings) -> None:
    async with opened(settings, rate_limits="off") as one, opened(settings, rate_limits="off") as two:
        admin = await one.join("admin")
        book = await shelve(admin, copies=9)
        clients = [desk.visitor(Authorization=admin.headers["Authorization"]) for desk in (one, two)]
        answers = await asyncio.gather(*(act(clients[n % 2], "borrow", book, "key") for n in range(20)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert len(await loans(admin)) == 1


async def test_a_dry_run_is_never_an_answer_to_keep(library: Library) -> None:
    admin = await library.join("admin")
    book = await shelve(admin)
    headers = {"Idempotency-Key": "key"}
    assert (await admin.post(f"/books/{book}/borrow", params={"dry_run": "true"}, headers=headers)).status_code == 200
    lent = await admin.post(f"/books/{book}/borrow", headers=headers)
    assert lent.status_code == 201
    assert [loan["id"] for loan in await loans(admin)] == [lent.json()["id"]]


async def test_a_librarian_returns_for_others_once(library: Library) -> None:
    admin, ada, ben = [await library.join(name) for name in ("admin", "ada", "ben")]
    book = await shelve(admin, copies=2)
    for member in (ada, ben):
        await borrow(member, book)
    path, headers = f"/books/{book}/return", {"Idempotency-Key": "key"}
    ids = [await id_of(member) for member in (ada, ben)]
    answers = [await admin.post(path, params={"user_id": ids[0]}, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    other = await admin.post(path, params={"user_id": ids[1]}, headers=headers)
    assert (other.status_code, slug(other)) == (422, "idempotency-key-reused")


async def test_answers_are_kept_for_a_day(library: Library, clock: FakeClock, settings: Settings) -> None:
    admin = await library.join("admin")
    book = await shelve(admin)
    first = (await act(admin, "borrow", book, "key")).json()
    await give_back(admin, book)
    services = library.container.services
    housekeeping = HousekeepingService(services.loans._uow, services.books._storage, clock)
    clock.advance(timedelta(hours=23))
    await housekeeping.sweep(sweep(MAIN_TENANT, clock.now()))
    assert (await act(admin, "borrow", book, "key")).json() == first
    clock.advance(timedelta(hours=2))
    await housekeeping.sweep(sweep(MAIN_TENANT, clock.now()))
    assert (await act(admin, "borrow", book, "key")).json()["id"] != first["id"]


async def test_holds_at_once_stand_in_one_line(settings: Settings) -> None:
    async with opened(settings, rate_limits="off") as one, opened(settings, rate_limits="off") as two:
        admin = await one.join("admin")
        book = await shelve(admin)
        await borrow(admin, book)
        members = await asyncio.gather(*((one, two)[n % 2].join(f"member-{n}") for n in range(20)))
        placed = await asyncio.gather(*(place_hold(member, book) for member in members for _ in range(2)))
        assert sorted(answer.status_code for answer in placed) == [201] * 20 + [409] * 20
        positions = [answer.json()["queue_position"] for answer in placed if answer.status_code == 201]
        assert sorted(positions) == list(range(1, 21))
