import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import sqlalchemy as sa

from accounts import Library, id_of, opened, slug
from fakes import FakeClock
from journeys import PASSWORD
from lending import borrow, give_back, rating_of, review, shelve
from luminalib.settings import Settings

pytestmark = pytest.mark.jobs(False)

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
async def library(settings: Settings, clock: FakeClock) -> AsyncIterator[Library]:
    async with opened(settings, clock=clock, rate_limits="off") as library:
        yield library


async def readers(library: Library, book: str, count: int) -> list[httpx.AsyncClient]:
    """Members who have read the book."""
    members = [await library.join(f"reader-{n}") for n in range(count)]
    for member in members:
        (await borrow(member, book)).raise_for_status()
        (await give_back(member, book)).raise_for_status()
    return members


async def test_readers_review_once_and_may_change_their_minds(library: Library, clock: FakeClock) -> None:
    admin = await library.join("admin")
    book = await shelve(admin)
    (member,) = await readers(library, book, 1)
    made = await review(member, book, 4, "Worth the slow\x00 start.")
    assert made.status_code == 201
    body = made.json()
    assert body.pop("id")
    assert datetime.fromisoformat(body.pop("created_at")) == datetime.fromisoformat(body.pop("updated_at")) == NOW
    assert body == {
        "book_id": book,
        "user_id": await id_of(member),
        "display_name": "reader-0",
        "rating": 4,
        "text": "Worth the slow start.",
        "sentiment": None,
    }
    again = await review(member, book)
    assert (again.status_code, slug(again)) == (409, "already-reviewed")
    clock.advance(timedelta(minutes=5))
    changed = (await member.put(f"/books/{book}/reviews/mine", json={"rating": 2, "text": "Not so good the second time."})).json()
    assert (changed["id"], changed["rating"], changed["created_at"] == changed["updated_at"]) == (made.json()["id"], 2, False)
    (listed,) = (await admin.get(f"/books/{book}/reviews")).json()["items"]
    assert listed == changed
    assert await rating_of(admin, book) == (2.0, 1)
    assert (await member.delete(f"/books/{book}/reviews/mine")).status_code == 204
    gone = await member.delete(f"/books/{book}/reviews/mine")
    assert (gone.status_code, slug(gone)) == (404, "review-not-found")
    assert await rating_of(admin, book) == (None, 0)
    assert (await review(member, book)).status_code == 201


async def test_only_who_has_or_had_the_book_reviews_it(library: Library) -> None:
    admin, member = [await library.join(name) for name in ("admin", "member")]
    book = await shelve(admin)
    refused = await review(member, book)
    assert (refused.status_code, slug(refused)) == (403, "never-borrowed")
    assert (await review(admin, book)).status_code == 403  # adding a book is not reading it
    await borrow(member, book)
    assert (await review(member, book)).status_code == 201


NO_REVIEWS: tuple[dict[str, object], ...] = (
    {"rating": 0, "text": "Long enough to say."},
    {"rating": 6, "text": "Long enough to say."},
    {"rating": True, "text": "Long enough to say."},
    {"rating": "4", "text": "Long enough to say."},
    {"rating": 4.5, "text": "Long enough to say."},
    {"rating": 4, "text": "... !"},
    {"rating": 4, "text": "   \x00 \n\n"},
    {"rating": 4, "text": "x" * 10_001},
    {"rating": 4, "text": 17},
    {"rating": 4},
    {"text": "Long enough to say."},
)


async def test_what_is_no_review_is_refused(admin: httpx.AsyncClient) -> None:
    book = await shelve(admin)
    await borrow(admin, book)
    for body in NO_REVIEWS:
        answer = await admin.post(f"/books/{book}/reviews", json=body)
        assert (answer.status_code, slug(answer)) == (422, "validation-error"), body
        assert await rating_of(admin, book) == (None, 0), body


async def test_the_newest_review_comes_first_page_by_page(library: Library, clock: FakeClock) -> None:
    admin = await library.join("admin")
    book = await shelve(admin)
    for n, member in enumerate(await readers(library, book, 3)):
        clock.advance(timedelta(minutes=1))
        await review(member, book, n + 1)
    page = (await admin.get(f"/books/{book}/reviews", params={"size": 2})).json()
    assert [found["rating"] for found in page["items"]] == [3, 2]
    assert (page["total"], page["pages"]) == (3, 2)
    missing = await admin.get("/books/00000000-0000-4000-8000-000000000000/reviews")
    assert (missing.status_code, slug(missing)) == (404, "book-not-found")


async def test_the_catalogue_is_sorted_by_rating_and_by_loans(library: Library) -> None:
    admin = await library.join("admin")
    good, loved, unread, poor = [await shelve(admin, title) for title in ("Good", "Loved", "Unread", "Poor")]
    ratings = {good: [4, 4], loved: [4, 4, 4], poor: [1]}
    for book, given in ratings.items():
        for n, member in enumerate([admin, await library.join(f"a-{book}"), await library.join(f"b-{book}")][: len(given)]):
            await borrow(member, book)
            await review(member, book, given[n])
            await give_back(member, book)

    async def order(sort: str) -> list[str]:
        return [book["id"] for book in (await admin.get("/books", params={"sort": sort})).json()["items"]]

    assert await order("-rating") == [loved, good, poor, unread]
    assert await order("rating") == [unread, poor, good, loved]
    assert await order("-loans") == [loved, good, poor, unread]
    (first, *_) = (await admin.get("/books", params={"sort": "-rating"})).json()["items"]
    assert first["rating"] == {"mean": 4.0, "count": 3}


async def test_a_reviewer_who_leaves_is_named_no_more(library: Library) -> None:
    admin = await library.join("admin")
    book = await shelve(admin)
    (member,) = await readers(library, book, 1)
    await review(member, book, 5)
    (await member.request("DELETE", "/auth/me", json={"password": PASSWORD})).raise_for_status()
    (left,) = (await admin.get(f"/books/{book}/reviews")).json()["items"]
    assert "reader-0" not in left["display_name"]
    assert await rating_of(admin, book) == (5.0, 1)


async def test_reviews_go_with_their_book(library: Library) -> None:
    admin = await library.join("admin")
    book = await shelve(admin)
    await borrow(admin, book)
    await review(admin, book)
    await give_back(admin, book)
    assert (await admin.delete(f"/books/{book}")).status_code == 204
    async with library.container.database.owner.connect() as connection:
        assert await connection.scalar(sa.text("SELECT count(*) FROM reviews")) == 0


async def test_two_hundred_reviews_edits_and_removals_at_once_add_up(settings: Settings) -> None:
    async with AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(opened(settings, rate_limits="off")) for _ in range(2)]
        admin = await desks[0].join("admin")
        book = await shelve(admin, copies=50)
        members = await asyncio.gather(*(desks[n % 2].join(f"member-{n}") for n in range(50)))
        await asyncio.gather(*(borrow(member, book) for member in members))

        async def opine(n: int, member: httpx.AsyncClient) -> list[httpx.Response]:
            path = f"/books/{book}/reviews/mine"
            first = asyncio.gather(*(review(member, book, n % 5 + 1) for _ in range(2)))
            edited = [await member.put(path, json={"rating": k, "text": "On second thoughts."}) for k in (n % 3 + 1, n % 4 + 2)]
            removed = [await member.delete(path)] if n % 5 == 0 else []
            return [*await first, *edited, *removed]

        answers = [answer for one in await asyncio.gather(*(opine(n, m) for n, m in enumerate(members))) for answer in one]
        assert len(answers) >= 200
        assert {answer.status_code for answer in answers} <= {200, 201, 204, 404, 409}
        async with desks[0].container.database.owner.connect() as connection:
            recounted = list(await connection.scalars(sa.text("SELECT rating FROM reviews")))
        mean, count = await rating_of(admin, book)
        assert count == len(recounted) >= 40
        assert mean == pytest.approx(sum(recounted) / len(recounted), abs=1e-12)
        listed = (await admin.get(f"/books/{book}/reviews", params={"size": 100})).json()
        assert sorted(found["rating"] for found in listed["items"]) == sorted(recounted)
