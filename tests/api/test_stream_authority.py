"""Streams end with the right to them: at once by a hint, and without one at the next look."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
import sqlalchemy as sa
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from accounts import id_of
from conftest import SignUp
from journeys import PASSWORD, add
from luminalib.adapters.db.auth import sessions, users
from luminalib.container import Container
from luminalib.steps import following
from streaming import PLAIN, serving

End = Callable[[httpx.AsyncClient, httpx.AsyncClient], Awaitable[object]]
OTHER = "quiet harbour 1887"


async def sign_out(_admin: httpx.AsyncClient, reader: httpx.AsyncClient) -> object:
    return (await reader.post("/auth/signout")).raise_for_status()


async def leave(_admin: httpx.AsyncClient, reader: httpx.AsyncClient) -> object:
    return (await reader.request("DELETE", "/auth/me", json={"password": PASSWORD})).raise_for_status()


async def close_account(admin: httpx.AsyncClient, reader: httpx.AsyncClient) -> object:
    return (await admin.patch(f"/users/{await id_of(reader)}", json={"is_active": False})).raise_for_status()


async def demote(admin: httpx.AsyncClient, reader: httpx.AsyncClient) -> object:
    return (await admin.patch(f"/users/{await id_of(reader)}", json={"role": "member"})).raise_for_status()


async def change_password_elsewhere(_admin: httpx.AsyncClient, reader: httpx.AsyncClient) -> object:
    email = (await reader.get("/auth/me")).json()["email"]
    tokens = (await reader.post("/auth/login", json={"email": email, "password": PASSWORD})).json()
    elsewhere = {"Authorization": f"Bearer {tokens['access_token']}"}
    change = {"current_password": PASSWORD, "new_password": OTHER}
    return (await reader.put("/auth/me/password", json=change, headers=elsewhere)).raise_for_status()


ENDS: list[End] = [sign_out, leave, close_account, demote, change_password_elsewhere]


@pytest.fixture
async def librarian(admin: httpx.AsyncClient, sign_up: SignUp) -> httpx.AsyncClient:
    reader = await sign_up("librarian")
    (await admin.patch(f"/users/{await id_of(reader)}", json={"role": "librarian"})).raise_for_status()
    return reader


@pytest.fixture
async def server_url(container: Container, admin: httpx.AsyncClient) -> AsyncIterator[str]:
    async with serving(admin._transport.app, container) as url:  # type: ignore[attr-defined]
        yield url


@asynccontextmanager
async def listening(url: str, client: httpx.AsyncClient, path: str) -> AsyncIterator[asyncio.Task[str]]:
    """Reads a stream to its end, which the task waits for."""
    headers = {"Authorization": client.headers["Authorization"]}
    async with (
        httpx.AsyncClient(base_url=url, timeout=60, verify=PLAIN) as real,
        real.stream("GET", path, headers=headers) as answer,
    ):
        assert answer.status_code == 200

        async def read() -> str:
            return (await answer.aread()).decode()

        yield asyncio.create_task(read())


@pytest.mark.parametrize("end", ENDS)
async def test_a_hint_ends_the_streams_at_once(
    admin: httpx.AsyncClient, librarian: httpx.AsyncClient, server_url: str, end: End, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "RECHECK_SECONDS", 600.0)  # no look comes to the rescue
    token = librarian.headers["Authorization"].removeprefix("Bearer ")
    async with (
        listening(server_url, librarian, "/documents/stream") as documents,
        listening(server_url, librarian, "/me/stream") as notices,
        listening(server_url, admin, "/documents/stream") as others,
        connect(
            server_url.replace("http", "ws") + "/documents/ws",
            subprotocols=["luminalib", f"bearer.{token}"],  # type: ignore[list-item]
        ) as socket,
    ):
        await asyncio.sleep(0.2)
        await end(admin, librarian)
        async with asyncio.timeout(20):
            await asyncio.gather(documents, notices)
            with pytest.raises(ConnectionClosed):
                await socket.recv()
        assert socket.close_code == 1008
        assert not others.done()
        others.cancel()
        await asyncio.gather(others, return_exceptions=True)


@pytest.mark.parametrize("what", ["session", "account", "role"])
async def test_without_a_hint_the_next_look_finds_out(
    container: Container, librarian: httpx.AsyncClient, server_url: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process, or somebody at the database's prompt, has ended it."""
    monkeypatch.setattr(following, "RECHECK_SECONDS", 0.2)
    theirs = await id_of(librarian)
    statement = {
        "session": sa.delete(sessions).where(sessions.c.user_id == theirs),
        "account": sa.update(users).where(users.c.id == theirs).values(is_active=False),
        "role": sa.update(users).where(users.c.id == theirs).values(role="member"),
    }[what]
    async with listening(server_url, librarian, "/documents/stream") as documents:
        async with container.database.write_gate(), container.database.owner.begin() as connection:
            await connection.execute(statement)
        async with asyncio.timeout(20):
            await documents
        assert documents.done()


async def test_news_reach_nobody_whose_right_has_ended_without_a_hint(
    container: Container, admin: httpx.AsyncClient, librarian: httpx.AsyncClient, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "RECHECK_SECONDS", 600.0)
    async with listening(server_url, librarian, "/documents/stream") as documents:
        await asyncio.sleep(0.2)
        async with container.database.write_gate(), container.database.owner.begin() as connection:
            await connection.execute(sa.update(users).where(users.c.id == await id_of(librarian)).values(role="member"))
        (await add(admin)).raise_for_status()  # wakes the stream
        async with asyncio.timeout(20):
            assert "data:" not in await documents
