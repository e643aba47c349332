"""Browsers as clients: EventSource and <img> cannot send a header, and get in by a ticket."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from accounts import Library, opened, slug
from fakes import FakeClock
from journeys import STORY, add
from luminalib.settings import Settings


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 5, 1, 9, tzinfo=UTC))


@pytest.fixture
async def library(settings: Settings, clock: FakeClock) -> AsyncIterator[Library]:
    async with opened(settings, clock=clock) as library:
        yield library


async def ticket(client: httpx.AsyncClient, purpose: str) -> str:
    made = (await client.post("/auth/tickets", json={"purpose": purpose})).raise_for_status().json()
    assert made["expires_in"] == 60
    return str(made["ticket"])


async def test_a_ticket_opens_what_it_is_for_and_nothing_else(
    library: Library, clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    ada = await library.join("ada")
    book = f"/books/{(await add(ada)).json()['id']}"
    media, stream = await ticket(ada, "media"), await ticket(ada, "stream")
    visitor = library.visitor()
    got = await visitor.get(f"{book}/content", params={"ticket": media})
    assert (got.status_code, got.text) == (200, STORY)
    assert (await visitor.head(f"{book}/content", params={"ticket": media})).status_code == 200
    assert slug(await visitor.get(f"{book}/cover", params={"ticket": media})) == "cover-not-found"
    for path, shown in (
        (f"{book}/content", stream),
        (f"{book}/cover", stream),
        ("/me/stream", media),
        ("/documents/stream", media),
    ):
        assert slug(await visitor.get(path, params={"ticket": shown})) == "invalid-token", path
    for method, path in (("GET", book), ("GET", "/books"), ("GET", "/auth/me"), ("DELETE", book), ("POST", f"{book}/borrow")):
        for shown in (media, stream):
            assert (await visitor.request(method, path, params={"ticket": shown})).status_code == 401
    for forged in ("", "x", f"{media}x", media.replace(".", ".9", 1), "é.1.x"):
        assert (await visitor.get(f"{book}/content", params={"ticket": forged})).status_code == 401
    clock.advance(timedelta(seconds=61))
    assert slug(await visitor.get(f"{book}/content", params={"ticket": media})) == "invalid-token"
    assert media not in "".join(capsys.readouterr())


async def test_a_ticket_ends_with_its_session(library: Library) -> None:
    ada = await library.join("ada")
    book = f"/books/{(await add(ada)).json()['id']}"
    media = await ticket(ada, "media")
    await ada.post("/auth/signout")
    assert (await library.visitor().get(f"{book}/content", params={"ticket": media})).status_code == 401
