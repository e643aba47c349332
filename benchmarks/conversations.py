"""What conversations cost: a library of made-up books, asked over HTTP by clients of a process of their own; no model.

Printed are the 50th and 95th percentile of an answer, from sending the question to the kept answer: asked by one, by 50 members who
read and think between two questions, and by 50 who all ask in the same instant, again and again; then CPU and memory of the server
with 1,000 idle streams of conversations beside the same without them.

Usage: python benchmarks/conversations.py [--passages N] [--rounds N] [--database sqlite|postgresql] [--index local|pgvector]
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import sqlalchemy as sa

from library import identity, postgres, some_words
from luminalib.adapters.db.books import books
from luminalib.adapters.db.documents import documents, sections
from luminalib.container import Container, open_container
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.documents import DocumentStatus
from luminalib.domain.media import MediaType
from luminalib.logs import configure_logging
from luminalib.settings import Settings

MEMBERS, STREAMS = 50, 1000
PER_BOOK, PASSAGE_ADVANCE, SENTENCE = 400, 930, 90
"""Passages of a book, and characters: from one passage to the next, and of a sentence."""
THINKING = 6.0
"""Seconds between two questions of a member, on average."""
WATCHED = 15.0
PASSWORD = "a long walk by the sea"  # noqa: S105 -- of accounts in a library that is thrown away
NOW = datetime.now(UTC)


def sentences(chance: random.Random, count: int) -> str:
    return " ".join(f"{some_words(chance, 14).capitalize()}." for _ in range(count))


async def fill(container: Container, count: int) -> list[str]:
    """Puts so many passages into the library, past the API; some of their sentences, to ask for."""
    chance = random.Random(1)  # noqa: S311 -- chance that repeats
    known = []
    for number in range(max(1, count // PER_BOOK)):
        document_id, sha = identity("document", number), f"{number:064x}"
        shared = {"tenant_id": MAIN_TENANT, "created_at": NOW, "updated_at": NOW}
        document: dict[str, Any] = {
            "id": document_id,
            "filename": f"{number}.txt",
            "media_type": MediaType.TEXT,
            "byte_size": 1,
            "language": "en",
        }
        document |= {"sha256": sha, "claim": sha, "staged_key": sha, "content_key": sha, "progress": 100, **shared}
        document |= {"status": DocumentStatus.COMPLETED}
        text = sentences(chance, PER_BOOK * PASSAGE_ADVANCE // SENTENCE)
        section = {"document_id": document_id, "tenant_id": MAIN_TENANT, "ordinal": 0, "start": 0, "text": text}
        title = some_words(chance, 3).title()
        book: dict[str, Any] = {
            "id": identity("book", number),
            "document_id": document_id,
            "title": title,
            "authors": [],
            "tags": [],
        }
        book |= {"copies_total": 1, "title_key": title.lower(), "author_key": "", **shared}
        async with container.database.owner.begin() as connection:
            await connection.execute(sa.insert(documents), document)
            await connection.execute(sa.insert(books), book)
            await connection.execute(sa.insert(sections), section)
        await container.services.passages.index_now(MAIN_TENANT, document_id)
        known += text.split(". ")[::50]
    return known


class Member:
    """A member with one conversation."""

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str], known: Sequence[str], number: int) -> None:
        self._client = client
        self.headers = headers
        self._known = known
        self._chance = random.Random(number)  # noqa: S311 -- chance that repeats
        self._conversation = ""

    async def begin(self) -> None:
        self._conversation = await begun(self._client, self.headers)

    async def ask(self) -> float:
        """Milliseconds until the answer was there."""
        words = self._chance.choice(self._known).split()
        question = f"Where does it say {' '.join(self._chance.sample(words, 6))}?"
        start = time.perf_counter()
        url = f"/conversations/{self._conversation}/messages"
        (await self._client.post(url, json={"content": question}, headers=self.headers)).raise_for_status()
        return (time.perf_counter() - start) * 1000

    async def converse(self, times: int) -> list[float]:
        """Asks so many times, and reads and thinks between."""
        took = []
        for _ in range(times):
            await asyncio.sleep(self._chance.uniform(0, 2 * THINKING))
            took.append(await self.ask())
        return took


async def begun(client: httpx.AsyncClient, headers: dict[str, str]) -> str:
    made = await client.post("/conversations", json={}, headers=headers)
    return str(made.raise_for_status().json()["id"])


async def joined(client: httpx.AsyncClient, number: int) -> dict[str, str]:
    account = {"email": f"member-{number}@library.test", "password": PASSWORD}
    (await client.post("/auth/signup", json=account)).raise_for_status()
    tokens = (await client.post("/auth/login", json=account)).raise_for_status().json()
    return {"Authorization": f"Bearer {tokens['access_token']}"}


@asynccontextmanager
async def served(folder: Path, environment: dict[str, str]) -> AsyncIterator[tuple[str, int]]:
    """The real command; where it listens, and its process."""
    command = (str(Path(sys.executable).with_name("luminalib")), "serve", "--port", "0")
    server = await asyncio.create_subprocess_exec(
        *command, env=os.environ | environment, cwd=folder, stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    while b"http://" not in (line := await server.stdout.readline()):
        if not line:
            raise SystemExit("The server did not start.")
    try:
        yield "http://" + line.decode().split("http://")[1].strip().removesuffix("/docs"), server.pid
    finally:
        server.terminate()
        await server.wait()


def cost(process: int) -> tuple[float, float]:
    """Seconds of CPU that a process has used, and MiB that it has in memory."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def watched(process: int, label: str) -> None:
    before, _ = cost(process)
    await asyncio.sleep(WATCHED)
    after, memory = cost(process)
    print(f"  {label:24} {(after - before) / WATCHED * 1000:6.1f} ms of CPU a second, {memory:.0f} MiB", flush=True)


async def held(client: httpx.AsyncClient, headers: dict[str, str], opened: asyncio.Semaphore) -> None:
    """A stream of a conversation of its own, in which nothing happens."""
    conversation = await begun(client, headers)
    async with client.stream("GET", f"/conversations/{conversation}/stream", headers=headers) as answer:
        answer.raise_for_status()
        opened.release()
        async for _ in answer.aiter_bytes():
            pass


async def measure(url: str, process: int, known: Sequence[str], rounds: int) -> None:
    limits = httpx.Limits(max_connections=STREAMS + 100, max_keepalive_connections=100)
    async with httpx.AsyncClient(base_url=url, timeout=httpx.Timeout(120, read=None), limits=limits) as client:
        members = [Member(client, await joined(client, number), known, number) for number in range(MEMBERS)]
        for member in members:
            await member.begin()
            await member.ask()
        await told("one alone", process, alone(members[0]))
        await told(f"{MEMBERS}, who think between", process, together(members, rounds))
        await told(f"{MEMBERS} in one instant", process, at_once(members, rounds))
        await watched(process, "no streams")
        opened = asyncio.Semaphore(0)
        owners = [members[number % MEMBERS].headers for number in range(STREAMS)]
        streams = [asyncio.create_task(held(client, headers, opened)) for headers in owners]
        for _ in streams:
            await opened.acquire()
        await watched(process, f"{STREAMS} idle streams")
        for stream in streams:
            stream.cancel()
        await asyncio.gather(*streams, return_exceptions=True)


async def alone(member: Member) -> list[float]:
    return [await member.ask() for _ in range(20)]


async def together(members: Sequence[Member], rounds: int) -> list[float]:
    return [took for some in await asyncio.gather(*(member.converse(rounds) for member in members)) for took in some]


async def at_once(members: Sequence[Member], rounds: int) -> list[float]:
    return [took for _ in range(rounds) for took in await asyncio.gather(*(member.ask() for member in members))]


async def told(label: str, process: int, asking: Awaitable[list[float]]) -> None:
    before, _ = cost(process)
    took = await asking
    each = (cost(process)[0] - before) / len(took) * 1000
    p50, p95 = np.percentile(took, [50, 95])
    print(f"  {label:24} p50 {p50:6.0f} ms, p95 {p95:6.0f} ms; {each:.0f} ms of the server's CPU an answer", flush=True)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--index", choices=("local", "pgvector"), default="local")
    given = parser.parse_args()
    configure_logging("error", "console")
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        chosen: dict[str, Any] = {"data_dir": folder / "data", "passage_index": given.index, "rate_limits": "off"}
        chosen |= {"log_level": "error"}
        if given.database == "postgresql":
            chosen["database_url"] = stack.enter_context(postgres(folder))
        async with open_container(Settings(_env_file=None, **chosen), run_jobs=False) as container:
            known = await fill(container, given.passages)
        environment = {f"LUMINALIB_{name.upper()}": os.fspath(value) for name, value in chosen.items()}
        url, process = await stack.enter_async_context(served(folder, environment))
        print(f"{given.passages} passages, {given.database}, index {given.index}")
        await measure(url, process, known, given.rounds)


if __name__ == "__main__":
    asyncio.run(main())
