"""Libraries made up for the recommenders' tests, and a model trained on them without a child process."""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import scipy.sparse as sp

from luminalib.adapters.recommenders.content import Content
from luminalib.adapters.recommenders.hybrid import HybridRanking
from luminalib.adapters.recommenders.model import Model, open_model, to_bytes
from luminalib.adapters.recommenders.tfidf import TfidfRanking
from luminalib.adapters.recommenders.training import fit
from luminalib.domain.recommendations import BookProfile
from luminalib.ports.recommender import Ranking

GENRES = ("sea", "bread", "stars", "trains")


def make_books(count: int, seed: int = 1) -> list[BookProfile]:
    """Books of four genres with authors and tags of their own."""
    chance = random.Random(seed)  # noqa: S311 - a library to test with, no secret
    books = []
    for number in range(count):
        genre = GENRES[number % len(GENRES)]
        tags = (genre, f"{genre} {chance.randrange(5)}", f"mood {chance.randrange(6)}")
        author = f"{genre} author {chance.randrange(6)}"
        books.append(
            BookProfile(id=f"b{number}", title=f"{genre} story {number}", authors=(author,), tags=tags, year=1990 + number % 30)
        )
    return books


def make_choices(books: Sequence[BookProfile], readers: int, seed: int = 1) -> list[dict[str, float]]:
    """What readers of one genre each chose."""
    chance = random.Random(seed)  # noqa: S311 - the same
    by_genre = [[book.id for book in books[start :: len(GENRES)]] for start in range(len(GENRES))]
    shelves = [shelf for shelf in by_genre if shelf]
    chosen = (chance.choice(shelves) for _ in range(readers))
    return [dict.fromkeys(chance.sample(shelf, min(len(shelf), 6)), 1.0) for shelf in chosen] if shelves else []


def train(books: Sequence[BookProfile], choices: Sequence[Mapping[str, float]]) -> Model:
    """The hybrid's model of these books and readers."""
    rows = {book.id: row for row, book in enumerate(books)}
    entries = [(reader, rows[book], weight) for reader, chosen in enumerate(choices) for book, weight in chosen.items()]
    readers, columns, weights = zip(*entries, strict=True) if entries else ((), (), ())
    matrix = sp.csr_matrix((weights, (readers, columns)), shape=(max(1, len(choices)), len(books)), dtype="float32")
    return fit(books, matrix, lambda _: None)


def rank_with(name: str, books: Sequence[BookProfile], choices: Sequence[Mapping[str, float]], folder: Path) -> Ranking:
    """A ranking of either kind; the hybrid's by way of a file, as the server does it."""
    if name == "tfidf":
        return TfidfRanking(books, Content(books))
    path = folder / "test.model"
    path.write_bytes(to_bytes(train(books, choices)))
    return HybridRanking(books, open_model(path), 1, Content(books))
