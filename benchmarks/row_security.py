"""What row-level security costs on PostgreSQL: the same reads as the role under policies, and as the owner under none.

Prints for a book, a page of twenty and a unit of work the medians of both, taken in turn, and their ratio; what it costs when the
tenant changes from one read to the next; and `GET /books/{id}` over HTTP of two servers, one of which has a copy of the database in
which row-level security is off: requests per second of one client, taken in turn. Target: 0.95.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from library import fill, identity, postgres
from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.views.book_pages import BY_ID, page_statement
from luminalib.adapters.db.views.book_shapes import Shape
from luminalib.adapters.db.views.reader import Reader, reader_of
from luminalib.adapters.events.memory import MemoryEventBus
from tenants import fill as fill_tenants
from tenants import serving, token_of

ROUNDS, AT_ONCE = 40, 25
HTTP_ROUNDS, ASKED = 40, 100
SETTLE_SECONDS = 10
"""After a start the server has work of its own."""
Deed = Callable[[], Awaitable[object]]


async def deeds(stack: AsyncExitStack, url: str, *, is_confined: bool) -> dict[str, Deed]:
    """What is measured, on connections of their own."""
    database = SqlDatabase(url, is_confined=is_confined)
    stack.push_async_callback(database.close)
    reader: Reader = reader_of(database)
    await reader.start()
    stack.push_async_callback(reader.close)
    clock = SystemClock()
    units = SqlUnitOfWorkFactory(database, MemoryEventBus(), clock)
    page = page_statement(Shape("-created_at"), 20, is_first=True)
    turns = iter(range(10**9))

    async def unit() -> None:
        async with units.reading("main") as uow:
            await uow.users.has_admin()

    return {
        "a book": lambda: reader.row(BY_ID, "main", id=identity("book", 1), now=clock.now()),
        "a page of 20": lambda: reader.rows(page, "main", now=clock.now()),
        "a unit of work": unit,
        "a book, another tenant each time": lambda: reader.row(
            BY_ID, ("main", "other")[next(turns) % 2], id=identity("book", 1), now=clock.now()
        ),
    }


async def seconds_of(deed: Deed) -> float:
    started = time.perf_counter()
    for _ in range(AT_ONCE):
        await deed()
    return (time.perf_counter() - started) / AT_ONCE


async def measure(url: str) -> None:
    async with AsyncExitStack() as stack:
        open_, confined = [await deeds(stack, url, is_confined=is_confined) for is_confined in (False, True)]
        for name in open_:
            times = [(await seconds_of(open_[name]), await seconds_of(confined[name])) for _ in range(ROUNDS)]
            without, under = (statistics.median(pair[which] for pair in times) * 1e6 for which in (0, 1))
            print(f"{name:34}{without:8.0f} us without{under:8.0f} us under policies{without / under:8.2f} x", flush=True)


async def copied_without(url: str) -> str:
    """Another database of the same server, with the same rows and row-level security off."""
    owner = await asyncpg.connect(url.replace("+asyncpg", "").replace("/library?", "/postgres?"))
    await owner.execute("CREATE DATABASE open TEMPLATE library")
    await owner.close()
    open_ = url.replace("/library?", "/open?")
    owner = await asyncpg.connect(open_.replace("+asyncpg", ""))
    for row in await owner.fetch("SELECT relname FROM pg_class WHERE relrowsecurity"):
        await owner.execute(f"ALTER TABLE {row['relname']} DISABLE ROW LEVEL SECURITY")
    await owner.close()
    return open_


def per_second(where: str, book: str, headers: dict[str, str]) -> float:
    """Of one client that waits for each answer."""
    client = HTTPConnection(where)
    client.connect()
    started = time.perf_counter()
    for _ in range(ASKED):
        client.request("GET", f"/books/{book}", headers=headers)
        answer = client.getresponse()
        assert answer.read().startswith(b"{"), answer.status
    taken = time.perf_counter() - started
    client.close()
    return ASKED / taken


async def over_http(url: str, folder: Path) -> None:
    urls = {"under policies": url, "without": await copied_without(url)}
    headers, book = {"Authorization": f"Bearer {token_of(0)}"}, identity("book", 1)
    async with AsyncExitStack() as stack:
        servers = {}
        for name, one in urls.items():
            place = folder / name.replace(" ", "-")
            place.mkdir()
            servers[name] = await stack.enter_async_context(serving(one, place))
        places = {name: urlsplit(server.url).netloc for name, server in servers.items()}
        rates: dict[str, list[float]] = {name: [] for name in places}
        await asyncio.sleep(SETTLE_SECONDS)
        for number in range(HTTP_ROUNDS + 2):
            for name in sorted(places, reverse=bool(number % 2)):
                rate = await asyncio.to_thread(per_second, places[name], book, headers)
                rates[name] += [rate] if number > 1 else []  # the first are for the caches
        ratios = [under / without for under, without in zip(rates["under policies"], rates["without"], strict=True)]
        best = {name: statistics.quantiles(found, n=4)[2] for name, found in rates.items()}  # others of the machine slow the rest
        shown = ", ".join(f"{rate:.0f} requests/s {name}" for name, rate in best.items())
        ratio = best["under policies"] / best["without"]
        print(f"GET /books/{{id}} over HTTP: {shown} (upper quartiles): {ratio:.2f} x; ", end="")
        print(f"median of {len(ratios)} ratios {statistics.median(ratios):.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--books", type=int, default=10_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="luminalib-bench-") as folder, postgres(Path(folder)) as url:
        asyncio.run(fill(url, given.books))
        asyncio.run(measure(url))
    with tempfile.TemporaryDirectory(prefix="luminalib-bench-") as folder, postgres(Path(folder)) as url:
        asyncio.run(fill_tenants(url, 1, 1_000))
        asyncio.run(over_http(url, Path(folder)))


if __name__ == "__main__":
    main()
