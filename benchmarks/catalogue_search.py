"""The catalogue by what people type: misspelt titles and authors, and how long answers take as it grows.

Usage: python benchmarks/catalogue_search.py [--books 10000] [--database sqlite|postgresql] [--folder F]
       [--real ../shared/rec/books.jsonl.gz]

With `--real` the books of that file stand among the made-up ones, and 200 of them are asked for with wrong letters: one or two are
dropped, doubled, swapped or replaced in a title or in an author's name. Asked through the reading port, one question after another;
milliseconds of the clock. With `--folder` the library is filled once and stays there for the next time.
"""

import argparse
import asyncio
import gzip
import json
import random
import statistics
import string
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from library import library_of, some_words
from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.views.books import SqlBookViews
from luminalib.adapters.db.views.reader import reader_of
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.books import Book, BookDetails, BookFilter
from luminalib.domain.catalogue import FacetKind
from luminalib.domain.documents import Document, StagedFile
from luminalib.domain.media import MediaType
from luminalib.domain.paging import PageRequest

ASKED = 200
FIRST = PageRequest(1, 5)
PAGE = PageRequest(1, 20)


def misspelt(text: str, chance: random.Random) -> str:
    """One or two wrong letters, never the first of a word and none in words of three letters or numbers."""
    words = text.split()
    long = [n for n, word in enumerate(words) if len(word) > 3 and word.isalpha()]
    if not long:
        return text
    for place in chance.sample(long, min(len(long), chance.choice((1, 1, 2)))):
        word = words[place]
        at = chance.randrange(1, len(word))
        letter = chance.choice(string.ascii_lowercase)
        kinds = (word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word[:at] + letter + word[at + 1 :])
        swapped = word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :] if at > 1 else kinds[0]
        words[place] = chance.choice((*kinds, swapped))
    return " ".join(words)


async def shelve(database: SqlDatabase, views: SqlBookViews, path: Path) -> list[dict[str, Any]]:
    """Puts the real books into the catalogue, through the repository."""
    uow = SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())
    with gzip.open(path, "rt") as lines:
        rows = [row for row in map(json.loads, lines) if row["title"].strip()]
    if await views.several(MAIN_TENANT, [f"real-{rows[0]['book']}"]):
        return rows  # of the time before
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for start in range(0, len(rows), 500):
        async with uow(MAIN_TENANT) as unit:
            for row in rows[start : start + 500]:
                digest = f"{row['book']:x}".zfill(64).replace("0", "f", 1)
                staged = StagedFile(key=f"r{row['book']}", filename="a.txt", media_type=MediaType.TEXT, byte_size=3, sha256=digest)
                document = Document.from_staged(f"real-document-{row['book']}", staged, None, now)
                details = BookDetails(
                    title=row["title"], authors=tuple(row["authors"]), series=row["series"], tags=tuple(row["tags"]), language="en"
                )
                await unit.documents.add(document)
                await unit.books.add(Book.from_details(f"real-{row['book']}", document.id, details, None, now))
    return rows


async def ask_misspelt(views: SqlBookViews, rows: Sequence[dict[str, Any]]) -> list[float]:
    """Prints how many of the misspelt titles and authors find their book; returns how long each took."""
    chance = random.Random(8)  # noqa: S311 -- which letters are wrong, no secret
    found, took, lost = 0, [], []
    for n, row in enumerate(chance.sample(list(rows), ASKED)):
        right = row["authors"][0] if n % 2 else row["title"]
        q = misspelt(right, chance)
        begun = time.perf_counter()
        page = await views.list(MAIN_TENANT, BookFilter(q=q, sort="relevance"), FIRST)
        took.append(1000 * (time.perf_counter() - begun))
        is_found = any(right in book.authors if n % 2 else book.title == right for book in page.items)
        found += is_found
        lost += [] if is_found else [f"{q!r} for {right!r}"]
    print(f"misspelt: {found} of {ASKED} among the first five ({found / ASKED:.1%}); not found: {'; '.join(lost)}")
    return took


async def timed(questions: Sequence[str], ask: Callable[[str], Awaitable[Any]]) -> list[float]:
    """Milliseconds of each question."""
    took = []
    for q in questions:
        begun = time.perf_counter()
        await ask(q)
        took.append(1000 * (time.perf_counter() - begun))
    return took


def tell(name: str, took: Sequence[float]) -> None:
    """Prints a row of the table."""
    p95 = statistics.quantiles(took, n=20)[-1]
    print(f"{name:<32} p50 {statistics.median(took):7.1f} ms   p95 {p95:7.1f} ms   worst {max(took):7.1f} ms")


async def measure(url: str, real: Path | None) -> None:
    """Asks a library."""
    database = SqlDatabase(url)
    reader = reader_of(database)
    await reader.start()
    views = SqlBookViews(reader, SystemClock())
    chance = random.Random(5)  # noqa: S311 -- what is asked, no secret
    titles = [
        book.title for n in range(10) for book in (await views.list(MAIN_TENANT, BookFilter(), PageRequest(1 + 40 * n, 20))).items
    ]

    async def search(q: str) -> Any:
        return await views.list(MAIN_TENANT, BookFilter(q=q, sort="relevance"), PAGE)

    if real:
        rows = await shelve(database, views, real)
        began = time.perf_counter()
        await search("zzyzxq")
        print(f"the first misspelt question reads all words: {time.perf_counter() - began:.2f} s")
        tell("q, misspelt", await ask_misspelt(views, rows))
    tell("q, a title", await timed(titles, search))
    tell("q, two frequent words", await timed([some_words(chance, 2) for _ in range(ASKED)], search))
    tell("q, one frequent word", await timed([some_words(chance, 1) for _ in range(ASKED)], search))
    tell("q, the beginning of a word", await timed([title[: chance.randint(3, 5)] for title in titles], search))
    typed = [title[: chance.randint(1, 12)] for title in titles]
    tell("suggest", await timed(typed, lambda q: views.suggest(MAIN_TENANT, q, 8)))
    tell("facets of a question", await timed(titles[:40], lambda q: views.facets(MAIN_TENANT, BookFilter(q=q), [*FacetKind])))
    tell("facets of the catalogue", await timed(titles[:5], lambda _: views.facets(MAIN_TENANT, BookFilter(), [*FacetKind])))
    await reader.close()
    await database.close()


def main() -> None:
    """Measures one database."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--books", type=int, default=10_000)
    given.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given.add_argument("--real", type=Path)
    given.add_argument("--folder", type=Path)
    chosen = given.parse_args()
    with library_of(chosen.database, chosen.books, chosen.folder) as url:
        asyncio.run(measure(url, chosen.real))


if __name__ == "__main__":
    main()
