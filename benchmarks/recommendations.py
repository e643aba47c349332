"""How well the recommenders foresee what readers like, beside textbook models, and how time, memory and files grow.

Usage: python benchmarks/recommendations.py [--data dev|test|FILE] [--skip-growth]

Readers, judge and textbook models are those of ../shared/rec (goodbooks-10k with fixed splits); without that folder only the growth
is measured. What is judged are the product's own adapters: `make_hybrid()` and `make_tfidf()` wrap them in the judge's
interface: `evaluate.py --model benchmarks.recommendations:make_hybrid` works too.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: figures are of one core

import argparse
import importlib
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from luminalib.adapters.recommenders.content import Content
from luminalib.adapters.recommenders.hybrid import HybridRanking
from luminalib.adapters.recommenders.model import open_model, to_bytes
from luminalib.adapters.recommenders.tfidf import TfidfRanking
from luminalib.adapters.recommenders.training import fit
from luminalib.domain.recommendations import BookProfile, Reader
from luminalib.domain.tastes import RATED_CHOICES, RATED_OPINIONS
from luminalib.ports.recommender import Ranking

KIT = Path(__file__).resolve().parents[2] / "shared" / "rec"
GOALS = {
    "history": 0.32,
    "coverage@10": 0.70,
    "likes-1": 0.068,
    "likes-3": 0.113,
    "likes-5": 0.140,
    "tags": 0.045,
    "new-books": 0.28,
    "community-300": 0.22,
    "community-1000": 0.24,
    "community-5000": 0.28,
    "fit_s": 12,
    "fit_mib": 250,
}
"""What the hybrid is to reach on `test`; seconds and MiB are at most, all others at least."""
AT_MOST = ("fit_s", "fit_mib", "p95_ms")
GROWTH = ((1_000, 100_000), (5_000, 500_000), (10_000, 1_000_000), (10_000, 5_000_000), (50_000, 5_000_000))
Numbers = npt.NDArray[np.integer[Any]]
Make = Callable[[], "Judged"]


class Judged(Protocol):
    """What the judge asks of a model."""

    def fit(self, books: Sequence[dict[str, Any]], users: Numbers, items: Numbers, ratings: Numbers) -> None:
        """Learns."""

    def recommend(
        self, history: Iterable[tuple[int, int]], tags: Iterable[str], limit: int, among: Collection[int] | None = None
    ) -> list[int]:
        """Book ids, best first."""


class ProductRecommender:
    """One of the product's rankings behind the judge's interface."""

    def __init__(self, *, learns: bool) -> None:
        self._learns = learns
        self._ranking: Ranking | None = None

    def fit(self, books: Sequence[dict[str, Any]], users: Numbers, items: Numbers, ratings: Numbers) -> None:
        """See Judged."""
        profiles = [profile_of(book) for book in books]
        if not self._learns:
            self._ranking = TfidfRanking(profiles, Content(profiles))
            return
        rows = np.zeros(max(book["book"] for book in books) + 1, np.int32)
        rows[[book["book"] for book in books]] = np.arange(len(books))
        chosen = np.array([0, *(RATED_CHOICES[rating] for rating in range(1, 6))], np.float32)[ratings]
        readers = np.unique(users, return_inverse=True)[1].astype(np.int32)
        matrix = sp.csr_matrix((chosen, (readers, rows[items])), shape=(int(readers.max()) + 1, len(books)))
        self._ranking = trained(profiles, matrix)[0]

    def recommend(
        self, history: Iterable[tuple[int, int]], tags: Iterable[str], limit: int, among: Collection[int] | None = None
    ) -> list[int]:
        """See Judged."""
        assert self._ranking is not None
        ratings = dict(history)
        opinions = {str(book): opinion for book, rating in ratings.items() if (opinion := RATED_OPINIONS[rating])}
        found = self._ranking.rank(
            Reader(opinions=opinions, tags=dict.fromkeys(tags, 1.0)),
            limit,
            without=[str(book) for book in ratings],
            among=None if among is None else [str(book) for book in among],
        )
        return [int(one.book_id) for one in found]


def make_hybrid() -> Judged:
    """Content and community in one model."""
    return ProductRecommender(learns=True)


def make_tfidf() -> Judged:
    """Content only."""
    return ProductRecommender(learns=False)


def profile_of(book: dict[str, Any]) -> BookProfile:
    return BookProfile(
        id=str(book["book"]),
        title=book["title"],
        authors=tuple(book["authors"]),
        series=book["series"],
        tags=tuple(book["tags"]),
        language=book["language"],
        year=book["year"],
    )


def trained(profiles: Sequence[BookProfile], matrix: sp.csr_matrix) -> tuple[HybridRanking, int]:
    """The ranking as the server loads it, from a file, and the file's size in bytes."""
    content = to_bytes(fit(profiles, matrix, lambda _: None))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model")
        path.write_bytes(content)
        return HybridRanking(profiles, open_model(path), 1, Content(profiles)), len(content)


def judged(name: str, data: str) -> dict[str, float]:
    """All the judge's figures for a recommender, in this process."""
    sys.path.insert(0, str(KIT))
    judge: Any = importlib.import_module("evaluate")
    readers = judge.load_readers(KIT / f"{data}.csv.gz" if data in ("dev", "test") else Path(data))
    figures: dict[str, float] = judge.evaluate({"hybrid": make_hybrid, "tfidf": make_tfidf}[name], readers)
    return figures


def apart(work: Callable[..., dict[str, float]], *arguments: Any) -> dict[str, float]:
    """Does some work in a process of its own, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def compare(data: str) -> None:
    textbook = json.loads((KIT / "baselines.json").read_text()).get(data, {"results": {}})["results"]
    results: dict[str, dict[str, float]] = dict(textbook)
    for name in ("tfidf", "hybrid"):
        results[f"our {name}"] = apart(judged, name, data)
    columns = [*GOALS, "recall@20", "p50_ms", "p95_ms"]
    print(f"nDCG@10 on {data}, unless the name says otherwise")
    print(f"{'':14}" + "".join(f"{column.replace('community', 'comm'):>13}" for column in columns))
    for name, figures in results.items():
        print(f"{name:14}" + "".join(f"{figures.get(column, float('nan')):13.4g}" for column in columns))
    if data == "test":
        missed = [column for column, goal in GOALS.items() if not reached(column, results["our hybrid"][column], goal)]
        print(f"{'goal':14}" + "".join(f"{GOALS.get(column, float('nan')):13.4g}" for column in columns))
        print("Every goal is reached.\n" if not missed else f"Missed: {', '.join(missed)}.\n")


def reached(column: str, figure: float, goal: float) -> bool:
    return figure <= goal if column in AT_MOST else figure >= goal


def made_up(size: int, events: int) -> tuple[list[BookProfile], sp.csr_matrix]:
    """A library with genres: books with tags and authors of their genre, readers who read two genres, some books often."""
    chance = np.random.default_rng(size)
    genres = max(8, size // 100)
    genre = chance.integers(0, genres, size)
    profiles = [
        BookProfile(
            id=str(book),
            title=f"word{chance.integers(4000)} word{chance.integers(4000)} word{chance.integers(400)}",
            authors=(f"author {genre[book]} {chance.integers(25)}",),
            tags=("fiction", *(f"tag {genre[book]} {chance.integers(6)}" for _ in range(4)), *(f"mood {chance.integers(30)}",) * 2),
            language="en",
            year=int(chance.integers(1900, 2025)),
        )
        for book in range(size)
    ]
    readers = max(10, events // 20)
    reader = np.repeat(np.arange(readers), events // readers)
    liked = chance.integers(0, genres, (readers, 2))
    shelves = [np.flatnonzero(genre == number) for number in range(genres)]
    wanted = liked[reader, chance.integers(0, 2, len(reader))]
    depth = chance.random(len(reader)) ** 2
    book = np.array([shelves[shelf][int(at * len(shelves[shelf]))] for shelf, at in zip(wanted, depth, strict=True)])
    matrix = sp.csr_matrix((np.ones(len(book), np.float32), (reader, book)), shape=(readers, size))
    matrix.data[:] = 1
    return profiles, matrix


def grown(size: int, events: int) -> dict[str, float]:
    profiles, matrix = made_up(size, events)
    before, start = peak(), time.process_time()
    ranking, artefact = trained(profiles, matrix)
    seconds, used = time.process_time() - start, peak() - before
    likes = [dict.fromkeys(map(str, matrix.indices[slice(*matrix.indptr[row : row + 2])]), 1.0) for row in range(200)]
    start = time.perf_counter()
    for opinions in likes:
        reader = Reader(opinions=opinions)
        ranking.explain(reader, [one.book_id for one in ranking.rank(reader, 60)][:10])
    answer = (time.perf_counter() - start) / len(likes) * 1000
    return {"books": size, "events": matrix.nnz, "CPU s": seconds, "MiB": used, "file MiB": artefact / 2**20, "answer ms": answer}


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--data", default="test", help="dev, test, or a file of readers")
    parser.add_argument("--skip-growth", action="store_true")
    arguments = parser.parse_args()
    if KIT.is_dir():
        compare(arguments.data)
    else:
        print(f"{KIT} is not there: no comparison with textbook models.")
    if not arguments.skip_growth:
        print(
            "Growth on made-up libraries: training in CPU seconds of one core, memory above the data, the model's file, one answer"
        )
        for number, (size, events) in enumerate(GROWTH):
            figures = apart(grown, size, events)
            if not number:
                print("".join(f"{name:>12}" for name in figures))
            print("".join(f"{value:12,.0f}" if value >= 1000 else f"{value:12.3g}" for value in figures.values()), flush=True)


if __name__ == "__main__":
    main()
