"""Reading the documents' stream of a real server."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx


@asynccontextmanager
async def stream(
    url: str, client: httpx.AsyncClient, last_event_id: int | None = None
) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    headers = {"Authorization": client.headers["Authorization"]}
    if last_event_id is not None:
        headers["Last-Event-ID"] = str(last_event_id)
    async with (
        httpx.AsyncClient(base_url=url, timeout=20) as real,
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
