"""Training, as the child process does it."""

import base64
import json
from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from io import TextIOWrapper
from itertools import groupby
from typing import Any

import numpy as np
import scipy.sparse as sp

from luminalib.adapters.recommenders.content import Content, positions
from luminalib.adapters.recommenders.gram import Gram
from luminalib.adapters.recommenders.model import Model, to_bytes
from luminalib.adapters.recommenders.neighbourhoods import learn
from luminalib.domain.recommendations import BookProfile
from luminalib.domain.tastes import TasteEvent, TasteKind, standings
from luminalib.ports.children import open_handed

_PIECE = 96 * 1024
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
Progress = Callable[[float], None]


def train(*, books: str, events: str, progress: Progress) -> dict[str, Any]:
    """Reads what the server wrote into two files; the model comes back as pieces of base64, as a child writes no files."""
    with open_handed(books) as file:
        profiles = [book_from(json.loads(line)) for line in file.read().decode().split("\n") if line]
    rows = positions(profiles)
    readers, chosen, weights = array("i"), array("i"), array("f")
    count = read = 0
    for count, told in enumerate(_by_reader(events), 1):
        read += len(told)
        for book_id, standing in standings(told).items():
            if book_id in rows and standing.choice > 0:
                readers.append(count - 1)
                chosen.append(rows[book_id])
                weights.append(standing.choice)
    matrix = sp.csr_matrix((np.asarray(weights), (np.asarray(readers), np.asarray(chosen))), shape=(count, len(profiles)))
    content = to_bytes(fit(profiles, matrix, progress))
    pieces = [base64.b64encode(content[at : at + _PIECE]).decode() for at in range(0, len(content), _PIECE)]
    return {"model": pieces, "books": len(profiles), "readers": count, "events": read}


def fit(books: Sequence[BookProfile], chosen: sp.csr_matrix, progress: Progress) -> Model:
    """The model of these books and of readers x books with the choices' weights."""
    return Model([book.id for book in books], learn(Gram(chosen, Content(books).matrix), progress))


def book_from(facts: dict[str, Any]) -> BookProfile:
    """A book out of its JSON."""
    known: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()}
    return BookProfile(**known)


def _by_reader(events: str) -> Iterator[list[TasteEvent]]:
    with TextIOWrapper(open_handed(events), encoding="utf-8") as lines:
        for _, theirs in groupby((line.rstrip("\n").split("\t") for line in lines), key=lambda fields: fields[0]):
            yield [
                TasteEvent(user_id=user, book_id=book, kind=TasteKind(kind), rating=int(rating) if rating else None, at=_ANY_TIME)
                for user, book, kind, rating in theirs
            ]
