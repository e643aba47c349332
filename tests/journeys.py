"""Steps that several tests take: a server of its own, an account, an upload, the wait for its end."""

import asyncio
import os
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from commands import Command, start

PASSWORD = "a long walk by the sea"
ACCOUNT = {"email": "ada@library.test", "password": PASSWORD}
STORY = (
    "The lighthouse stood at the end of the reef. Every evening the keeper lit the lamp and wrote the weather into his ledger. "
    "Ships passed far out and never knew his name. One winter a storm broke the window of the lamp room. The keeper held the flame "
    "with his own coat until the morning came. A captain who saw the light returned in spring to thank him. He brought a new lamp "
    "and a letter from the harbour. The keeper read the letter once and put it into the ledger. The light burned brighter now, "
    "and the ships began to greet it with their horns. "
)


async def add(client: httpx.AsyncClient, content: bytes | str = STORY, name: str = "story.txt", **fields: Any) -> httpx.Response:
    raw = content.encode() if isinstance(content, str) else content
    return await client.post("/books", files={"file": (name, raw)}, data=fields)


async def settled(client: httpx.AsyncClient, book_id: str) -> dict[str, Any]:
    async with asyncio.timeout(30):
        while True:
            summary: dict[str, Any] = (await client.get(f"/books/{book_id}/summary")).json()
            if summary["status"] in ("completed", "failed"):
                return summary
            await asyncio.sleep(0.05)


async def _until_ready(output: asyncio.StreamReader) -> AsyncIterator[bytes]:
    async for line in output:
        yield line
        if b"/docs" in line:
            return


@asynccontextmanager
async def server(folder: Path, database_url: str, *options: str) -> AsyncIterator[tuple[str, Command]]:
    """The real command in a process of its own, which the test may kill."""
    environment = {"LUMINALIB_DATABASE_URL": database_url}
    with tempfile.TemporaryFile() as errors:
        process = await start("serve", "--port", "0", *options, cwd=folder, environment=environment, errors_to=errors)
        try:
            async with asyncio.timeout(60):
                lines = [line async for line in _until_ready(process.stdout)]
            found = re.search(rb"(http://\S+)/docs", lines[-1] if lines else b"")
            assert found, f"It ended with {await process.wait()}: {lines}; {os.pread(errors.fileno(), 10_000, 0).decode()}"
            yield found[1].decode(), process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


@asynccontextmanager
async def logged_in(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, timeout=20) as client:
        await client.post("/auth/signup", json=ACCOUNT)
        tokens = (await client.post("/auth/login", json=ACCOUNT)).json()
        client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        yield client
