"""The Gram matrix of a library, in which readers and terms both vote for what goes together, a block of rows at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from luminalib.adapters.recommenders.content import Floats

TERM_VOTES = 5.0
"""How many readers two books of the same content are worth."""
LONG_HISTORY = 200
"""Readers count by 1 / (1 + books / this): who chose everything says little about each pair."""
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
        lengths = np.diff(chosen.indptr)
        damped = sp.diags((1 / np.sqrt(1 + lengths / LONG_HISTORY)).astype(np.float32)) @ chosen
        self._by_reader = damped.tocsr()
        self._by_book = damped.T.tocsr()
        counts = np.bincount(content.indices, minlength=content.shape[1])
        scaled = content * np.float32(np.sqrt(TERM_VOTES))
        self._common: Floats = scaled[:, np.flatnonzero(counts > _COMMON)].toarray()
        self._rare = scaled[:, np.flatnonzero((counts > 1) & (counts <= _COMMON))].tocsr()
        self._rare_by_term = self._rare.T.tocsr()
        self.size: int = content.shape[0]
        self.support: Floats = np.asarray(damped.multiply(damped).sum(0), np.float32).ravel()
        self.diagonal: Floats = (
            self.support + np.square(self._common).sum(1) + np.asarray(self._rare.power(2).sum(1), np.float32).ravel()
        )

    def blocks(self) -> Iterator[Block]:
        """All rows, in blocks of some megabytes."""
        height = max(1, min(self.size, _BLOCK_BYTES // (4 * max(1, self.size))))
        for start in range(0, self.size, height):
            stop = min(start + height, self.size)
            community = (self._by_book[start:stop] @ self._by_reader).toarray()
            content = self._common[start:stop] @ self._common.T
            rare = (self._rare[start:stop] @ self._rare_by_term).tocoo()
            content[rare.coords] += rare.data
            yield Block(start, stop, community, content)
