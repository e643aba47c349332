"""Learning which books speak for which: a ridge regression per book over its neighbourhood.

EASE (Steck, WWW 2019) with side information (Jeunen et al., RecSys 2020), solved in each book's neighbourhood as SLIM is (Ning &
Karypis, ICDM 2011) instead of by one dense inverse. The ridge grows with a book's support, as dropout would have it (Steck, NeurIPS
2020).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from luminalib.adapters.recommenders.content import Floats, Ints
from luminalib.adapters.recommenders.gram import TERM_VOTES, Gram

NEIGHBOURS = 50
RIDGE, RIDGE_OF_SUPPORT = 5.0, 0.1
EMPHASIS = 0.5
"""How much more the readers of a book count in its own regression than all others: that they chose it is sure, but who has not may
not have met it yet (Hu, Koren & Volinsky, ICDM 2008)."""
TWINS = 0.9
"""Books whose content has at least this cosine never speak against one another."""
_SYSTEM_BYTES = 100 * 2**20
_AT_ONCE = 100
_NEGLIGIBLE = 1e-4


@dataclass(frozen=True, slots=True)
class Weights:
    """Books x books in compressed sparse rows: row i says how much liking book i speaks for each other book.

    `community` is the share of each weight, 0 to 255, that comes of readers, the rest of content; `twins` says whether the two have
    almost the same content; `support` how many readers (damped) stand behind each book.
    """

    starts: Ints
    books: Ints
    values: Floats
    community: npt.NDArray[np.uint8]
    twins: npt.NDArray[np.uint8]
    support: Floats


def learn(gram: Gram, progress: Callable[[float], None]) -> Weights:
    """All weights; deterministic. Holds some 200 MiB beside the data at 10,000 books, of which the systems' half does not grow."""
    size = min(NEIGHBOURS, gram.size - 1)
    if size < 1:
        nobody = np.empty((gram.size, 0), np.float32)
        return _compressed(gram, nobody.astype(np.int32), nobody, nobody, nobody > 0)
    near, targets, content = _neighbours(gram, size)
    progress(0.3)
    weights = np.empty_like(targets)
    step = max(1, _SYSTEM_BYTES // (4 * size * size))
    for start in range(0, gram.size, step):
        weights[start : start + step] = _solve(gram, start, near[start : start + step], targets[start : start + step])
        progress(0.3 + 0.7 * min(1.0, (start + step) / gram.size))
    twins = content >= TERM_VOTES * TWINS
    weights[twins & (weights < 0)] = 0
    return _compressed(gram, near, weights, np.clip(1 - content / np.maximum(targets, 1e-9), 0, 1), twins)


def _neighbours(gram: Gram, size: int) -> tuple[Ints, Floats, Floats]:
    """For each book its nearest by cosine, and their entries in its row of the matrix: in all, and of content."""
    near = np.empty((gram.size, size), np.int32)
    targets = np.empty((gram.size, size), np.float32)
    content = np.empty((gram.size, size), np.float32)
    length = np.sqrt(np.maximum(gram.diagonal, 1e-9))
    for block in gram.blocks():
        rows = np.arange(block.stop - block.start)
        whole = block.community + block.content
        cosine = whole / length
        cosine[rows, rows + block.start] = -1
        found = np.argpartition(-cosine, size - 1, axis=1)[:, :size].astype(np.int32)
        near[block.start : block.stop] = found
        targets[block.start : block.stop] = np.take_along_axis(whole, found, 1)
        content[block.start : block.stop] = np.take_along_axis(block.content, found, 1)
    return near, targets, content


def _solve(gram: Gram, first: int, near: Ints, targets: Floats) -> Floats:
    """The weights of the books from `first` on; their `targets` become those of the emphasised regression."""
    systems = gram.sparse(near)
    ridge = (1 + EMPHASIS) * (RIDGE + RIDGE_OF_SUPPORT * gram.diagonal)
    diagonal = np.arange(near.shape[1])
    weights = np.empty_like(targets)
    for start in range(0, len(near), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        systems[part] += gram.common(near[part])
        for place, neighbours in enumerate(near[part], start):
            system, target = gram.among_its_readers(first + place, neighbours)
            systems[place] += EMPHASIS * system
            targets[place] += EMPHASIS * target
        systems[part, diagonal, diagonal] += ridge[near[part]]
        weights[part] = np.linalg.solve(systems[part], targets[part, :, None])[..., 0]
    return weights


def _compressed(gram: Gram, near: Ints, weights: Floats, community: Floats, twins: npt.NDArray[np.bool_]) -> Weights:
    kept = np.flatnonzero(np.abs(weights) > _NEGLIGIBLE)
    rows = near.ravel()[kept]
    order = kept[np.argsort(rows, kind="stable")]
    return Weights(
        starts=np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=gram.size))]).astype(np.int32),
        books=(order // max(1, near.shape[1])).astype(np.int32),
        values=weights.ravel()[order].astype(np.float32),
        community=np.round(community.ravel()[order] * 255).astype(np.uint8),
        twins=twins.ravel()[order].astype(np.uint8),
        support=gram.support,
    )
