"""What row-level security costs on PostgreSQL: the same reads as the role under policies, and as the owner under none.

Prints for a book, a page of twenty and a unit of work the medians of both, taken in turn, and their ratio; and what it costs when
the tenant changes from one read to the next.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from library import fill, identity, postgres
from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.views.book_pages import BY_ID, Shape, page_statement
from luminalib.adapters.db.views.reader import Reader, reader_of
from luminalib.adapters.events.memory import MemoryEventBus

ROUNDS, AT_ONCE = 40, 25
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--books", type=int, default=10_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="luminalib-bench-") as folder, postgres(Path(folder)) as url:
        asyncio.run(fill(url, given.books))
        asyncio.run(measure(url))


if __name__ == "__main__":
    main()
