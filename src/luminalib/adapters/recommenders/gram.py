"""The Gram matrix of a library, in which readers and terms both vote for what goes together, a block of rows at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from luminalib.adapters.recommenders.content import Floats, Ints

TERM_VOTES = 5.0
"""How many readers two books of the same content are worth."""
LONG_HISTORY, SHORT_HISTORY = 200, 7
"""A reader of n books counts by 1 / (1 + n / the first), as who chose everything says little about each pair, and by n / (n + the
second), as who chose a few has not shown what they choose."""
_USUAL_HISTORY = 30
"""A reader of so many books loses nothing by the second."""
_BLOCK_BYTES = 8 * 2**20
_COMMON = 100
"""Terms of more books than this are multiplied as a dense matrix, which is faster than as a sparse one."""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows `start` to `stop` of the Gram matrix, in its two parts, dense: what readers say and what content says."""

    start: int
    stop: int
    community: Floats
    content: Floats


class Gram:
    """X'X + TERM_VOTES C C' for readers x books X and books x terms C, never held as a whole."""

    def __init__(self, chosen: sp.csr_matrix, content: sp.csr_matrix) -> None:
        damped = sp.diags(np.sqrt(_voices(np.diff(chosen.indptr))).astype(np.float32)) @ chosen
        self._by_reader = damped.tocsr()
        self._by_book = damped.T.tocsr()
        counts = np.bincount(content.indices, minlength=content.shape[1])
        scaled = content * np.float32(np.sqrt(TERM_VOTES))
        self._common: Floats = scaled[:, np.flatnonzero(counts > _COMMON)].toarray()
        self._rare = scaled[:, np.flatnonzero((counts > 1) & (counts <= _COMMON))].tocsr()
        self._rare_by_term = self._rare.T.tocsr()
        self.size: int = content.shape[0]
        self._place = np.full(self.size, -1, np.int32)
        self.support: Floats = np.asarray(damped.multiply(damped).sum(0), np.float32).ravel()
        self.diagonal: Floats = (
            self.support + np.square(self._common).sum(1) + np.asarray(self._rare.power(2).sum(1), np.float32).ravel()
        )

    def blocks(self) -> Iterator[Block]:
        """All rows, in blocks of some megabytes."""
        for start, stop in self._spans():
            community = (self._by_book[start:stop] @ self._by_reader).toarray()
            content = self._common[start:stop] @ self._common.T
            rare = (self._rare[start:stop] @ self._rare_by_term).tocoo()
            content[rare.coords] += rare.data
            yield Block(start, stop, community, content)

    def sparse(self, near: Ints) -> Floats:
        """What readers and rare terms say among each row of books in `near` (n x k): n x k x k. One pass over the matrix."""
        count, size = near.shape
        wanted = near.ravel()
        by_row = np.argsort(wanted, kind="stable")
        ends = np.searchsorted(wanted[by_row], np.arange(self.size + 1))
        entries = np.empty((count * size, size), np.float32)
        for start, stop in self._spans():
            places = by_row[ends[start] : ends[stop]]
            if len(places):
                block = self._by_book[start:stop] @ self._by_reader + self._rare[start:stop] @ self._rare_by_term
                entries[places] = block.toarray()[wanted[places, None] - start, near[places // size]]
        return entries.reshape(count, size, size)

    def common(self, near: Ints) -> Floats:
        """What terms of many books add to that."""
        terms = self._common[near]
        return np.asarray(terms @ terms.transpose(0, 2, 1))

    def _spans(self) -> Iterator[tuple[int, int]]:
        height = max(1, min(self.size, _BLOCK_BYTES // (4 * max(1, self.size))))
        return ((start, min(start + height, self.size)) for start in range(0, self.size, height))

    def among_its_readers(self, book: int, near: Ints) -> tuple[Floats, Floats]:
        """The Gram matrix of `near`, and their products with `book`, by the readers of that book alone."""
        part = slice(*self._by_book.indptr[book : book + 2])
        readers, choices = self._by_book.indices[part], self._by_book.data[part]
        starts = self._by_reader.indptr[readers]
        lengths = self._by_reader.indptr[readers + 1] - starts
        entries = np.arange(lengths.sum()) + np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
        self._place[near] = np.arange(len(near))
        places = self._place[self._by_reader.indices[entries]]
        self._place[near] = -1
        there = np.flatnonzero(places >= 0)
        rows = np.zeros((len(readers), len(near)), np.float32)
        rows[np.repeat(np.arange(len(readers)), lengths)[there], places[there]] = self._by_reader.data[entries[there]]
        return rows.T @ rows, choices @ rows


def _voices(lengths: Ints) -> npt.NDArray[np.float64]:
    """What each reader counts, by the number of their books."""
    usual = 1 + SHORT_HISTORY / _USUAL_HISTORY
    return usual * lengths / (lengths + SHORT_HISTORY) / (1 + lengths / LONG_HISTORY)
