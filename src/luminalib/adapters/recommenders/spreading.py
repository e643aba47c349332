"""A model's weights laid over the catalogue of today: books that came after the training are folded in by their content."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from luminalib.adapters.recommenders.content import Floats, Ints
from luminalib.adapters.recommenders.gram import TERM_VOTES
from luminalib.adapters.recommenders.model import Model
from luminalib.adapters.recommenders.neighbourhoods import NEIGHBOURS, RIDGE, RIDGE_OF_SUPPORT, TWINS, Weights

_FULL = 255


@dataclass(frozen=True, slots=True)
class Paths:
    """Weights that start from some books: for each the source it starts from, where it leads, how strong, how much of readers."""

    sources: Ints
    books: Ints
    values: Floats
    community: Floats


class Web:
    """Sparse weights between the books of the catalogue, by row; `support` is how many readers stand behind each book."""

    def __init__(self, layers: Sequence[Weights], support: Floats) -> None:
        self._layers = [_plain(layer) for layer in layers]
        self._size = len(support)
        self.support = support

    def spread(self, rows: Ints, values: Floats) -> Floats:
        """The sum of the rows, each times its value: a score per book."""
        total = np.zeros(self._size)
        for layer in self._layers:
            entries, sources = _entries(layer, rows)
            total += np.bincount(layer.books[entries], layer.values[entries] * values[sources], self._size)
        return total.astype(np.float32)

    def crowd(self, rows: Ints) -> npt.NDArray[np.bool_]:
        """Which books any of these rows leads to because readers chose both."""
        found = np.zeros(self._size, bool)
        for layer in self._layers:
            entries, _ = _entries(layer, rows)
            found[layer.books[entries][layer.community[entries] > 0]] = True
        return found

    def spread_to_twins(self, rows: Ints, values: Floats) -> Floats:
        """The same along the weights between books of almost the same content only."""
        total = np.zeros(self._size)
        for layer in self._layers:
            entries, sources = _entries(layer, rows)
            twins = layer.twins[entries] > 0
            entries, sources = entries[twins], sources[twins]
            total += np.bincount(layer.books[entries], layer.values[entries] * values[sources], self._size)
        return total.astype(np.float32)

    def paths(self, rows: Ints) -> Paths:
        """All weights that start from these rows."""
        found = [(layer, *_entries(layer, rows)) for layer in self._layers]
        return Paths(
            sources=np.concatenate([sources for _, _, sources in found]).astype(np.int32),
            books=np.concatenate([layer.books[entries] for layer, entries, _ in found]),
            values=np.concatenate([layer.values[entries] for layer, entries, _ in found]),
            community=np.concatenate([layer.community[entries] / np.float32(_FULL) for layer, entries, _ in found]),
        )


def _plain(layer: Weights) -> Weights:
    """The same arrays, mapped or not, without the bookkeeping that numpy's memmap adds to every slice."""
    return Weights(**{field.name: np.asarray(getattr(layer, field.name)) for field in fields(layer)})


def _entries(layer: Weights, rows: Ints) -> tuple[Ints, Ints]:
    """Where the entries of some rows stand, and to which of the rows each belongs."""
    starts = layer.starts[rows]
    lengths = layer.starts[rows + 1] - starts
    sources = np.repeat(np.arange(len(rows), dtype=np.int32), lengths)
    ends = np.cumsum(lengths)
    return np.arange(len(sources), dtype=np.int32) + np.repeat(starts - ends + lengths, lengths), sources


def lay_over(model: Model, rows: Mapping[str, int], content: sp.csr_matrix) -> Web:
    """The web of the catalogue whose books have these rows, and this matrix of content."""
    size = len(rows)
    places = np.array([rows.get(book_id, -1) for book_id in model.book_ids], np.int64)
    kept = _kept(model.weights, places, size)
    missing = sorted(set(range(size)) - set(places.tolist()))
    support = np.zeros(size, np.float32)
    support[places[places >= 0]] = model.weights.support[places >= 0]
    return Web([kept, _folded_in(missing, support, content)] if missing else [kept], support)


def _kept(weights: Weights, places: Ints, size: int) -> Weights:
    """The trained weights in the catalogue's order; the mapped arrays themselves while no book has gone."""
    if len(places) == size and np.array_equal(places, np.arange(len(places))):
        return weights
    rows = np.repeat(places, np.diff(weights.starts))
    books = places[weights.books]
    there = np.flatnonzero((rows >= 0) & (books >= 0))
    return _by_row(rows[there], books[there], weights.values[there], weights.community[there], weights.twins[there], size)


def _folded_in(missing: Iterable[int], support: Floats, content: sp.csr_matrix) -> Weights:
    """Weights from and to books that the training did not see: the same regression, with what is known of their content."""
    links: list[tuple[Ints, int, Floats, Floats]] = []
    by_term = content.T.tocsr()
    for row in missing:
        likeness = np.float32(TERM_VOTES) * (content[row] @ by_term).toarray().ravel()
        likeness[row] = 0
        near = np.argsort(-likeness / np.sqrt(TERM_VOTES + support), kind="stable")[: min(NEIGHBOURS, len(likeness) - 1)]
        near = near[likeness[near] > 0]
        if len(near):
            system = np.float32(TERM_VOTES) * (content[near] @ content[near].T).toarray()
            system[np.diag_indices(len(near))] += support[near] + RIDGE + RIDGE_OF_SUPPORT * (TERM_VOTES + support[near])
            weights = np.linalg.solve(system, likeness[near])
            twins = likeness[near] >= TERM_VOTES * TWINS
            links.append((near, row, np.where(twins, np.maximum(weights, 0), weights), twins))
    near = np.concatenate([np.empty(0, np.int64), *(rows for rows, *_ in links)])
    new = np.concatenate([np.empty(0, np.int64), *(np.full(len(rows), row) for rows, row, *_ in links)])
    values = np.concatenate([np.empty(0, np.float32), *(weights for _, _, weights, _ in links)])
    twins = np.concatenate([np.empty(0, np.uint8), *(flags.astype(np.uint8) for *_, flags in links)])
    rows, books = np.concatenate([near, new]), np.concatenate([new, near])
    nobody = np.zeros(len(rows), np.uint8)
    return _by_row(rows, books, np.concatenate([values, values]), nobody, np.concatenate([twins, twins]), len(support))


def _by_row(
    rows: Ints, books: Ints, values: Floats, community: npt.NDArray[np.uint8], twins: npt.NDArray[np.uint8], size: int
) -> Weights:
    order = np.argsort(rows, kind="stable")
    return Weights(
        starts=np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=size))]).astype(np.int32),
        books=books[order].astype(np.int32),
        values=values[order],
        community=community[order],
        twins=twins[order],
        support=np.zeros(size, np.float32),
    )
