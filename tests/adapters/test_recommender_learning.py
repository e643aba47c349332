"""The weights between books, against the same regressions solved one by one over dense matrices."""

import numpy as np
import pytest
import scipy.sparse as sp

from luminalib.adapters.recommenders.gram import Gram
from luminalib.adapters.recommenders.neighbourhoods import EMPHASIS, RIDGE, RIDGE_OF_SUPPORT, Weights, learn

BOOKS = 24
"""Fewer than a neighbourhood has, so that each book's is all the others."""
CHOSEN = sp.random(300, BOOKS, density=0.2, format="csr", random_state=1, dtype=np.float32)
CONTENT = sp.random(BOOKS, 12, density=0.3, format="csr", random_state=2, dtype=np.float32)


def dense(weights: Weights) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.asarray(sp.csr_matrix((weights.values, weights.books, weights.starts), shape=(BOOKS, BOOKS)).toarray())


def test_each_book_is_a_ridge_regression_in_which_its_own_readers_count_more() -> None:
    gram = Gram(CHOSEN, CONTENT)
    whole = np.vstack([block.community + block.content for block in gram.blocks()])
    learnt = dense(learn(gram, lambda _: None))
    for book in range(BOOKS):
        others = np.setdiff1d(np.arange(BOOKS), book).astype(np.int32)
        theirs, target = gram.among_its_readers(book, others)
        ridge = (1 + EMPHASIS) * (RIDGE + RIDGE_OF_SUPPORT * np.diag(whole)[others])
        system = whole[np.ix_(others, others)] + EMPHASIS * theirs + np.diag(ridge)
        solved = np.linalg.solve(system, whole[others, book] + EMPHASIS * target)
        assert learnt[others, book] == pytest.approx(solved, abs=2e-4)
        assert learnt[book, book] == 0
