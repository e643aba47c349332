"""The catalogue as a matrix of books and terms that grows book by book."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from luminalib.adapters.recommenders.terms import author_term, tag_term, terms_of
from luminalib.domain.function_words import is_telling
from luminalib.domain.recommendations import BookProfile, Reader

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.integer[Any]]
LEAST_TELLING = 0.03
"""A book that a reader's books tell less for is near by chance."""
_HALF = 0.5
_SHARED_BY_MANY = ("language", "year")
_ALWAYS = ("tag:", "author:")
"""Terms that count although one book alone has them: somebody may state a taste for them."""


class Vocabulary:
    """Numbers for terms; it only grows, so that rows made earlier stay valid."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def names(self) -> list[str]:
        """The terms in the order of their numbers."""
        return list(self._numbers)

    def find(self, term: str) -> int | None:
        """The number of a term, if any book has had it."""
        return self._numbers.get(term)

    def row(self, book: BookProfile) -> tuple[Ints, Floats]:
        """The book's terms as numbers, and their weights."""
        terms = terms_of(book)
        numbers = [self._numbers.setdefault(term, len(self._numbers)) for term in terms]
        return np.array(numbers, np.int32), np.fromiter(terms.values(), np.float32, len(terms))


class _Rows:
    """The rows of a catalogue one after another: an array for each book would take as much again for its head alone."""

    def __init__(self, books: Sequence[BookProfile], rows: Sequence[tuple[Ints, Floats]]) -> None:
        self._places = {book: place for place, book in enumerate(books)}
        self.ends = np.cumsum([0, *(len(numbers) for numbers, _ in rows)])
        self.columns = np.concatenate([np.zeros(0, np.int32), *(numbers for numbers, _ in rows)])
        self.weights = np.concatenate([np.zeros(0, np.float32), *(weights for _, weights in rows)])

    def find(self, book: BookProfile) -> tuple[Ints, Floats] | None:
        """The row of a book that has not changed since."""
        place = self._places.get(book)
        if place is None:
            return None
        part = slice(*self.ends[place : place + 2])
        return self.columns[part], self.weights[part]


class Content:
    """TF-IDF over the whole catalogue (smooth, rows of length 1): `matrix` is books x terms."""

    def __init__(self, books: Sequence[BookProfile], vocabulary: Vocabulary | None = None, known: _Rows | None = None) -> None:
        self._vocabulary = vocabulary or Vocabulary()
        known = known or _Rows((), ())
        self._rows = _Rows(books, [known.find(book) or self._vocabulary.row(book) for book in books])
        self.names = self._vocabulary.names
        self.matrix = self._weighed(self._rows)
        self.by_term = self.matrix.T.tocsr()
        self.lengths: Floats = np.sqrt(np.asarray(self.matrix.power(2).sum(1), np.float32).ravel())
        books_with = np.bincount(self.matrix.indices, minlength=len(self.names)).tolist()
        told = (_tells(name, count / max(4, len(books))) for name, count in zip(self.names, books_with, strict=True))
        self._telling = np.fromiter(told, np.float32, len(self.names))

    def renewed(self, books: Sequence[BookProfile]) -> Self:
        """The same for the catalogue of now; only books that are new or changed are read again."""
        return type(self)(books, self._vocabulary, self._rows)

    def taste(self, reader: Reader) -> sp.csr_matrix:
        """What the reader says to like, as a row over the terms; empty for tags and authors that no book has."""
        stated = [(tag_term(name), weight) for name, weight in reader.tags.items()]
        stated += [(author_term(name), weight) for name, weight in reader.authors.items()]
        known = [(number, weight) for term, weight in stated if (number := self._vocabulary.find(term)) is not None]
        known = [(number, weight) for number, weight in known if number < self.matrix.shape[1]]
        columns, weights = [number for number, _ in known], [weight for _, weight in known]
        return sp.csr_matrix((np.array(weights, np.float32), ([0] * len(known), columns)), shape=(1, self.matrix.shape[1]))

    def tag_shares(self) -> Floats:
        """How much of the length of each book's row is that of its tags, 0 to 1."""
        is_tag = np.fromiter((name.startswith("tag:") for name in self.names), np.float32, len(self.names))
        return np.sqrt(np.asarray(self.matrix.power(2) @ is_tag, np.float32)).clip(0, 1)

    def of_books(self, rows: Ints, opinions: Floats) -> sp.csr_matrix:
        """The sum of the books of some rows, each weighed."""
        return sp.csr_matrix(opinions.reshape(1, -1)) @ self.matrix[rows]

    def are_near(self, rows: Sequence[int], profile: sp.csr_matrix) -> npt.NDArray[np.bool_]:
        """Whether these books are like a profile by what tells one book from another, and not by chance.

        Language, years, function words of titles and words that most books have tell nothing.
        """
        dense = profile.toarray().ravel()
        length = math.sqrt(float(np.square(dense).sum())) or 1.0
        at = np.array(rows, np.int32)
        cosine = (self.matrix[at] @ (dense * self._telling)) / np.maximum(self.lengths[at] * length, 1e-9)
        near: npt.NDArray[np.bool_] = cosine >= LEAST_TELLING
        return near

    def terms(self, row: int) -> dict[int, float]:
        """A book's terms by number, with their weights."""
        columns, weights = self._row(row)
        return dict(zip(columns.tolist(), weights.tolist(), strict=True))

    def shared(self, row: int, terms: Mapping[int, float]) -> dict[str, float]:
        """What the cosine of a book and one with these terms is the sum of, by term."""
        return self._common(*self._row(row), terms)

    def stated(self, taste: sp.csr_matrix, terms: Mapping[int, float]) -> dict[str, float]:
        """What the product of a taste and a book with these terms is the sum of, by term."""
        return self._common(taste.indices, taste.data, terms)

    def _common(self, columns: Ints, weights: Floats, terms: Mapping[int, float]) -> dict[str, float]:
        pairs = zip(columns.tolist(), weights.tolist(), strict=True)
        return {self.names[column]: weight * terms[column] for column, weight in pairs if column in terms}

    def _row(self, row: int) -> tuple[Ints, Floats]:
        part = slice(*self.matrix.indptr[row : row + 2])
        return self.matrix.indices[part], self.matrix.data[part]

    def _weighed(self, rows: _Rows) -> sp.csr_matrix:
        shape = len(rows.ends) - 1, len(self._vocabulary)
        if not shape[0]:
            return sp.csr_matrix(shape, dtype=np.float32)
        counts = np.bincount(rows.columns, minlength=shape[1])
        keep = (counts > 1) | np.fromiter((name.startswith(_ALWAYS) for name in self.names), bool, len(self.names))
        raw = sp.csr_matrix((rows.weights * keep[rows.columns], rows.columns.copy(), rows.ends.copy()), shape=shape)
        raw.eliminate_zeros()
        raw.sort_indices()
        raw.data *= _idf(raw)[raw.indices]
        return _of_length_one(raw, counts)


def _tells(term: str, share: float) -> bool:
    kind, _, name = term.partition(":")
    return kind not in _SHARED_BY_MANY and (kind != "word" or (share <= _HALF and is_telling(name)))


def _idf(raw: sp.csr_matrix) -> Floats:
    """How rare each term is: ln((1 + books) / (1 + books with it)) + 1, as scikit-learn's TfidfTransformer has it.

    A test holds it to that. The server does not import scikit-learn for this one line: it would cost 60 MB and a second.
    """
    books_with = np.bincount(raw.indices, minlength=raw.shape[1])
    return np.asarray(np.log((1 + raw.shape[0]) / (1 + books_with)) + 1, np.float32)


def lengths_of(rows: sp.csr_matrix) -> Floats:
    """The Euclidean length of each row. scipy.sparse.linalg has it, too; importing that takes 10 MB and a third of a second."""
    return np.sqrt(np.asarray(rows.power(2).sum(axis=1), np.float32)).ravel()


def _of_length_one(weighed: sp.csr_matrix, counts: npt.NDArray[np.integer[Any]]) -> sp.csr_matrix:
    """Rows of length 1, measured without the terms that one book alone has: they say nothing about its likeness to others."""
    common = weighed @ sp.diags((counts > 1).astype(np.float32))
    lengths = lengths_of(common)
    return (sp.diags((1 / np.where(lengths > 0, lengths, 1)).astype(np.float32)) @ weighed).tocsr()


def content_of(books: Sequence[BookProfile], before: object) -> Content:
    """The content of a catalogue, made out of that of the ranking before where there is one."""
    known = getattr(before, "content", None)
    return known.renewed(books) if isinstance(known, Content) else Content(books)


def positions(books: Sequence[BookProfile]) -> dict[str, int]:
    """The row of each book."""
    return {book.id: row for row, book in enumerate(books)}


def vector(opinions: Mapping[str, float], rows: Mapping[str, int]) -> tuple[Ints, Floats]:
    """Rows and weights of the books that the catalogue still has."""
    known = [(rows[book_id], weight) for book_id, weight in opinions.items() if book_id in rows]
    return np.array([row for row, _ in known], np.int32), np.array([weight for _, weight in known], np.float32)


def best(scores: Floats, limit: int, banned: Iterable[int], among: Collection[int] | None) -> list[int]:
    """The rows with the highest scores above 0, highest first, ties in order; without `banned`, and only of `among`."""
    scores = scores.copy()
    scores[list(banned)] = 0
    if among is not None:
        allowed = np.zeros(len(scores), bool)
        allowed[list(among)] = True
        scores[~allowed] = 0
    count = min(limit, int(np.count_nonzero(scores > 0)))
    if not count:
        return []
    lowest = np.partition(scores, len(scores) - count)[len(scores) - count]
    chosen = np.flatnonzero(scores >= max(lowest, np.nextafter(np.float32(0), np.float32(1))))
    order = chosen[np.argsort(-scores[chosen], kind="stable")]
    return [int(row) for row in order[:count]]
