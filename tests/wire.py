"""Talking to the server byte by byte."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def slug(self) -> str:
        assert self.headers["content-type"] == "application/problem+json", self
        problem: dict[str, Any] = json.loads(self.body)
        assert problem["status"] == self.status
        return str(problem["type"]).removeprefix("/problems/")


class Wire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def pour(self, chunk: bytes, most: int) -> int:
        """Sends the chunk again and again until the server hangs up, or `most` bytes are through; says how many were."""
        sent = 0
        with suppress(ConnectionError):
            while sent < most:
                await self.send(chunk)
                sent += len(chunk)
        return sent

    async def answer(self) -> Answer | None:
        """The next answer with a Content-Length; None when the server hung up without one."""
        try:
            async with asyncio.timeout(PATIENCE):
                head = await self._reader.readuntil(b"\r\n\r\n")
                status, *lines = head.decode().split("\r\n")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)}
                body = await self._reader.readexactly(int(headers.get("content-length", "0")))
                return Answer(int(status.split()[1]), headers, body)
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    async def is_closed(self) -> bool:
        """Waits until the server has hung up."""
        with suppress(ConnectionError):
            async with asyncio.timeout(PATIENCE):
                while await self._reader.read(65_536):
                    pass
        return True

    async def close(self) -> None:
        self._writer.close()


@asynccontextmanager
async def wired(url: str, address: str | None = None) -> AsyncIterator[Wire]:
    """A connection to the server at `url`, from one of this machine's addresses."""
    where = urlsplit(url)
    local = (address, 0) if address else None
    reader, writer = await asyncio.open_connection(where.hostname, where.port, local_addr=local)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
