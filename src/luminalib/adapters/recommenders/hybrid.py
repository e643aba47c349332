"""Recommendations from content and community in one model."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from luminalib.adapters.recommenders.content import Content, Floats, Ints, best, positions, vector
from luminalib.adapters.recommenders.gram import TERM_VOTES
from luminalib.adapters.recommenders.model import Model
from luminalib.adapters.recommenders.reasons import Share, reasons_of
from luminalib.adapters.recommenders.spreading import Paths, lay_over
from luminalib.domain.recommendations import BookProfile, Candidate, Reader
from luminalib.ports.recommender import Ranking

_HOPS = 300
"""How many of the best books of the first step speak for others in the second."""
_LONELY = 2.0
"""How much more the second step counts for a book that nobody has read, to a reader of books that many have read."""
_LOOKED_AT = 5
"""How many books and paths are looked at for reasons."""
_RARITY = 0.35
"""With a long history scores are divided by this power of a book's support: the best known do not crowd out the others."""
_SETTLED = 1.67
"""What the first step counts for a reader with a long history, beside the second; less the shorter the history."""


@dataclass(frozen=True, slots=True)
class _Steps:
    """How a reader's scores come about: what they have, what they state, and the books that the first step led to."""

    rows: Ints
    opinions: Floats
    taste: sp.csr_matrix
    first_rows: Ints
    first_values: Floats
    trust: float
    reach: Floats
    factors: Floats
    scores: Floats


class HybridRanking(Ranking):
    """The reader's books and stated tastes spread over the web twice: to books that they speak for, and on from the best of those.

    The second step finds what lies near although nobody has read both; it matters most for new books and short histories.
    """

    name = "hybrid"

    def __init__(self, books: Sequence[BookProfile], model: Model, version: int | None, content: Content) -> None:
        self.version = version
        self.books = {book.id: book for book in books}
        self.content = content
        self._ids = [book.id for book in books]
        self._rows = positions(books)
        self._web = lay_over(model, self._rows, content.matrix)
        known = TERM_VOTES + self._web.support
        self._trusted: Floats = self._web.support / known
        self._rarity: Floats = _RARITY * np.log(known.max(initial=TERM_VOTES) / known)

    def rank(
        self, reader: Reader, limit: int, *, without: Collection[str] = (), among: Collection[str] | None = None
    ) -> list[Candidate]:
        """See Ranking."""
        steps = self._steps(reader)
        allowed = None if among is None else self._known(among)
        rows = best(steps.scores, limit, [*steps.rows, *self._known(without)], allowed)
        return [Candidate(book_id=self._ids[row], score=float(steps.scores[row])) for row in rows]

    def explain(self, reader: Reader, book_ids: Sequence[str]) -> dict[str, Candidate]:
        """See Ranking."""
        steps = self._steps(reader)
        direct = self._web.paths(steps.rows)
        onward = self._web.paths(steps.first_rows)
        return {book_id: self._explained(steps, book_id, direct, onward) for book_id in book_ids if book_id in self._rows}

    def similar(self, book_id: str, limit: int) -> list[Candidate]:
        """See Ranking."""
        return self.rank(Reader(opinions={book_id: 1.0}), limit)

    def _known(self, book_ids: Iterable[str]) -> list[int]:
        return [self._rows[book_id] for book_id in book_ids if book_id in self._rows]

    def _steps(self, reader: Reader) -> _Steps:
        rows, opinions = vector(reader.opinions, self._rows)
        first = self._web.spread(rows, opinions)
        taste = self.content.taste(reader)
        if taste.nnz:
            stated: Floats = (taste @ self.content.by_term).toarray().ravel()
            liked = _top(stated)
            first += stated + self._web.spread(liked, stated[liked])
        reached = first.copy()
        reached[rows] = 0
        middle = _top(reached)
        settled = 1 / (1 + 2.7 * math.exp((1 - float(np.abs(opinions).sum())) / 5))
        factors: Floats = np.exp(np.float32(settled**2) * self._rarity)
        known = float(np.abs(opinions) @ self._trusted[rows] / max(1e-9, float(np.abs(opinions).sum())))
        reach = 1 + np.float32(_LONELY * known) * (1 - self._trusted)
        scores = (np.float32(_SETTLED * settled) * first + reach * self._web.spread(middle, reached[middle])) * factors
        return _Steps(rows, opinions, taste, middle, reached[middle], _SETTLED * settled, reach, factors, scores)

    def _explained(self, steps: _Steps, book_id: str, direct: Paths, onward: Paths) -> Candidate:
        row = self._rows[book_id]
        here = np.flatnonzero(direct.books == row)
        sources = direct.sources[here]
        rarity = steps.factors[row]
        trust = np.float32(steps.trust) * rarity
        amounts = trust * steps.opinions[sources] * direct.values[here]
        community = amounts * direct.community[here]
        there = np.flatnonzero(onward.books == row)
        passed = rarity * steps.reach[row] * steps.first_values[onward.sources[there]] * onward.values[there]
        stated = {term: float(trust) * amount for term, amount in self.content.stated(steps.taste, row).items()}
        parts = {
            "community": float(community.sum()),
            "content": float((amounts - community).sum()),
            "taste": float(steps.scores[row] - amounts.sum() - passed.sum()),
            "onward": float(passed.sum()),
        }
        whole = np.zeros(len(steps.rows), np.float32)
        whole[sources] += amounts
        whole += self._passed_on(steps, direct, onward, there, passed)
        return Candidate(
            book_id=book_id,
            score=float(steps.scores[row]),
            parts=parts,
            reasons=reasons_of(
                self.books[book_id], self._shares(steps, row, whole, dict(zip(sources, community, strict=True))), stated
            ),
        )

    def _passed_on(self, steps: _Steps, direct: Paths, onward: Paths, there: Ints, passed: Floats) -> Floats:
        """What each of the reader's books gives by way of the books in the middle, of which the strongest few are looked at."""
        given = np.zeros(len(steps.rows), np.float32)
        for at in np.argsort(-passed, kind="stable")[:_LOOKED_AT]:
            source = onward.sources[there[at]]
            middle = np.flatnonzero(direct.books == steps.first_rows[source])
            sources = direct.sources[middle]
            share = passed[at] / steps.first_values[source]
            given[sources] += steps.opinions[sources] * direct.values[middle] * share
        return given

    def _shares(self, steps: _Steps, row: int, whole: Floats, community: Mapping[int, float]) -> list[Share]:
        """The books that give most, with their terms' part of what content gives."""
        shares = []
        for source in np.argsort(-whole, kind="stable")[:_LOOKED_AT]:
            if whole[source] > 0:
                crowd = float(community.get(source, 0.0))
                shared = self.content.shared(int(steps.rows[source]), row)
                scale = max(0.0, float(whole[source]) - crowd) / (sum(shared.values()) or 1.0)
                terms = {term: amount * scale for term, amount in shared.items()}
                shares.append(Share(self._ids[steps.rows[source]], float(whole[source]), crowd, terms))
        return shares


def _top(values: Floats) -> Ints:
    """The rows of the highest values above 0, in their order in the catalogue."""
    positive = np.flatnonzero(values > 0)
    if len(positive) > _HOPS:
        positive = np.sort(positive[np.argpartition(-values[positive], _HOPS)[:_HOPS]])
    return positive.astype(np.int32)
