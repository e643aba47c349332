"""How fast and how large the indexes of passages are: made-up books, as frequent words as a language has, clustered vectors.

Prints for each index: passages a second while building (as `luminalib reindex` does: words and vectors a document at a time,
then what is built over all of them; with `--one-by-one` as the jobs of single documents do), size on the disk, the 50th and
95th percentile of a question by words and by meaning, in the whole library and in one book, recall@10 of meaning against
comparing all vectors, and for the local one the peak memory of this process, which holds a copy of all vectors itself.

Usage: python benchmarks/passage_index.py [--passages N] [--index local pgvector] [--questions N] [--one-by-one]
"""

import argparse
import asyncio
import random
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import asyncpg
import numpy as np

from library import postgres, some_words
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.migrations import upgrade
from luminalib.adapters.passage_index.local import LocalPassageIndex
from luminalib.adapters.passage_index.pgvector import PgvectorPassageIndex
from luminalib.domain.passages import IndexedDocument, Passage, Scope
from luminalib.ports.embedder import EmbeddingModel
from luminalib.ports.passage_index import PassageIndex, PassageWriter

DIMENSION = 384
MODEL = EmbeddingModel(name="made-up", dimension=DIMENSION, fingerprint="made-up")
PER_BOOK = 400
WORDS = 200
TENANT = "main"
EVERYTHING = Scope(tenant_id=TENANT, user_id=None)
RANK = 40
"""Vectors of a model fill no space of 384 dimensions evenly: these lie near one of so many."""


class MadeUp:
    """Books, and the vectors of all their passages to compare with."""

    def __init__(self, passages: int) -> None:
        self.books = max(1, passages // PER_BOOK)
        self._chance = np.random.default_rng(1)
        self._axes = self._chance.standard_normal((RANK, DIMENSION)).astype("f4")
        self.vectors = np.concatenate([self.some_vectors(PER_BOOK) for _ in range(self.books)])

    def some_vectors(self, count: int) -> Any:
        """Of a book: around a subject."""
        spread = self._chance.standard_normal((count, RANK)) + 1.5 * self._chance.standard_normal(RANK)
        made = (spread @ self._axes + 2.0 * self._chance.standard_normal((count, DIMENSION))).astype("f4")
        return made / np.linalg.norm(made, axis=1, keepdims=True)

    def book(self, number: int) -> tuple[IndexedDocument, list[Passage]]:
        chance = random.Random(number)  # noqa: S311 -- chance that repeats
        document = IndexedDocument(document_id=f"d{number}", tenant_id=TENANT, owner_id=None, language=None, sha256=str(number))
        return document, [passage_of(number, at, some_words(chance, WORDS)) for at in range(PER_BOOK)]


def passage_of(number: int, at: int, text: str) -> Passage:
    return Passage(document_id=f"d{number}", ordinal=at, page=1, page_start=0, start=at, stop=at + len(text), text=text)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--index", nargs="+", choices=("local", "pgvector"), default=("local", "pgvector"))
    parser.add_argument("--one-by-one", action="store_true")
    given = parser.parse_args()
    made = MadeUp(given.passages)
    for name in given.index:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, ExitStack() as stack:
            if name == "local":
                await measure(LocalPassageIndex(Path(folder)), made, given, lambda: size_of(folder))
                continue
            url = stack.enter_context(postgres(Path(folder)))
            database = SqlDatabase(url)
            await upgrade(database)
            await database.close()
            dsn = url.replace("+asyncpg", "")
            await measure(PgvectorPassageIndex(dsn), made, given, lambda dsn=dsn: size_in(dsn))  # type: ignore[misc]


async def measure(
    index: LocalPassageIndex | PgvectorPassageIndex, made: MadeUp, given: argparse.Namespace, size: Callable[[], Awaitable[str]]
) -> None:
    await index.start()
    print(f"\n{index.name}: {len(made.vectors)} passages in {made.books} books", flush=True)
    begun = time.perf_counter()
    if given.one_by_one:
        spent, passage_ids = await write(index, made)
    else:
        async with index.rebuilding([TENANT]) as fresh:
            spent, passage_ids = await write(fresh, made)
            finishing = time.perf_counter()
        spent["words and graph over all"] = time.perf_counter() - finishing
    spent["all"] = time.perf_counter() - begun
    print("  built:", ", ".join(f"{len(made.vectors) / seconds:.0f} passages/s ({name})" for name, seconds in spent.items()))
    print(f"  {await size()}", flush=True)
    await ask(index, made, passage_ids, given.questions)
    await index.close()
    if index.name == "local":
        print(f"  peak memory of the process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


async def write(index: PassageWriter, made: MadeUp) -> tuple[dict[str, float], list[str]]:
    """Writes all books; returns the seconds spent on words and on vectors, and the passages in their order."""
    spent = {"words": 0.0, "vectors": 0.0}
    passage_ids: list[str] = []
    for number in range(made.books):
        document, passages = made.book(number)
        passage_ids += [passage.id for passage in passages]
        vectors = [row.tobytes() for row in made.vectors[number * PER_BOOK : (number + 1) * PER_BOOK]]
        begun = time.perf_counter()
        await index.replace(document, passages)
        between = time.perf_counter()
        await index.add_vectors(TENANT, document.document_id, MODEL, vectors)
        spent["words"] += between - begun
        spent["vectors"] += time.perf_counter() - between
    return spent, passage_ids


async def ask(index: PassageIndex, made: MadeUp, passage_ids: list[str], questions: int) -> None:
    chance = random.Random(2)  # noqa: S311 -- chance that repeats
    kinds: dict[str, list[float]] = {"words": [], "words in one book": [], "meaning": [], "meaning in one book": []}
    recall = []
    for at in range(questions + 10):
        text, vector = some_words(chance, 8), made.some_vectors(1)[0]
        chosen = Scope(tenant_id=TENANT, user_id=None, document_ids=frozenset([f"d{chance.randrange(made.books)}"]))
        for name, scope in (("words", EVERYTHING), ("words in one book", chosen)):
            kinds[name].append(await timed(index.lexical(scope, text, (), 50)))
        kinds["meaning in one book"].append(await timed(index.nearest(chosen, MODEL, vector.tobytes(), 50)))
        begun = time.perf_counter()
        found = await index.nearest(EVERYTHING, MODEL, vector.tobytes(), 50)
        kinds["meaning"].append(time.perf_counter() - begun)
        nearest = np.argpartition(-(made.vectors @ vector), 10)[:10]
        recall.append(len({passage_ids[one] for one in nearest} & {hit.passage_id for hit in found[:10]}) / 10)
        if at == 9:  # the first ones find everything cold
            for times in kinds.values():
                times.clear()
    for name, times in kinds.items():
        print(f"  {name:20} p50 {np.percentile(times, 50) * 1000:6.1f} ms, p95 {np.percentile(times, 95) * 1000:6.1f} ms")
    print(f"  recall@10 of meaning against comparing all: {np.mean(recall):.3f}")


async def timed(asked: Awaitable[object]) -> float:
    begun = time.perf_counter()
    await asked
    return time.perf_counter() - begun


async def size_of(folder: str) -> str:
    files = [(path.suffix, path.stat().st_size) for path in await asyncio.to_thread(lambda: list(Path(folder).iterdir()))]
    vectors = sum(size for suffix, size in files if suffix == ".f32")
    return f"words {(sum(size for _, size in files) - vectors) / 2**20:.0f} MiB, vectors {vectors / 2**20:.0f} MiB on the disk"


async def size_in(dsn: str) -> str:
    connection = await asyncpg.connect(dsn)
    await connection.execute("VACUUM ANALYZE")
    words, vectors, graph = await connection.fetchrow(
        "SELECT pg_total_relation_size('indexed_passages') + pg_total_relation_size('indexed_terms'),"
        f" pg_total_relation_size('indexed_vectors'), pg_relation_size('ix_indexed_vectors_{DIMENSION}')"
    )
    await connection.close()
    return (
        f"words {words / 2**20:.0f} MiB, vectors {vectors / 2**20:.0f} MiB on the disk, of which the graph {graph / 2**20:.0f} MiB"
    )


if __name__ == "__main__":
    asyncio.run(main())
