import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from accounts import Library, id_of, opened
from fakes import FakeClock
from lending import (
    available,
    borrow,
    cancel_hold,
    give_back,
    hold_states,
    loans,
    outcomes,
    place_hold,
    renew,
    review,
    shelve,
)
from luminalib.settings import LoanSettings, Settings

pytestmark = pytest.mark.jobs(False)

DAY = timedelta(days=1)


@pytest.fixture
async def desks(settings: Settings) -> AsyncIterator[list[Library]]:
    """Two servers at one database, so that no lock within a process is what keeps order."""
    async with AsyncExitStack() as stack:
        rules = LoanSettings(max_per_member=3)
        yield [await stack.enter_async_context(opened(settings, rate_limits="off", loans=rules)) for _ in range(2)]


def at_all(desks: list[Library], client: httpx.AsyncClient) -> list[httpx.AsyncClient]:
    """The same member at each of the servers."""
    return [desk.visitor(Authorization=client.headers["Authorization"]) for desk in desks]


async def test_of_fifty_members_one_gets_the_last_copy(desks: list[Library]) -> None:
    admin = await desks[0].join("admin")
    book = await shelve(admin)
    crowd = await asyncio.gather(*(desks[0].join(f"member-{n}") for n in range(50)))
    spread = [at_all(desks, client)[n % 2] for n, client in enumerate(crowd)]
    answers = await asyncio.gather(*(borrow(client, book) for client in spread))
    assert outcomes(answers) == {"201": 1, "409 no-copy-available": 49}
    assert len(await loans(admin, book_id=book, state="all")) == 1
    assert await available(admin, book) == 0


async def test_a_member_who_hits_the_button_fifty_times_has_one_loan(desks: list[Library]) -> None:
    admin = await desks[0].join("admin")
    book = await shelve(admin, copies=60)
    clients = at_all(desks, admin)
    answers = await asyncio.gather(*(borrow(clients[n % 2], book) for n in range(50)))
    assert outcomes(answers) == {"201": 1, "409 already-on-loan": 49}
    assert len(await loans(admin, state="all")) == 1
    assert await available(admin, book) == 59


async def test_the_limit_holds_when_different_books_are_borrowed_at_once(desks: list[Library]) -> None:
    admin = await desks[0].join("admin")
    books = [await shelve(admin, f"Book {n}") for n in range(20)]
    clients = at_all(desks, admin)
    answers = await asyncio.gather(*(borrow(clients[n % 2], book) for n, book in enumerate(books)))
    assert outcomes(answers) == {"201": 3, "409 loan-limit-reached": 17}
    assert len(await loans(admin)) == 3


async def test_of_many_returns_at_once_one_counts(desks: list[Library]) -> None:
    admin = await desks[0].join("admin")
    book = await shelve(admin, copies=2)
    await borrow(admin, book)
    clients = at_all(desks, admin)
    answers = await asyncio.gather(*(give_back(clients[n % 2], book) for n in range(20)))
    assert outcomes(answers) == {"200": 1, "409 not-on-loan": 19}
    assert await available(admin, book) == 2


async def test_renewals_at_once_keep_to_their_limit(desks: list[Library]) -> None:
    admin = await desks[0].join("admin")
    book = await shelve(admin)
    due = datetime.fromisoformat((await borrow(admin, book)).json()["due_at"])
    clients = at_all(desks, admin)
    answers = await asyncio.gather(*(renew(clients[n % 2], book) for n in range(20)))
    assert outcomes(answers) == {"200": 2, "409 renewal-limit-reached": 18}
    (loan,) = await loans(admin)
    assert datetime.fromisoformat(loan["due_at"]) == due + 2 * timedelta(days=21)


async def test_a_book_is_not_lent_while_it_is_removed(desks: list[Library]) -> None:
    admin = await desks[0].join("admin")
    members = await asyncio.gather(*(desks[1].join(f"member-{n}") for n in range(5)))
    for _ in range(5):
        book = await shelve(admin, copies=5)
        removed, *lent = await asyncio.gather(admin.delete(f"/books/{book}"), *(borrow(member, book) for member in members))
        got = outcomes(lent)
        assert set(got) <= {"201", "404 book-not-found"}
        assert removed.status_code == (409 if got["201"] else 204)
        assert len(await loans(admin, book_id=book)) == got["201"]
        for member in members:
            await give_back(member, book)


async def test_copies_are_not_taken_away_while_they_are_lent(desks: list[Library]) -> None:
    admin = await desks[0].join("admin")
    members = await asyncio.gather(*(desks[1].join(f"member-{n}") for n in range(4)))
    for _ in range(5):
        book = await shelve(admin, copies=4)
        lower = admin.patch(f"/books/{book}", json={"copies_total": 2})
        lowered, *lent = await asyncio.gather(lower, *(borrow(member, book) for member in members))
        got = outcomes(lent)
        assert set(got) <= {"201", "409 no-copy-available"}
        assert got["201"] == (2 if lowered.status_code == 200 else 4)
        assert outcomes([lowered]).keys() <= {"200", "409 copies-out"}
        for member in members:
            await give_back(member, book)


async def test_borrowing_and_returning_at_once_never_waits_in_a_ring(desks: list[Library]) -> None:
    admin = await desks[0].join("admin")
    members = await asyncio.gather(*(desks[0].join(f"member-{n}") for n in range(6)))
    books = [await shelve(admin, f"Book {n}", copies=2) for n in range(3)]

    async def wander(client: httpx.AsyncClient, first: int) -> list[httpx.Response]:
        order = books[first % 3 :] + books[: first % 3]
        answers = []
        for act in (borrow, renew, give_back):
            answers += await asyncio.gather(*(act(client, book) for book in order))
        return answers

    walks = await asyncio.gather(*(wander(at_all(desks, member)[n % 2], n) for n, member in enumerate(members)))
    statuses = {answer.status_code for walk in walks for answer in walk}
    assert statuses <= {200, 201, 409}
    assert {await available(admin, book) for book in books} == {2}
    for member in members:
        assert await loans(member) == []


async def test_a_copy_whose_hold_expires_goes_to_exactly_one(desks: list[Library], settings: Settings) -> None:
    clock = FakeClock(datetime.now(UTC))
    async with opened(settings, clock=clock, rate_limits="off", access_minutes=14_400) as late:
        admin, holder = [await late.join(name) for name in ("admin", "holder")]
        crowd = [await late.join(f"late-{n}") for n in range(10)]
        for turn in range(3):
            book = await shelve(admin)
            await borrow(admin, book)
            await place_hold(holder, book)
            await give_back(admin, book)
            clock.advance(3 * DAY - timedelta(seconds=turn - 1))  # just after, just at, and just before the end
            answers = await asyncio.gather(*(borrow(client, book) for client in [*crowd, holder, *crowd]))
            assert outcomes(answers)["201"] == 1
            assert {answer.status_code for answer in answers} == {201, 409}
            (loan,) = await loans(admin, book_id=book)
            (state,) = await hold_states(admin, book)
            assert state == ("fulfilled" if loan["user_id"] == await id_of(holder) else "expired")
            assert (state == "fulfilled") == (turn == 2)


async def test_everything_at_once_never_fails_and_adds_up(desks: list[Library]) -> None:
    admin = await desks[0].join("admin")
    members = await asyncio.gather(*(desks[0].join(f"member-{n}") for n in range(8)))
    books = [await shelve(admin, f"Book {n}", copies=1 + n % 2) for n in range(3)]

    async def live(client: httpx.AsyncClient, first: int) -> list[httpx.Response]:
        acts = (borrow, place_hold, renew, give_back, borrow, review, cancel_hold, give_back)
        answers = []
        for n, act in enumerate(acts):
            chosen = books[(first + n) % 3 :] + books[: (first + n) % 3]
            answers += await asyncio.gather(*(act(client, book) for book in chosen))
        return answers

    recount = asyncio.gather(*(admin.patch(f"/books/{book}", json={"copies_total": 2}) for book in books))
    lives = await asyncio.gather(*(live(at_all(desks, member)[n % 2], n) for n, member in enumerate(members)))
    assert {answer.status_code for life in lives for answer in life} <= {200, 201, 204, 403, 404, 409}
    assert {answer.status_code for answer in await recount} <= {200, 409}
    for book in books:
        out = len(await loans(admin, book_id=book))
        states = await hold_states(admin, book)
        copies = (await admin.get(f"/books/{book}")).json()["copies_total"]
        assert out + states.count("ready") <= copies
        assert states.count("waiting") == 0 or out + states.count("ready") == copies
