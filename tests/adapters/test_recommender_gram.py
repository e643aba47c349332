"""The Gram matrix in blocks, against the same sums over dense matrices."""

import numpy as np
import pytest
import scipy.sparse as sp

from luminalib.adapters.recommenders.gram import LONG_HISTORY, SHORT_HISTORY, TERM_VOTES, Gram

BOOKS, TERMS = 150, 12
CHOSEN = sp.random(90, BOOKS, density=0.2, format="csr", random_state=1, dtype=np.float32)
CONTENT = sp.random(BOOKS, TERMS, density=0.7, format="csr", random_state=2, dtype=np.float32)
"""Some of its terms are in more than a hundred books, which are treated by themselves, and some are not."""


COUNTS = np.diff(CHOSEN.indptr)[:, None]
VOICES = (1 + SHORT_HISTORY / 30) * COUNTS / (COUNTS + SHORT_HISTORY) / (1 + COUNTS / LONG_HISTORY)


def test_blocks_are_what_readers_and_terms_say() -> None:
    chosen, content = CHOSEN.toarray(), CONTENT.toarray()
    shared = content[:, np.count_nonzero(content, axis=0) > 1]
    blocks = list(Gram(CHOSEN, CONTENT).blocks())
    assert np.vstack([block.community for block in blocks]) == pytest.approx(chosen.T @ (VOICES * chosen), abs=1e-4)
    assert np.vstack([block.content for block in blocks]) == pytest.approx(TERM_VOTES * shared @ shared.T, abs=1e-4)


def test_what_is_said_among_some_books() -> None:
    gram = Gram(CHOSEN, CONTENT)
    whole = np.vstack([block.community + block.content for block in gram.blocks()])
    near = np.array([[30, 2, 5], [2, 30, 36], [0, 1, 2]], np.int32)
    found = gram.sparse(near) + gram.common(near)
    assert found == pytest.approx(np.stack([whole[np.ix_(books, books)] for books in near]), abs=1e-4)


def test_what_the_readers_of_one_book_say() -> None:
    gram = Gram(CHOSEN, CONTENT)
    chosen, near = CHOSEN.toarray(), np.array([30, 2, 5, 11], np.int32)
    for book in (0, 7, 149):
        theirs = np.where(chosen[:, [book]] > 0, np.sqrt(VOICES) * chosen, 0)
        system, target = gram.among_its_readers(book, near)
        assert system == pytest.approx(theirs[:, near].T @ theirs[:, near], abs=1e-4)
        assert target == pytest.approx(theirs[:, near].T @ theirs[:, book], abs=1e-4)


def test_a_book_that_nobody_has_read() -> None:
    chosen = CHOSEN.tolil()
    chosen[:, 3] = 0
    system, target = Gram(chosen.tocsr(), CONTENT).among_its_readers(3, np.array([1, 2], np.int32))
    assert not system.any()
    assert not target.any()
