from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from accounts import Library, id_of, opened, slug
from fakes import FakeClock
from journeys import PASSWORD, add, settled
from lending import (
    available,
    books_of,
    borrow,
    cancel_hold,
    give_back,
    hold_states,
    holds,
    loans,
    notices,
    place_hold,
    renew,
    shelve,
)
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.notices import remind
from luminalib.settings import LoanSettings, Settings

pytestmark = pytest.mark.jobs(False)

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
RULES = LoanSettings(
    period_days=10, period_days_when_awaited=4, max_per_member=2, max_holds_per_member=2, hold_shelf_days=2, due_soon_days=3
)
DAY_LONG = 1440
Line = tuple[httpx.AsyncClient, httpx.AsyncClient, httpx.AsyncClient, httpx.AsyncClient, str]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
async def library(settings: Settings, clock: FakeClock) -> AsyncIterator[Library]:
    """A library with a clock that stands still, and tokens that outlive a moved one."""
    async with opened(settings, clock=clock, rate_limits="off", loans=RULES, access_minutes=100 * DAY_LONG) as library:
        yield library


async def make_round(library: Library, clock: FakeClock) -> None:
    """What the job does every few minutes."""
    await library.container.services.notices.remind(remind(MAIN_TENANT, clock.now()))


@pytest.fixture
async def line(library: Library) -> Line:
    """The admin, ada, who has the only copy of a book, ben and cleo, who wait for it in this order, and the book."""
    admin, ada, ben, cleo = [await library.join(name) for name in ("admin", "ada", "ben", "cleo")]
    book = await shelve(admin)
    await borrow(ada, book)
    for member in (ben, cleo):
        await place_hold(member, book)
    return admin, ada, ben, cleo, book


async def test_who_comes_first_is_served_first(library: Library, clock: FakeClock) -> None:
    admin, ada, ben, cleo = [await library.join(name) for name in ("admin", "ada", "ben", "cleo")]
    book = await shelve(admin)
    await borrow(ada, book)
    placed = await place_hold(ben, book)
    assert placed.status_code == 201
    hold = placed.json()
    assert hold.pop("id")
    assert datetime.fromisoformat(hold.pop("placed_at")) == NOW
    assert hold == {
        "book_id": book,
        "user_id": await id_of(ben),
        "state": "waiting",
        "queue_position": 1,
        "ready_at": None,
        "ready_until": None,
        "ended_at": None,
    }
    assert (await place_hold(cleo, book)).json()["queue_position"] == 2
    clock.advance(DAY)
    await give_back(ada, book)
    (ready,) = await holds(ben)
    assert (ready["state"], ready["queue_position"]) == ("ready", None)
    assert datetime.fromisoformat(ready["ready_until"]) == NOW + 3 * DAY
    assert [hold["queue_position"] for hold in await holds(cleo)] == [1]
    assert await available(admin, book) == 0
    assert (await borrow(ben, book)).status_code == 201
    assert await hold_states(admin, book) == ["fulfilled", "waiting"]
    await give_back(ben, book)
    assert await hold_states(admin, book) == ["fulfilled", "ready"]


async def test_a_copy_on_the_hold_shelf_is_for_nobody_else(library: Library) -> None:
    admin, ada, ben, cleo = [await library.join(name) for name in ("admin", "ada", "ben", "cleo")]
    book = await shelve(admin)
    await borrow(ada, book)
    await place_hold(ben, book)
    await give_back(ada, book)
    refused = await borrow(cleo, book)
    assert (refused.status_code, slug(refused)) == (409, "held-for-another")
    body = refused.json()
    assert (body["copies_total"], body["copies_out"], body["queue_length"], body["queue_position"]) == (1, 0, 0, None)
    assert (await borrow(cleo, book, dry_run="true")).status_code == 409
    assert (await borrow(ben, book, dry_run="true")).status_code == 200
    assert [hold["state"] for hold in await holds(ben)] == ["ready"]
    assert (await borrow(ben, book)).status_code == 201


async def test_a_full_house_says_when_and_how_many(library: Library) -> None:
    admin, ada, ben, cleo = [await library.join(name) for name in ("admin", "ada", "ben", "cleo")]
    book = await shelve(admin)
    due_at = (await borrow(ada, book)).json()["due_at"]
    await place_hold(cleo, book)
    await place_hold(ben, book)
    body = (await borrow(ben, book)).json()
    assert body["type"] == "/problems/no-copy-available"
    assert (body["copies_total"], body["copies_out"], body["queue_length"], body["queue_position"]) == (1, 1, 2, 2)
    assert datetime.fromisoformat(body["next_due_at"]) == datetime.fromisoformat(due_at)


async def test_reasons_against_a_hold_are_named_together(library: Library) -> None:
    admin, ada = [await library.join(name) for name in ("admin", "ada")]
    one, two, three = [await shelve(admin, title) for title in ("One", "Two", "Three")]
    (await borrow(admin, one)).raise_for_status()
    (await borrow(admin, two)).raise_for_status()
    in_house = await place_hold(ada, three)
    assert (in_house.status_code, slug(in_house)) == (409, "copy-available")
    for book in (one, two):
        (await place_hold(ada, book)).raise_for_status()
    again = await place_hold(ada, one)
    assert (slug(again), again.json()["queue_position"]) == ("already-waiting", 1)
    both = (await place_hold(ada, three)).json()
    assert [error["code"] for error in both["errors"]] == ["copy-available", "hold-limit-reached"]
    own = await place_hold(admin, one)
    assert (own.status_code, slug(own)) == (409, "already-on-loan")
    missing = await place_hold(ada, "00000000-0000-4000-8000-000000000000")
    assert (missing.status_code, slug(missing)) == (404, "book-not-found")


async def test_who_leaves_the_line_lets_the_next_step_up(line: Line) -> None:
    admin, ada, ben, _, book = line
    await give_back(ada, book)
    assert (await cancel_hold(ben, book)).status_code == 204
    assert await hold_states(admin, book) == ["cancelled", "ready"]
    again = await cancel_hold(ben, book)
    assert (again.status_code, slug(again)) == (404, "not-waiting")
    assert (await place_hold(ben, book)).json()["queue_position"] == 1
    assert await holds(ada, state="all") == []


async def test_who_leaves_the_line_while_all_copies_are_out_leaves_nothing_behind(line: Line) -> None:
    admin, ada, ben, cleo, book = line
    assert (await cancel_hold(ben, book)).status_code == 204
    assert await hold_states(admin, book) == ["cancelled", "waiting"]
    assert [hold["queue_position"] for hold in await holds(cleo)] == [1]
    assert await notices(cleo) == []
    await give_back(ada, book)
    assert await hold_states(admin, book) == ["cancelled", "ready"]


async def test_what_is_not_fetched_in_time_goes_to_the_next_when_somebody_looks(line: Line, clock: FakeClock) -> None:
    admin, ada, ben, cleo, book = line
    await give_back(ada, book)
    clock.advance(2 * DAY)
    (hold,) = await holds(cleo)
    assert hold["state"] == "ready"
    assert datetime.fromisoformat(hold["ready_until"]) == NOW + 4 * DAY
    (lapsed,) = await holds(ben, state="closed")
    assert (lapsed["state"], datetime.fromisoformat(lapsed["ended_at"])) == ("expired", NOW + 2 * DAY)
    clock.advance(2 * DAY)
    assert await available(admin, book) == 1  # the catalogue knows before anybody has looked at the line
    assert (await borrow(ada, book)).status_code == 201
    assert await hold_states(admin, book) == ["expired", "expired"]


async def test_an_expired_hold_does_not_lend_the_book(line: Line, clock: FakeClock) -> None:
    _, ada, ben, cleo, book = line
    await give_back(ada, book)
    clock.advance(2 * DAY)
    refused = await borrow(ben, book)
    assert (refused.status_code, slug(refused)) == (409, "held-for-another")
    assert (await borrow(cleo, book)).status_code == 201


async def test_the_round_ends_what_has_lapsed(library: Library, line: Line, clock: FakeClock) -> None:
    admin, ada, _, cleo, book = line
    await give_back(ada, book)
    clock.advance(2 * DAY)
    await make_round(library, clock)
    assert [notice["kind"] for notice in await notices(cleo)] == ["hold_ready"]
    assert await hold_states(admin, book) == ["expired", "ready"]


async def test_a_waiting_member_blocks_renewals_and_shortens_loans(line: Line) -> None:
    _, ada, ben, cleo, book = line
    refused = await renew(ada, book)
    assert (refused.status_code, slug(refused)) == (409, "someone-is-waiting")
    assert refused.json()["queue_length"] == 2
    await give_back(ada, book)
    lent = (await borrow(ben, book)).json()
    assert datetime.fromisoformat(lent["due_at"]) == NOW + 4 * DAY  # cleo waits
    await cancel_hold(cleo, book)
    assert (await renew(ben, book)).status_code == 200


async def test_copies_are_raised_for_those_who_wait_and_lowered_to_what_is_out(line: Line) -> None:
    admin, _, ben, cleo, book = line
    (await admin.patch(f"/books/{book}", json={"copies_total": 2})).raise_for_status()
    assert await hold_states(admin, book) == ["ready", "waiting"]
    refused = await admin.patch(f"/books/{book}", json={"copies_total": 1})
    assert (refused.status_code, slug(refused)) == (409, "copies-out")
    assert (refused.json()["copies_out"], refused.json()["copies_ready"]) == (1, 1)
    await cancel_hold(ben, book)
    await cancel_hold(cleo, book)
    assert (await admin.patch(f"/books/{book}", json={"copies_total": 1})).status_code == 200


async def test_who_deletes_the_account_lets_the_next_have_the_copies(library: Library) -> None:
    admin, ada, ben, cleo = [await library.join(name) for name in ("admin", "ada", "ben", "cleo")]
    lent, kept = [await shelve(admin, title) for title in ("Lent", "Kept")]
    await borrow(ada, lent)
    await borrow(admin, kept)
    for book, line in ((lent, [ben]), (kept, [ada, cleo])):
        for member in line:
            (await place_hold(member, book)).raise_for_status()
    await give_back(admin, kept)
    assert await hold_states(admin, kept) == ["ready", "waiting"]
    (await ada.request("DELETE", "/auth/me", json={"password": PASSWORD})).raise_for_status()
    assert await hold_states(admin, lent) == ["ready"]
    assert await hold_states(admin, kept) == ["cancelled", "ready"]


async def test_the_line_goes_with_the_book(library: Library) -> None:
    admin, ada, ben = [await library.join(name) for name in ("admin", "ada", "ben")]
    book = await shelve(admin)
    await borrow(ada, book)
    await place_hold(ben, book)
    await give_back(ada, book)
    assert (await admin.delete(f"/books/{book}")).status_code == 204
    assert await holds(ben, state="all") == []


async def test_members_see_their_own_holds_librarians_all(line: Line) -> None:
    admin, _, ben, cleo, book = line
    assert len(await holds(ben, book_id=book)) == 1
    assert len(await holds(ben, user_id=await id_of(cleo))) == 1
    assert (await holds(ben, user_id=await id_of(cleo)))[0]["user_id"] == await id_of(ben)
    assert len(await holds(admin, book_id=book)) == 2
    assert [hold["user_id"] for hold in await holds(admin, user_id=await id_of(cleo))] == [await id_of(cleo)]
    assert await holds(admin) == []


async def test_the_history_can_be_forgotten(library: Library) -> None:
    admin, ada = [await library.join(name) for name in ("admin", "ada")]
    past, present, awaited = [await shelve(admin, title) for title in ("Past", "Present", "Awaited")]
    await borrow(ada, past)
    (await ada.post(f"/books/{past}/reviews", json={"rating": 5, "text": "Read it twice over."})).raise_for_status()
    await give_back(ada, past)
    await borrow(ada, present)
    await borrow(admin, awaited)
    await place_hold(ada, awaited)
    answer = await ada.post("/auth/me/history/anonymise")
    assert (answer.status_code, answer.json()) == (200, {"loans": 1})
    assert await books_of(ada, state="all") == [present]
    (nobodys,) = await loans(admin, book_id=past, state="all")
    assert (nobodys["user_id"], nobodys["state"]) == (None, "closed")
    assert len(await holds(ada)) == 1
    assert (await admin.get(f"/books/{past}")).json()["rating"]["count"] == 1
    assert (await ada.delete(f"/books/{past}/reviews/mine")).status_code == 204
    refused = await ada.post(f"/books/{past}/reviews", json={"rating": 5, "text": "Read it twice over."})
    assert (refused.status_code, slug(refused)) == (403, "never-borrowed")
    assert (await ada.post("/auth/me/history/anonymise")).json() == {"loans": 0}


async def test_who_has_no_account_any_more_waits_no_more(library: Library, line: Line) -> None:
    admin, ada, ben, cleo, book = line
    await give_back(ada, book)
    assert await hold_states(ben, book) == ["ready"]
    await admin.patch(f"/users/{await id_of(ben)}", json={"is_active": False})
    assert await hold_states(cleo, book) == ["ready"]
    assert (await borrow(cleo, book)).status_code == 201
    assert await holds(admin, book_id=book) == []


async def test_who_waits_for_a_book_that_goes_is_told(line: Line) -> None:
    admin, ada, ben, cleo, book = line
    await give_back(ada, book)
    assert (await admin.delete(f"/books/{book}")).status_code == 204
    for member in (ben, cleo):
        told = await notices(member)
        assert [notice["kind"] for notice in told] == ["book_removed"]
        assert "no longer in the library" in told[0]["text"]


async def test_a_librarian_ends_a_hold_and_its_member_is_told(line: Line) -> None:
    admin, ada, ben, cleo, book = line
    await give_back(ada, book)
    (hold,) = await holds(ben)
    assert (await admin.delete(f"/holds/{hold['id']}")).status_code == 204
    assert [notice["kind"] for notice in await notices(ben)] == ["hold_ended"]
    assert await hold_states(cleo, book) == ["ready"]
    (own,) = await holds(cleo)
    assert (await cleo.delete(f"/holds/{own['id']}")).status_code == 204
    assert await notices(cleo) == []
    assert slug(await cleo.delete(f"/holds/{own['id']}")) == "not-waiting"


@pytest.mark.jobs(True)
async def test_a_book_that_could_not_be_read_is_not_lent(admin: httpx.AsyncClient) -> None:
    book = (await add(admin, b"%PDF-1.7 and nothing else", "broken.pdf")).json()["id"]
    assert (await settled(admin, book))["status"] == "failed"
    for refused in (await borrow(admin, book), await place_hold(admin, book)):
        assert (refused.status_code, slug(refused)) == (409, "book-unreadable")
    assert [one["id"] for one in (await admin.get("/books", params={"status": "failed"})).json()["items"]] == [book]
