"""What is cheap to send must be cheap to refuse: bodies and WebSockets of those who have not logged in."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from accounts import Library, opened
from journeys import PASSWORD
from luminalib.api.middleware import STRANGERS_BODY_BYTES
from luminalib.container import Container
from luminalib.settings import LimitSettings, Settings
from streaming import PLAIN, serving


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind is enough: nothing here reaches the database."""
    return sqlite_url


@pytest.fixture
async def url(app: FastAPI, container: Container) -> AsyncIterator[str]:
    async with serving(app, container) as address:
        yield address


def socket_of(url: str, **options: Any) -> connect:
    return connect(url.replace("http", "ws") + "/documents/ws", **options)


async def close_code(socket: ClientConnection) -> int | None:
    """How the server ends it."""
    try:
        async with asyncio.timeout(20):
            while True:
                await socket.recv()
    except ConnectionClosed:
        return socket.close_code


async def test_a_small_message_does_not_become_a_large_one(url: str) -> None:
    async with socket_of(url) as socket:
        assert not socket.protocol.extensions  # no deflate
        await socket.send('{"token": "' + "a" * 20_000 + '"}')
        assert await close_code(socket) == 1009  # too big


@pytest.mark.parametrize(
    "first",
    [
        b"\x00\x01",
        "",
        "[" * 16_000,
        "null",
        "7",
        '{"token": null}',
        '{"token": {"a": 1}}',
        '{"token": "\\ud800"}',
        '{"token": "é"}',
        "{",
    ],
)
async def test_an_odd_first_message_is_refused_without_a_traceback(
    url: str, first: str | bytes, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    async with socket_of(url) as socket:
        await socket.send(first)
        assert await close_code(socket) == 1008
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "Traceback" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("subprotocols", [["bearer.x"], ["luminalib", "bearer."], ["other"]])
async def test_odd_tokens_are_refused(url: str, subprotocols: list[Any], caplog: pytest.LogCaptureFixture) -> None:
    async with socket_of(url, subprotocols=subprotocols) as socket:
        if subprotocols == ["other"]:
            await socket.send("{}")
        assert await close_code(socket) == 1008
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_who_leaves_before_the_first_message_leaves_no_traceback(url: str, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        socket = await socket_of(url)
        socket.transport.abort()
        await socket.wait_closed()
    async with socket_of(url) as socket:
        await socket.close()
    await asyncio.sleep(0.2)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_flood_of_pings_or_pieces_is_cut_off(url: str) -> None:
    async def pings(socket: ClientConnection) -> None:
        for number in range(5000):
            await socket.ping(b"%0125d" % number)

    async def pieces(socket: ClientConnection) -> None:
        await socket.send(["", *[""] * 50_000])

    for flood in (pings, pieces):
        async with socket_of(url) as socket:
            with pytest.raises(ConnectionClosed):
                await flood(socket)
                await socket.wait_closed()
                raise ConnectionClosed(None, None)


@asynccontextmanager
async def stream(url: str, client: httpx.AsyncClient, path: str = "/documents/stream") -> AsyncIterator[httpx.Response]:
    headers = {"Authorization": client.headers["Authorization"]}
    async with (
        httpx.AsyncClient(base_url=url, timeout=20, verify=PLAIN) as real,
        real.stream("GET", path, headers=headers) as answer,
    ):
        yield answer


async def test_an_account_has_so_many_streams_and_gets_another_when_one_has_ended(settings: Settings) -> None:
    few = settings.connections.model_copy(update={"streams_per_account": 2})
    async with AsyncExitStack() as stack:
        library = await stack.enter_async_context(opened(settings, connections=few))
        ada, eve = await library.join("ada"), await library.join("eve")
        url = await stack.enter_async_context(serving(library.app, library.container))
        async with (
            stream(url, ada) as first,
            stream(url, ada, "/me/stream") as second,
            stream(url, ada) as third,
            stream(url, eve) as hers,
        ):
            assert [answer.status_code for answer in (first, second, third, hers)] == [200, 200, 429, 200]
            problem = json.loads(await third.aread())
            assert (problem["type"], problem["max_streams"]) == ("/problems/too-many-streams", 2)
            async with socket_of(url) as socket:
                await socket.send(json.dumps({"token": ada.headers["Authorization"].removeprefix("Bearer ")}))
                assert await close_code(socket) == 1013
        async with asyncio.timeout(20):  # the server notices that they have left
            while True:
                async with stream(url, ada) as again:
                    if again.status_code == 200:
                        break
                await asyncio.sleep(0.1)


async def test_strangers_send_small_bodies_only(client: httpx.AsyncClient, member: httpx.AsyncClient) -> None:
    large = {"email": "a@b.c", "password": "x" * STRANGERS_BODY_BYTES}

    async def unannounced() -> AsyncIterator[bytes]:
        for start in range(0, len(json.dumps(large)), 1000):
            yield json.dumps(large)[start : start + 1000].encode()

    for call in ("/auth/login", "/auth/signup", "/auth/refresh", "/books/0b2b0a3e-8f8e-4a4b-9f0e-5f5d1d3a7c11/reviews"):
        assert (await client.post(call, json=large)).status_code == 413
        assert (await client.post(call, content=unannounced(), headers={"Content-Type": "application/json"})).status_code == 413
    forged = {"Authorization": member.headers["Authorization"][:-2] + "xx"}
    assert (await client.put("/auth/me/preferences", json=large, headers=forged)).status_code == 401
    tags = [{"name": f"tag {n} {'x' * 180}", "weight": 0.5} for n in range(100)]
    assert (await member.put("/auth/me/preferences", json={"tags": tags})).status_code == 200  # 20 KB


async def test_the_limiter_is_asked_before_the_form_is_parsed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(settings, limits=LimitSettings(login_per_address="1/hour")) as library:
        parsed = _count_parsings(monkeypatch)
        statuses = [(await _log_in_by_form(library)).status_code for _ in range(3)]
        assert statuses == [401, 429, 429]
        assert len(parsed) == 1


def _count_parsings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    from luminalib.api import auth  # noqa: PLC0415 -- the module, whose function is watched

    parsed: list[str] = []
    original = auth.login_request

    async def counted(request: Any) -> Any:
        parsed.append(request.url.path)
        return await original(request)

    monkeypatch.setattr(auth, "login_request", counted)
    return parsed


async def _log_in_by_form(library: Library) -> httpx.Response:
    return await library.visitor().post("/auth/login", data={"username": "nobody@library.test", "password": PASSWORD})
