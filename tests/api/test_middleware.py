import asyncio
from typing import Any

import pytest

from luminalib.api import middleware
from luminalib.api.middleware import StalledClients

SCOPE: dict[str, Any] = {"type": "http", "method": "GET", "path": "/documents/stream", "headers": [], "scheme": "http"}


async def endless(_scope: Any, _receive: Any, send: Any) -> None:
    """A stream that goes on for ever."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": b"x" * 1024, "more_body": True})


async def receive() -> dict[str, Any]:
    await asyncio.Event().wait()
    return {}


async def test_a_client_that_reads_no_more_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "STALLED_SECONDS", 0.05)
    taken: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        if len(taken) > 3:
            await asyncio.Event().wait()
        taken.append(message)

    async with asyncio.timeout(5):
        await StalledClients(endless)(SCOPE.copy(), receive, send)
    assert [message["type"] for message in taken] == ["http.response.start", *["http.response.body"] * 3]


async def test_a_slow_client_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "STALLED_SECONDS", 0.5)
    count = 0

    async def send(_message: Any) -> None:
        nonlocal count
        count += 1
        await asyncio.sleep(0.01)
        if count == 60:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await StalledClients(endless)(SCOPE.copy(), receive, send)
