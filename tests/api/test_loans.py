from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from accounts import Library, id_of, opened, slug
from conftest import SignUp
from fakes import FakeClock
from journeys import PASSWORD, STORY
from lending import available, books_of, borrow, give_back, loans, renew, shelve
from luminalib.settings import LoanSettings, Settings

pytestmark = pytest.mark.jobs(False)

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
async def library(settings: Settings, clock: FakeClock) -> AsyncIterator[Library]:
    """A library that lends two books for ten days, and of which the clock stands still."""
    rules = LoanSettings(period_days=10, max_per_member=2, max_renewals=2)
    async with opened(settings, clock=clock, rate_limits="off", loans=rules) as library:
        yield library


# Borrowing


async def test_a_borrowed_book_is_due_after_the_period(library: Library) -> None:
    admin, member = [await library.join(name) for name in ("admin", "member")]
    book = await shelve(admin)
    answer = await borrow(member, book)
    assert answer.status_code == 201
    loan = answer.json()
    assert datetime.fromisoformat(loan.pop("borrowed_at")) == NOW
    assert datetime.fromisoformat(loan.pop("due_at")) == NOW + 10 * DAY
    assert loan.pop("id")
    assert loan == {
        "book_id": book,
        "user_id": await id_of(member),
        "state": "open",
        "returned_at": None,
        "renewals": 0,
        "is_overdue": False,
    }


async def test_by_default_books_are_lent_for_three_weeks(admin: httpx.AsyncClient, member: httpx.AsyncClient) -> None:
    loan = (await borrow(member, await shelve(admin))).json()
    assert datetime.fromisoformat(loan["due_at"]) - datetime.fromisoformat(loan["borrowed_at"]) == timedelta(days=21)


async def test_a_book_is_read_while_it_is_on_loan_and_only_then(
    admin: httpx.AsyncClient, member: httpx.AsyncClient, sign_up: SignUp
) -> None:
    book = await shelve(admin, copies=2)
    stranger = await sign_up("stranger")
    path = f"/books/{book}/content"
    for method in ("GET", "HEAD"):
        assert (await member.request(method, path)).status_code == 403
    assert slug(await member.get(path)) == "loan-required"

    await borrow(member, book)
    for _ in range(2):
        content = await member.get(path)
        assert content.status_code == 200
        assert content.text.endswith(STORY)
        refused = await stranger.get(path)
        assert (refused.status_code, slug(refused)) == (403, "loan-required")
        assert (await renew(member, book)).status_code == 200

    await give_back(member, book)
    after = await member.get(path)
    assert (after.status_code, slug(after)) == (403, "loan-required")
    await borrow(member, book)
    assert (await member.get(path)).status_code == 200


async def test_a_member_has_one_copy_of_a_book(admin: httpx.AsyncClient, member: httpx.AsyncClient) -> None:
    book = await shelve(admin, copies=3)
    assert (await borrow(member, book)).status_code == 201
    again = await borrow(member, book)
    assert (again.status_code, slug(again)) == (409, "already-on-loan")
    assert again.json()["detail"]
    assert len(await loans(member)) == 1
    assert await available(member, book) == 2


async def test_when_all_copies_are_out_the_problem_says_how_many(
    admin: httpx.AsyncClient, member: httpx.AsyncClient, sign_up: SignUp
) -> None:
    book = await shelve(admin, copies=2)
    for client in (admin, await sign_up("other")):
        assert (await borrow(client, book)).status_code == 201
    refused = await borrow(member, book)
    assert (refused.status_code, slug(refused)) == (409, "no-copy-available")
    problem = refused.json()
    assert (problem["copies_total"], problem["copies_out"]) == (2, 2)
    assert [error["code"] for error in problem["errors"]] == ["no-copy-available"]
    await give_back(admin, book)
    assert (await borrow(member, book)).status_code == 201


async def test_a_member_has_so_many_books_and_no_more(library: Library) -> None:
    admin, member = [await library.join(name) for name in ("admin", "member")]
    books = [await shelve(admin) for _ in range(3)]
    assert [(await borrow(member, book)).status_code for book in books] == [201, 201, 409]
    refused = await borrow(member, books[2])
    assert slug(refused) == "loan-limit-reached"
    assert (refused.json()["open_loans"], refused.json()["max_loans"]) == (2, 2)
    await give_back(member, books[0])
    assert (await borrow(member, books[2])).status_code == 201


async def test_a_refusal_names_everything_that_speaks_against_the_loan(library: Library) -> None:
    admin, member = [await library.join(name) for name in ("admin", "member")]
    books = [await shelve(admin) for _ in range(3)]
    await borrow(admin, books[0])
    for book in books[1:]:
        await borrow(member, book)
    refused = await borrow(member, books[0])
    assert (refused.status_code, slug(refused)) == (409, "no-copy-available")
    errors = refused.json()["errors"]
    assert [error["code"] for error in errors] == ["no-copy-available", "loan-limit-reached"]
    assert all(error["message"] for error in errors)
    assert (errors[0]["copies_out"], errors[1]["max_loans"]) == (1, 2)


async def test_a_dry_run_says_what_would_happen_and_changes_nothing(library: Library, clock: FakeClock) -> None:
    admin, member = [await library.join(name) for name in ("admin", "member")]
    books = [await shelve(admin) for _ in range(3)]
    for _ in range(2):
        tried = await borrow(member, books[0], dry_run=True)
        assert tried.is_success
        assert datetime.fromisoformat(tried.json()["due_at"]) == clock.now() + 10 * DAY
        assert await loans(member, state="all") == []
        assert await available(member, books[0]) == 1
        assert (await member.get(f"/books/{books[0]}/content")).status_code == 403
    for book in books[:2]:
        assert (await borrow(member, book)).status_code == 201
    assert slug(await borrow(member, books[0], dry_run=True)) == "already-on-loan"
    assert slug(await borrow(member, books[2], dry_run=True)) == "loan-limit-reached"
    assert slug(await borrow(admin, books[0], dry_run=True)) == "no-copy-available"


@pytest.mark.parametrize("action", ["borrow", "return", "renew"])
async def test_what_is_not_there_cannot_be_lent(admin: httpx.AsyncClient, action: str) -> None:
    missing = await admin.post(f"/books/{uuid4()}/{action}")
    assert (missing.status_code, slug(missing)) == (404, "book-not-found")
    assert (await admin.post(f"/books/not-an-id/{action}")).status_code == 422


# Returning and renewing


async def test_a_returned_book_stays_in_the_history(library: Library, clock: FakeClock) -> None:
    admin, member = [await library.join(name) for name in ("admin", "member")]
    book = await shelve(admin)
    lent = (await borrow(member, book)).json()
    clock.advance(timedelta(minutes=1))
    answer = await give_back(member, book)
    assert answer.status_code == 200
    returned = answer.json()
    assert datetime.fromisoformat(returned["returned_at"]) == NOW + timedelta(minutes=1)
    assert returned == {**lent, "state": "closed", "returned_at": returned["returned_at"]}
    assert await loans(member) == []
    assert await loans(member, state="closed") == [returned]


async def test_only_who_has_a_book_returns_or_renews_it(
    admin: httpx.AsyncClient, member: httpx.AsyncClient, sign_up: SignUp
) -> None:
    book = await shelve(admin)
    stranger = await sign_up("stranger")
    await borrow(member, book)
    for client in (stranger, admin):
        for act in (give_back, renew):
            refused = await act(client, book)
            assert (refused.status_code, slug(refused)) == (409, "not-on-loan")
    (loan,) = await loans(member)
    assert (loan["state"], loan["renewals"]) == ("open", 0)
    assert (await give_back(member, book)).status_code == 200
    for act in (give_back, renew):
        refused = await act(member, book)
        assert (refused.status_code, slug(refused)) == (409, "not-on-loan")


async def test_renewals_move_the_due_date_until_their_limit(library: Library) -> None:
    admin, member = [await library.join(name) for name in ("admin", "member")]
    book = await shelve(admin)
    await borrow(member, book)
    for n in (1, 2):
        renewed = await renew(member, book)
        assert (renewed.status_code, renewed.json()["renewals"]) == (200, n)
        assert datetime.fromisoformat(renewed.json()["due_at"]) == NOW + (n + 1) * 10 * DAY
    refused = await renew(member, book)
    assert (refused.status_code, slug(refused)) == (409, "renewal-limit-reached")
    assert refused.json()["renewals"] == 2
    assert datetime.fromisoformat(refused.json()["due_at"]) == NOW + 30 * DAY
    (loan,) = await loans(member)
    assert (loan["renewals"], datetime.fromisoformat(loan["due_at"])) == (2, NOW + 30 * DAY)
    await give_back(member, book)
    assert (await borrow(member, book)).json()["renewals"] == 0


async def test_a_library_may_count_renewals_from_now(settings: Settings, clock: FakeClock) -> None:
    rules = LoanSettings(period_days=10, renew_from="now")
    async with opened(settings, clock=clock, rate_limits="off", loans=rules) as library:
        admin = await library.join("admin")
        book = await shelve(admin)
        await borrow(admin, book)
        clock.advance(timedelta(days=4))
        renewed = await renew(await library.login("admin"), book)
        assert datetime.fromisoformat(renewed.json()["due_at"]) == NOW + 14 * DAY


async def test_an_overdue_loan_shows_it_and_can_be_renewed_or_returned(library: Library, clock: FakeClock) -> None:
    admin = await library.join("admin")
    books = [await shelve(admin) for _ in range(2)]
    for book in books:
        await borrow(admin, book)
    clock.advance(timedelta(days=10))
    admin = await library.login("admin")
    assert [loan["is_overdue"] for loan in await loans(admin)] == [False, False]
    clock.advance(timedelta(seconds=1))
    assert [loan["is_overdue"] for loan in await loans(admin)] == [True, True]
    clock.advance(timedelta(days=5))
    admin = await library.login("admin")
    renewed = (await renew(admin, books[0])).json()
    assert (datetime.fromisoformat(renewed["due_at"]), renewed["is_overdue"]) == (clock.now() + 10 * DAY, False)
    assert (await give_back(admin, books[1])).json()["is_overdue"] is False
    assert {loan["is_overdue"] for loan in await loans(admin, state="all")} == {False}


async def test_a_library_may_be_patient_before_a_loan_counts_as_overdue(settings: Settings, clock: FakeClock) -> None:
    rules = LoanSettings(period_days=10, grace_days=2)
    async with opened(settings, clock=clock, rate_limits="off", loans=rules, access_minutes=100_000) as library:
        admin = await library.join("admin")
        book = await shelve(admin)
        await borrow(admin, book)
        clock.advance(12 * DAY)
        assert ([loan["is_overdue"] for loan in await loans(admin)], await books_of(admin, overdue=True)) == ([False], [])
        clock.advance(timedelta(seconds=1))
        assert ([loan["is_overdue"] for loan in await loans(admin)], await books_of(admin, overdue=True)) == ([True], [book])


# The catalogue


async def test_the_catalogue_knows_which_copies_are_in(admin: httpx.AsyncClient, member: httpx.AsyncClient) -> None:
    single, double = await shelve(admin, "Single"), await shelve(admin, "Double", copies=2)

    async def found(**params: Any) -> list[str]:
        page = (await member.get("/books", params={"sort": "title", **params})).raise_for_status().json()
        assert page["total"] == len(page["items"])
        return [f"{book['title']} {book['copies_available']}" for book in page["items"]]

    assert await found(available=True) == ["Double 2", "Single 1"]
    assert await found(available=False) == []
    for book in (single, double):
        await borrow(member, book)
    assert await found() == ["Double 1", "Single 0"]
    assert await found(available=True) == ["Double 1"]
    assert await found(available=False) == ["Single 0"]
    await borrow(admin, double)
    assert await found(available=False) == ["Double 0", "Single 0"]
    await give_back(member, single)
    assert await found() == ["Double 0", "Single 1"]


async def test_there_are_never_fewer_copies_than_are_out(admin: httpx.AsyncClient, member: httpx.AsyncClient) -> None:
    book = await shelve(admin, copies=3)
    path = f"/books/{book}"
    for client in (admin, member):
        await borrow(client, book)
    for method in ("PATCH", "PUT"):
        refused = await admin.request(method, path, json={"title": "Fewer", "copies_total": 1})
        assert (refused.status_code, slug(refused)) == (409, "copies-out")
        assert refused.json()["copies_out"] == 2
    shown = (await admin.get(path)).json()
    assert (shown["title"], shown["copies_total"], shown["copies_available"]) == ("Title", 3, 1)
    assert (await admin.patch(path, json={"copies_total": 2})).json()["copies_available"] == 0
    await give_back(member, book)
    assert (await admin.patch(path, json={"copies_total": 1})).json()["copies_available"] == 0


async def test_a_book_on_loan_stays_and_its_history_outlives_it(admin: httpx.AsyncClient, member: httpx.AsyncClient) -> None:
    book = await shelve(admin)
    await borrow(member, book)
    refused = await admin.delete(f"/books/{book}")
    assert (refused.status_code, slug(refused)) == (409, "book-on-loan")
    assert refused.json()["copies_out"] == 1
    assert (await member.get(f"/books/{book}/content")).status_code == 200

    await give_back(member, book)
    assert (await admin.delete(f"/books/{book}")).status_code == 204
    (kept,) = await loans(member, state="all")
    assert (kept["book_id"], kept["state"]) == (book, "closed")
    assert await books_of(admin, book_id=book, state="all") == [book]
    assert slug(await borrow(member, book)) == "book-not-found"


# Lists


async def test_lists_are_by_state_newest_first_and_paged(library: Library, clock: FakeClock) -> None:
    admin = await library.join("admin")
    books = [await shelve(admin) for _ in range(4)]
    for book in books:
        await borrow(admin, book)
        clock.advance(timedelta(seconds=1))
        if book in books[:2]:
            await give_back(admin, book)
    assert await books_of(admin) == await books_of(admin, state="open") == [books[3], books[2]]
    assert await books_of(admin, state="closed") == [books[1], books[0]]
    assert await books_of(admin, state="all") == books[::-1]
    assert await books_of(admin, state="all", book_id=books[1]) == [books[1]]
    page = await admin.get("/loans", params={"state": "all", "size": 3})
    assert (page.json()["total"], len(page.json()["items"])) == (4, 3)
    assert [loan["book_id"] for loan in (await admin.get(page.links["next"]["url"])).json()["items"]] == [books[0]]
    for bad in ({"state": "lost"}, {"user_id": "me"}, {"book_id": "1"}, {"size": 101}):
        assert (await admin.get("/loans", params=bad)).status_code == 422, bad


async def test_members_see_their_own_loans_whatever_they_ask_for(
    admin: httpx.AsyncClient, member: httpx.AsyncClient, sign_up: SignUp
) -> None:
    shared, secret = await shelve(admin, copies=3), await shelve(admin)
    other = await sign_up("other")
    for client, book in [(member, shared), (other, shared), (other, secret)]:
        assert (await borrow(client, book)).status_code == 201
    own_id, other_id = await id_of(member), await id_of(other)
    for asked in ({}, {"user_id": other_id}, {"book_id": shared}, {"user_id": other_id, "book_id": shared}):
        for state in ("open", "all"):
            assert {loan["user_id"] for loan in await loans(member, state=state, **asked)} == {own_id}, asked
    assert await loans(member, book_id=secret, state="all") == []
    assert await loans(member, book_id=secret, user_id=other_id, state="all") == []


async def test_librarians_ask_for_a_member_or_a_book(admin: httpx.AsyncClient, member: httpx.AsyncClient, sign_up: SignUp) -> None:
    librarian = await sign_up("librarian")
    await admin.patch(f"/users/{await id_of(librarian)}", json={"role": "librarian"})
    shared, single = await shelve(admin, copies=3), await shelve(admin)
    for client, book in [(member, shared), (librarian, shared), (member, single)]:
        assert (await borrow(client, book)).status_code == 201
    member_id, own_id = await id_of(member), await id_of(librarian)
    for staff in (librarian, admin):
        assert await books_of(staff, user_id=member_id) == [single, shared]
        assert {loan["user_id"] for loan in await loans(staff, book_id=shared)} == {member_id, own_id}
        assert await books_of(staff, user_id=member_id, book_id=shared) == [shared]
        assert await loans(staff, user_id=str(uuid4())) == []
    assert await books_of(librarian) == [shared]
    assert await loans(admin) == []


# Taking back for others


async def test_who_leaves_gives_everything_back(library: Library) -> None:
    admin, member = [await library.join(name) for name in ("admin", "member")]
    book = await shelve(admin)
    await borrow(member, book)
    member_id = await id_of(member)
    (await member.request("DELETE", "/auth/me", json={"password": PASSWORD})).raise_for_status()
    assert await available(admin, book) == 1
    history = await loans(admin, user_id=member_id, state="all")
    assert [(loan["book_id"], loan["state"]) for loan in history] == [(book, "closed")]


async def test_librarians_take_a_book_back_for_a_member_and_members_for_nobody(library: Library) -> None:
    admin, member, stranger = [await library.join(name) for name in ("admin", "member", "stranger")]
    book = await shelve(admin)
    await borrow(member, book)
    path, whose = f"/books/{book}/return", {"user_id": await id_of(member)}
    assert slug(await stranger.post(path, params=whose)) == "not-allowed"
    nobody = await admin.post(path, params={"user_id": str(uuid4())})
    assert (nobody.status_code, slug(nobody)) == (409, "not-on-loan")
    closed = await admin.post(path, params=whose)
    assert (closed.status_code, closed.json()["user_id"], closed.json()["state"]) == (200, whose["user_id"], "closed")
    assert slug(await admin.post(path, params=whose)) == "not-on-loan"


async def test_a_dry_run_is_no_loan(library: Library) -> None:
    admin = await library.join("admin")
    assert (await borrow(admin, await shelve(admin), dry_run=True)).status_code == 200
    assert await loans(admin) == []
