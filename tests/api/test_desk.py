"""What librarians and admins look for at their desk: the whole library's loans and holds, accounts, security events."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from accounts import Library, email_of, id_of, opened, slug
from fakes import FakeClock
from journeys import add
from lending import borrow
from luminalib.adapters.db.tastes import taste_events
from luminalib.domain.tastes import TasteKind
from luminalib.settings import Settings

NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
async def library(settings: Settings, clock: FakeClock) -> AsyncIterator[Library]:
    async with opened(settings, clock=clock, access_minutes=100_000) as library:
        yield library


async def found(client: httpx.AsyncClient, path: str, field: str, **asked: Any) -> list[str]:
    answer = await client.get(path, params=asked)
    return [item[field] for item in answer.raise_for_status().json()["items"]]


async def test_librarians_see_the_whole_librarys_loans_and_holds(library: Library, clock: FakeClock) -> None:
    admin, ada, grace = [await library.join(name) for name in ("admin", "ada", "grace")]
    reef, moor = [(await add(admin, title, title=title)).json()["id"] for title in ("The Réef", "100% Moor")]
    await borrow(ada, reef)
    clock.advance(timedelta(days=20))
    await borrow(grace, moor)
    hold = (await admin.post(f"/books/{moor}/hold")).json()
    clock.advance(timedelta(days=2))
    await admin.patch(f"/users/{await id_of(grace)}", json={"role": "librarian"})
    for staff in (admin, grace):
        assert await found(staff, "/loans", "book_id", scope="library") == [moor, reef]
    assert await found(admin, "/loans", "book_id", scope="library", overdue=True) == [reef]
    assert await found(admin, "/loans", "book_id", scope="library", overdue=False) == [moor]
    assert await found(admin, "/loans", "book_id", scope="library", due_before="2026-06-01T00:00:00+02:00") == [reef]
    for q, expected in (
        ("reef", [reef]),
        ("ADA reef", [reef]),
        ("grace reef", []),
        ("100%", [moor]),
        ("library.test", [moor, reef]),
    ):
        assert await found(admin, "/loans", "book_id", scope="library", q=q) == expected, q
    assert await found(admin, "/loans", "book_id") == []
    refused = await ada.get("/loans", params={"scope": "library"})
    assert (refused.status_code, slug(refused)) == (403, "not-allowed")
    assert await found(ada, "/loans", "book_id", q="moor") == []
    assert await found(grace, "/holds", "id", scope="library", q="moor") == [hold["id"]]
    assert await found(grace, "/holds", "id", scope="library", q="reef") == []
    assert (await ada.get("/holds", params={"scope": "library"})).status_code == 403
    assert (await ada.delete(f"/holds/{hold['id']}")).status_code == 404
    assert (await grace.delete(f"/holds/{hold['id']}")).status_code == 204
    assert await found(grace, "/holds", "id", scope="library") == []
    assert slug(await grace.delete(f"/holds/{hold['id']}")) == "not-waiting"


async def test_recommendations_learn_of_all_that_happens_at_the_desk(library: Library, clock: FakeClock) -> None:
    admin, ada, grace = [await library.join(name) for name in ("admin", "ada", "grace")]
    reef, moor = [(await add(admin, title, title=title)).json()["id"] for title in ("The Reef", "The Moor")]
    assert (await borrow(ada, reef, dry_run=True)).status_code == 200
    deeds: list[tuple[httpx.AsyncClient, str, dict[str, str]]] = [
        (ada, f"/books/{reef}/borrow", {}),
        (ada, f"/books/{moor}/borrow", {}),
        (ada, f"/books/{moor}/return", {}),  # at once, so it was not for her
        (ada, f"/books/{reef}/renew", {}),
        (grace, f"/books/{reef}/hold", {}),
        (admin, f"/books/{reef}/return", {"user_id": await id_of(ada)}),
    ]
    for client, path, asked in deeds:
        clock.advance(timedelta(hours=1))
        (await client.post(path, params=asked)).raise_for_status()
    ada_id, grace_id = await id_of(ada), await id_of(grace)
    async with library.container.database.owner.connect() as connection:
        columns = (taste_events.c.user_id, taste_events.c.book_id, taste_events.c.kind, taste_events.c.at)
        noted = (await connection.execute(sa.select(*columns).order_by(taste_events.c.id))).all()
    assert [tuple(one) for one in noted] == [
        (ada_id, reef, TasteKind.BORROWED, NOW + timedelta(hours=1)),
        (ada_id, moor, TasteKind.BORROWED, NOW + timedelta(hours=2)),
        (ada_id, moor, TasteKind.RETURNED_EARLY, NOW + timedelta(hours=3)),
        (ada_id, reef, TasteKind.RENEWED, NOW + timedelta(hours=4)),
        (grace_id, reef, TasteKind.HELD, NOW + timedelta(hours=5)),
        (ada_id, reef, TasteKind.FINISHED, NOW + timedelta(hours=6)),
    ]


async def test_a_copy_that_was_ready_goes_to_the_next_when_staff_end_the_hold(library: Library, clock: FakeClock) -> None:
    admin, ada, grace = [await library.join(name) for name in ("admin", "ada", "grace")]
    book = (await add(admin, "One copy")).json()["id"]
    await borrow(admin, book)
    first, _ = (await ada.post(f"/books/{book}/hold")).json(), await grace.post(f"/books/{book}/hold")
    await admin.post(f"/books/{book}/return")
    assert await found(admin, "/holds", "id", scope="library", ready_before=str(NOW + timedelta(days=30))) == [first["id"]]
    await admin.delete(f"/holds/{first['id']}")
    assert await found(grace, "/holds", "state") == ["ready"]


async def test_admins_find_accounts_and_events(library: Library, clock: FakeClock) -> None:
    admin, ada = await library.join("admin"), await library.join("ada")
    clock.advance(timedelta(days=1))
    await library.join("grace")
    assert await found(admin, "/users", "email", q="GRA") == [email_of("grace")]
    assert await found(admin, "/users", "email", q="_") == []
    assert await found(admin, "/users", "email", role="admin", is_active=True) == [email_of("admin")]
    await admin.patch(f"/users/{await id_of(ada)}", json={"is_active": False})
    assert await found(admin, "/users", "email", is_active=False) == [email_of("ada")]
    ada_id = (await admin.get("/users", params={"q": "ada@"})).json()["items"][0]["id"]
    assert await found(admin, "/audit", "action", user_id=ada_id) == ["account-changed", "logged-in", "signed-up"]
    assert await found(admin, "/audit", "action", user_id=ada_id, action="signed-up") == ["signed-up"]
    later = (NOW + timedelta(hours=1)).isoformat()
    assert await found(admin, "/audit", "action", since=later) == ["account-changed", "logged-in", "signed-up"]
    assert await found(admin, "/audit", "action", user_id=ada_id, until=later) == ["logged-in", "signed-up"]


async def test_a_file_is_downloaded_under_its_title(library: Library) -> None:
    admin = await library.join("admin")
    names = {"Réef: a/b\\c": "R%C3%A9ef%20a%20b%20c.txt", "...": "a%20file.txt", "x" * 300: "x" * 120 + ".txt"}
    for number, (title, expected) in enumerate(names.items()):
        file = {"file": ("a file.txt", f"Text {number}".encode())}
        book = (await admin.post("/books", files=file, data={"title": title})).raise_for_status().json()
        answer = await admin.get(f"/books/{book['id']}/content")
        assert answer.headers["Content-Disposition"].endswith(f"filename*=UTF-8''{expected}")
