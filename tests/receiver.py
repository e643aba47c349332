"""Somebody else's server on loopback, which receives webhooks and behaves as well or as badly as it is told."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

MEGABYTES = b"x" * 2**20


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass(slots=True)
class Receiver:
    """Answers each path as its last part says: a status, `429-30` (with Retry-After), `reset`, `drip`, `flood`, `nonsense`."""

    url: str = ""
    requests: list[Received] = field(default_factory=list)
    mood: str | None = None
    connections: int = 0
    before_answer: Callable[[], None] | None = None
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def at(self, path: str) -> list[Received]:
        return [one for one in self.requests if one.path == path]

    async def until(self, count: int, path: str | None = None) -> list[Received]:
        """Waits until so many requests have come."""
        async with asyncio.timeout(60), self.changed:
            await self.changed.wait_for(lambda: len(self.at(path) if path else self.requests) >= count)
        return self.at(path) if path else self.requests

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode("latin-1").strip().split("\r\n")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                path = first.split(" ")[1]
                self.requests.append(Received(path, headers, body))
                async with self.changed:
                    self.changed.notify_all()
                if self.before_answer:
                    self.before_answer()
                if not await self._answer(self.mood or path.partition("?")[0].rpartition("/")[2], writer):
                    break
        writer.close()

    async def _answer(self, mood: str, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection can be used again."""
        status, _, seconds = mood.partition("-")
        if mood == "reset":
            writer.transport.abort()
            return False
        if mood == "drip":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.05)
        if mood == "flood":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (10 * 2**20))
            for _ in range(10):
                writer.write(MEGABYTES)
                await writer.drain()
            return True
        if mood == "nonsense":
            writer.write(b"220 mail.example.org ESMTP\r\n\r\n")
            return False
        more = f"Retry-After: {seconds}\r\n" if seconds else ""
        more += "Location: http://127.0.0.1:1/elsewhere\r\n" if status.startswith("3") else ""
        text = "" if status == "204" else "said\0 so"
        length = "" if status == "204" else f"Content-Length: {len(text)}\r\n"
        writer.write(f"HTTP/1.1 {status} Whatever\r\n{more}{length}\r\n{text}".encode())
        await writer.drain()
        return True


@asynccontextmanager
async def receiving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        with suppress(asyncio.CancelledError):
            await receiver.serve(reader, writer)
        writer.close()
        serving.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    scheme = "https" if tls else "http"
    receiver.url = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield receiver
    server.close()
    for task in [*serving]:
        task.cancel()
    await asyncio.gather(*serving, return_exceptions=True)
