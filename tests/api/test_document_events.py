"""The documents' events over a WebSocket; over server-sent events they are tested with the documents."""

import asyncio
import json
import random
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from journeys import STORY, add, settled
from luminalib.container import Container
from streaming import stream


def socket(url: str, client: httpx.AsyncClient | None = None, **params: int) -> connect:
    query = "&".join(f"{name}={value}" for name, value in params.items())
    token = client.headers["Authorization"].removeprefix("Bearer ") if client else None
    protocols = ["luminalib", f"bearer.{token}"] if token else None
    return connect(f"{url.replace('http', 'ws')}/documents/ws?{query}", subprotocols=protocols)  # type: ignore[arg-type]


async def receive(connection: ClientConnection, until: str = "completed") -> list[dict[str, Any]]:
    found = []
    async with asyncio.timeout(20):
        async for message in connection:
            found.append(json.loads(message))
            if found[-1]["data"]["status"] == until:
                break
    return found


async def test_the_socket_tells_the_same_as_the_stream(admin: httpx.AsyncClient, server_url: str) -> None:
    async with socket(server_url, admin) as live:
        assert live.subprotocol == "luminalib"
        await asyncio.sleep(0.2)
        await settled(admin, (await add(admin)).json()["id"])
        told = await receive(live)
    async with stream(server_url, admin, last_event_id=0) as events:
        streamed = [await anext(events) for _ in told]
    assert told == [{"id": int(one["id"]), "event": one["event"], "data": one["data"]} for one in streamed]
    async with socket(server_url, admin, last_event_id=told[1]["id"]) as resumed:
        assert await receive(resumed) == told[2:]


async def test_the_token_may_come_as_the_first_message(admin: httpx.AsyncClient, server_url: str) -> None:
    await settled(admin, (await add(admin)).json()["id"])
    async with socket(server_url, last_event_id=0) as connection:
        await connection.send(json.dumps({"token": admin.headers["Authorization"].removeprefix("Bearer ")}))
        assert [message["data"]["status"] for message in await receive(connection)][-1] == "completed"


@pytest.mark.parametrize("first", ['{"token": "wrong"}', '{"token": null}', "[]", "no json", '"x"'])
async def test_without_a_valid_token_it_is_closed(admin: httpx.AsyncClient, server_url: str, first: str) -> None:
    async with socket(server_url, last_event_id=0) as connection:
        await connection.send(first)
        with pytest.raises(ConnectionClosed) as closed:
            await connection.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008
    assert "token" in closed.value.rcvd.reason


async def test_going_down_closes_sockets(admin: httpx.AsyncClient, server_url: str, container: Container) -> None:
    async with socket(server_url, admin) as connection:
        await asyncio.sleep(0.1)
        container.bus.close()
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(connection.recv(), 5)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1001


async def test_a_hundred_reconnects_lose_and_repeat_nothing(admin: httpx.AsyncClient, server_url: str) -> None:
    dice = random.Random(7)  # noqa: S311 -- where a connection breaks, not a secret
    sending = asyncio.create_task(_send_books(admin, 12))
    seen: list[int] = []
    for turn in range(100):
        async with stream(server_url, admin, last_event_id=seen[-1] if seen else 0) as events:
            for _ in range(dice.randrange(3)):
                try:
                    async with asyncio.timeout(0.05 if turn < 99 else 20):
                        seen.append(int((await anext(events))["id"]))
                except TimeoutError:
                    break
    await sending
    async with stream(server_url, admin, last_event_id=seen[-1] if seen else 0) as events:
        while len(seen) < 12 * 4:
            async with asyncio.timeout(20):
                seen.append(int((await anext(events))["id"]))
    async with stream(server_url, admin, last_event_id=0) as events:
        assert seen == [int((await anext(events))["id"]) for _ in range(12 * 4)]


async def _send_books(client: httpx.AsyncClient, count: int) -> None:
    for n in range(count):
        book = (await add(client, f"{n}. {STORY}")).raise_for_status().json()
        await settled(client, book["id"])
