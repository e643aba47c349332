"""A real server, and reading the documents' stream of it."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI

from luminalib.container import Container
from luminalib.edge.door import ConnectionLimits
from luminalib.edge.server import Server, configure

PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients of plain HTTP: without it each reads the certificates of all the world's authorities, in 30 ms."""


@asynccontextmanager
async def serving(app: FastAPI, container: Container, limits: ConnectionLimits | None = None) -> AsyncIterator[str]:
    """The address of the app behind a real socket."""
    server = Server(configure(app, limits or ConnectionLimits()), container.bus)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


@asynccontextmanager
async def stream(
    url: str, client: httpx.AsyncClient, last_event_id: int | None = None
) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    headers = {"Authorization": client.headers["Authorization"]}
    if last_event_id is not None:
        headers["Last-Event-ID"] = str(last_event_id)
    async with (
        httpx.AsyncClient(base_url=url, timeout=20, verify=PLAIN) as real,
        real.stream("GET", "/documents/stream", headers=headers) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _events(answer)


async def _events(answer: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    event: dict[str, Any] = {}
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if name in ("id", "event"):
            event[name] = value
        elif name == "data":
            event["data"] = json.loads(value)
        elif not line and "data" in event:
            yield event
            event = {}


async def take(events: AsyncIterator[dict[str, Any]], until: str = "completed", times: int = 1) -> list[dict[str, Any]]:
    found = []
    async with asyncio.timeout(20):
        async for event in events:
            found.append(event)
            times -= event["data"]["status"] == until
            if not times:
                return found
    return found
