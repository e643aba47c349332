"""A thousand libraries in one installation: the start, the memory, a list beside that of an installation with one, and neighbours.

Prints, for SQLite and PostgreSQL, how long the server takes until it serves, its memory and its processor time in a minute in which
nobody asks; the median and p95 of `GET /books?size=20` of an installation with one library beside those of all libraries in turn;
and those of all others while one library uploads and searches as fast as it can beside those when it is quiet. What is compared is
asked by turns of a few seconds: a machine whose speed changes has changed for both.

Usage: python benchmarks/tenants.py [--tenants N] [--books N] [--database sqlite|postgresql] [--slices N]
"""

import argparse
import asyncio
import itertools
import os
import random
import re
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx

import library
from library import COLUMNS, identity, postgres
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.migrations import upgrade
from luminalib.adapters.security.tokens import JwtSigner
from luminalib.domain.auth import MAIN_TENANT, Role
from luminalib.ports.security import AccessClaims

SECRET = "a secret of an installation that is thrown away"  # noqa: S105 -- as it says
NOW = datetime.now(UTC)
OTHERS_AT_ONCE, NOISE_AT_ONCE = 2, 8
COLUMNS |= {
    "tenants": "tenant_id name plan created_at is_active",
    "sessions": "id tenant_id user_id refresh_hash rotation created_at rotated_at expires_at",
}


def slug_of(number: int) -> str:
    return f"library-{number:04}" if number else MAIN_TENANT


def rows_of_tenant(number: int, books: int, chance: random.Random) -> dict[str, list[tuple[Any, ...]]]:
    """A library with an admin who is logged in, and its books. Nothing waits to be done: no review is unread, no loan due soon."""
    slug = slug_of(number)
    made: dict[str, list[tuple[Any, ...]]] = {"tenants": [(slug, slug, "unlimited", NOW, True)] if number else []}
    readers = {identity("user", n): identity(f"user of {slug}", n) for n in range(library.READERS)}
    admin, later = identity("admin", number), NOW + timedelta(days=1)
    made["users"] = [(admin, slug, "admin@library.test", "!!", "Admin", "admin", True, NOW)]
    made["users"] += [(one, slug, f"{one}@library.test", "!", "Reader", "member", True, NOW) for one in readers.values()]
    made["sessions"] = [(identity("session", number), slug, admin, identity("hash", number), 1, NOW, NOW, later)]
    for book in range(number * books, (number + 1) * books):
        for table, rows in library.rows_of(book, chance).items():
            here = [tuple(slug if value == MAIN_TENANT else readers.get(value, value) for value in row) for row in rows]
            made.setdefault(table, []).extend(here)
    made["loans"] = [(*row[:5], NOW + timedelta(days=30), *row[6:]) for row in made["loans"]]
    del made["reviews"]
    return {table: list(dict.fromkeys(rows)) for table, rows in made.items()}


async def fill(url: str, tenants: int, books: int) -> None:
    """All libraries, with triggers at work."""
    library.READERS = 5
    database = SqlDatabase(url)
    await upgrade(database)
    await database.close()
    chance = random.Random(1)  # noqa: S311 -- libraries to measure with
    made = (rows_of_tenant(number, books, chance) for number in range(tenants))
    order = ["tenants", "users", "sessions", *(name for name in COLUMNS if name not in ("tenants", "users", "sessions"))]
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite+aiosqlite:///"), isolation_level=None)
        for statement in ("PRAGMA synchronous=OFF", "PRAGMA cache_size=-400000", "BEGIN"):
            connection.execute(statement)
        for rows in made:
            for table in order:
                library._insert(connection, table, rows.get(table, []))  # noqa: SLF001 -- of the same benchmarks
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.close()
        return
    server = await asyncpg.connect(url.replace("+asyncpg", ""))
    for rows in made:
        async with server.transaction():
            for table in order:
                if rows.get(table):
                    await server.copy_records_to_table(table, records=rows[table], columns=COLUMNS[table].split())
    await server.execute("VACUUM ANALYZE")
    await server.close()


def token_of(number: int) -> str:
    """The admin's of a library."""
    claims = AccessClaims(
        user_id=identity("admin", number),
        session_id=identity("session", number),
        tenant_id=slug_of(number),
        role=Role.ADMIN,
        expires_at=NOW + timedelta(days=1),
    )
    return JwtSigner([SECRET]).sign(claims, NOW)


class Server:
    """The server in a process of its own."""

    def __init__(self, url: str, pid: int, seconds: float) -> None:
        self.url, self.pid, self.seconds = url, pid, seconds

    @property
    def mib(self) -> float:
        """What it has of the memory to itself; pages of the database's file, which the kernel may take back, are not in it."""
        found = re.search(r"RssAnon:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0

    @property
    def cpu(self) -> float:
        """Seconds of the processor so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def serving(url: str, folder: Path) -> AsyncIterator[Server]:
    given = {
        "DATABASE_URL": url,
        "DATA_DIR": os.fspath(folder / "data"),
        "SECRET_KEY": SECRET,
        "RATE_LIMITS": "off",
        "LOG_LEVEL": "warning",
    }
    environment = {**os.environ, **{f"LUMINALIB_{name}": value for name, value in given.items()}}
    started = time.perf_counter()
    command = (os.fspath(Path(sys.executable).with_name("luminalib")), "serve", "--port", "0")
    with (folder / "server.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=log)
    assert process.stdout is not None
    try:
        found = None
        while not found:
            line = await asyncio.wait_for(process.stdout.readline(), 120)
            assert line, "The server did not start."
            found = re.search(rb"(http://\S+)/docs", line)
        draining = asyncio.create_task(drain(process.stdout))
        yield Server(found[1].decode(), process.pid, time.perf_counter() - started)
        draining.cancel()
    finally:
        process.terminate()
        await process.wait()


async def drain(output: asyncio.StreamReader) -> None:
    async for _ in output:
        pass


async def ask(server: Server, numbers: Iterator[int], seconds: float) -> list[float]:
    """Milliseconds of lists, each of the next library, by few who wait for their answers."""
    times: list[float] = []
    ends = time.perf_counter() + seconds

    async def visitor() -> None:
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
            while time.perf_counter() < ends:
                headers = {"Authorization": f"Bearer {token_of(next(numbers))}"}
                began = time.perf_counter()
                answer = await client.get("/books?size=20", headers=headers)
                times.append((time.perf_counter() - began) * 1000)
                assert len(answer.json()["items"]) == 20, answer.text
                await asyncio.sleep(0.01)

    await asyncio.gather(*(visitor() for _ in range(OTHERS_AT_ONCE)))
    return times


class Noise:
    """One library that uploads and searches as fast as it can: a process of its own, or its work would hold up who measures."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    def pause(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)


@asynccontextmanager
async def noise(server: Server, number: int) -> AsyncIterator[Noise]:
    command = (sys.executable, os.fspath(Path(__file__)), "--noise", server.url, token_of(number))
    process = await asyncio.create_subprocess_exec(*command)
    making = Noise(process)
    try:
        yield making
    finally:
        making.go_on()
        process.terminate()
        await process.wait()


async def be_noisy(url: str, token: str) -> None:
    """Half of the visitors upload, half search, until the process is told to end; prints how often."""
    done = {"uploads": 0, "searches": 0}
    texts = [library.some_words(random.Random(number), 2000) for number in range(20)]  # noqa: S311 -- as above

    async def upload(client: httpx.AsyncClient) -> None:
        text = f"{time.time_ns()} {random.random()}. {random.choice(texts)}"  # noqa: S311 -- as above
        answer = await client.post("/books", files={"file": ("a.txt", text.encode())})
        done["uploads"] += answer.status_code == 201

    async def search(client: httpx.AsyncClient) -> None:
        for path in ("/books", "/search"):
            answer = await client.get(path, params={"q": library.word_of(random.randrange(200))})  # noqa: S311 -- as above
            done["searches"] += answer.status_code == 200

    async def visitor(visit: Callable[[httpx.AsyncClient], Awaitable[None]]) -> None:
        async with httpx.AsyncClient(base_url=url, timeout=60, headers={"Authorization": f"Bearer {token}"}) as client:
            while not told_to_end.is_set():
                with suppress(httpx.HTTPError):
                    await visit(client)

    told_to_end = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told_to_end.set)
    await asyncio.gather(*(visitor(upload if n % 2 else search) for n in range(NOISE_AT_ONCE)))
    print(f"  ({done['uploads']} uploads and {done['searches']} searches of the noisy one)", flush=True)


def shown(name: str, times: list[float]) -> float:
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"  {name:44}{statistics.median(times):8.1f} ms median{p95:8.1f} ms p95  ({len(times)} asked)", flush=True)
    return p95


async def rest(server: Server) -> None:
    """What it has and what it does while nobody asks."""
    await asyncio.sleep(5)
    before, began = server.cpu, time.perf_counter()
    await asyncio.sleep(30)
    used = (server.cpu - before) / (time.perf_counter() - began)
    print(f"  while nobody asks {used * 100:.1f}% of a processor; {server.mib:.0f} MiB", flush=True)


async def compare(one: Server, many: Server, tenants: int, slices: int) -> None:
    """Lists of an installation with one library beside those of all libraries in turn, a second each by turns."""
    of_one, in_turn = itertools.repeat(0), itertools.cycle(range(tenants))
    await ask(one, of_one, 2)
    await ask(many, in_turn, 2)
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(slices):
        times[0].extend(await ask(one, of_one, 1))
        times[1].extend(await ask(many, in_turn, 1))
    alone = shown("lists of an installation with one library", times[0])
    print(f"  lists of all: p95 {shown('lists of all libraries in turn', times[1]) / alone:.2f} x", flush=True)


async def disturb(many: Server, tenants: int, slices: int) -> None:
    """Lists of all others, by turns while one library is quiet and while it is at full load."""
    others = itertools.cycle(range(1, tenants))
    times: tuple[list[float], list[float]] = ([], [])
    async with noise(many, 0) as making:
        for _ in range(slices // 2):
            making.go_on()
            await asyncio.sleep(1)
            times[1].extend(await ask(many, others, 2))
            making.pause()
            await calm(many)
            times[0].extend(await ask(many, others, 2))
    quiet = shown("others, while one is quiet", times[0])
    loud = shown("others, while one is at full load", times[1])
    print(f"  full load of a neighbour: p95 {loud / quiet:.2f} x", flush=True)


async def calm(server: Server) -> None:
    """Returns when the jobs that the noise has left are done: the server sleeps for most of half a second."""
    while True:
        before = server.cpu
        await asyncio.sleep(0.5)
        if server.cpu - before < 0.1:
            return


async def measure(urls: Sequence[str], folders: Sequence[Path], tenants: int, slices: int) -> None:
    async with serving(urls[1], folders[1]) as many:
        print(f"{tenants} libraries: serves after {many.seconds:.1f} s, {many.mib:.0f} MiB", flush=True)
        await rest(many)
        async with serving(urls[0], folders[0]) as one:
            await compare(one, many, tenants, slices)
        await disturb(many, tenants, slices)
        print(f"  at the end {many.mib:.0f} MiB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=1000)
    parser.add_argument("--books", type=int, default=100)
    parser.add_argument("--slices", type=int, default=16, help="How many seconds of each kind are measured, by turns.")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--noise", nargs=2, metavar=("URL", "TOKEN"), help="be the noisy library: what the benchmark starts itself")
    given = parser.parse_args()
    if given.noise:
        asyncio.run(be_noisy(*given.noise))
        return
    for kind in given.database:
        with tempfile.TemporaryDirectory(prefix="luminalib-bench-") as name, ExitStack() as stack:
            folders = [Path(name, "one"), Path(name, "many")]
            urls = []
            for folder, tenants in zip(folders, (1, given.tenants), strict=True):
                folder.mkdir()
                at = f"sqlite+aiosqlite:///{folder / 'library.db'}"
                urls.append(stack.enter_context(postgres(folder)) if kind == "postgresql" else at)
                began = time.perf_counter()
                asyncio.run(fill(urls[-1], tenants, given.books))
                print(f"{kind}: filled in {time.perf_counter() - began:.0f} s", flush=True)
            asyncio.run(measure(urls, folders, given.tenants, given.slices))


if __name__ == "__main__":
    main()
