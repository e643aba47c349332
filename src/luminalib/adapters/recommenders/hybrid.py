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
_LONELY_ONWARD, _LONELY_CONTENT = 2.4, 0.1
"""What a book gets that nobody has read yet, in a library of well-read books: more of the second step, and of plain likeness."""
_TWIN = 0.15
"""What a liked book gives to its near twins beside everything else, so that what it takes away elsewhere never weighs more."""
_LEAST_TAG_SHARE = 0.2
_NOTICEABLE = 0.01
_LOOKED_AT = 3
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
    stated: Floats
    first_rows: Ints
    first_values: Floats
    trust: np.float32
    alike: Floats
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
        self._last: tuple[Reader | None, _Steps | None] = None, None
        known = TERM_VOTES + self._web.support
        trusted = self._web.support / known
        self._favour: Floats = (trusted.mean() * (1 - trusted)) ** 2 if len(books) else trusted
        self._has_lonely = bool(self._favour.max(initial=0) > _NOTICEABLE)
        # A stated tag would count for less in a book whose author and series weigh much, which says nothing about the tag.
        self._frankness: Floats = np.maximum(content.tag_shares(), np.float32(_LEAST_TAG_SHARE)) ** np.float32(-0.5)
        self._reach: Floats = 1 + np.float32(_LONELY_ONWARD) * self._favour
        self._rarity: Floats = _RARITY * np.log(known.max(initial=TERM_VOTES) / known)

    def rank(
        self, reader: Reader, limit: int, *, without: Collection[str] = (), among: Collection[str] | None = None
    ) -> list[Candidate]:
        """See Ranking."""
        steps = self._steps(reader)
        allowed = None if among is None else self._known(among)
        rows = self._relevant(steps, best(steps.scores, limit, [*steps.rows, *self._known(without)], allowed))
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
        """The steps for a reader; those of the last one are kept, as who asks for scores asks for their reasons next."""
        known, steps = self._last
        if known is not reader or steps is None:
            steps = self._take_steps(reader)
            self._last = reader, steps
        return steps

    def _take_steps(self, reader: Reader) -> _Steps:
        rows, opinions = vector(reader.opinions, self._rows)
        first = self._web.spread(rows, opinions)
        taste = self.content.taste(reader)
        stated = np.zeros(len(self._ids), np.float32)
        if taste.nnz:
            stated += (taste @ self.content.by_term).toarray().ravel() * self._frankness
            liked = _top(stated)
            stated += self._web.spread(liked, stated[liked])
            first += stated
        reached = first.copy()
        reached[rows] = 0
        middle = _top(reached)
        settled = 1 / (1 + 2.7 * math.exp((1 - float(np.abs(opinions).sum())) / 5))
        trust = np.float32(_SETTLED * settled)
        factors: Floats = np.exp(np.float32(settled**2) * self._rarity)
        alike = np.zeros(len(self._ids), np.float32)
        if self._has_lonely and len(rows):
            alike += np.float32(_LONELY_CONTENT) * self._favour * self._alike(rows, opinions)
        scores = trust * first + self._reach * self._web.spread(middle, reached[middle]) + alike
        # In the second step a book passes nothing on once it is the reader's; its near twins must not lose by that.
        lost = np.maximum(self._reach.max(initial=0) * first[rows] - trust * opinions, 0)
        scores += self._web.spread_to_twins(rows, lost + np.float32(_TWIN) * np.maximum(opinions, 0))
        scores *= factors
        return _Steps(rows, opinions, taste, stated, middle, reached[middle], trust, alike, factors, scores)

    def _relevant(self, steps: _Steps, found: Sequence[int]) -> list[int]:
        """The rows that are like the reader's books, or that readers of those, or of what they led to, have chosen."""
        near = self.content.are_near(found, self.content.of_books(steps.rows, steps.opinions) + steps.taste)
        if near.all():
            return list(found)
        chosen = self._web.crowd(steps.rows[steps.opinions > 0]) | self._web.crowd(steps.first_rows)
        return [row for row, fits in zip(found, near, strict=True) if fits or chosen[row]]

    def _alike(self, rows: Ints, opinions: Floats) -> Floats:
        """The cosine of each book and the sum of the reader's."""
        weights = np.zeros(len(self._ids), np.float32)
        weights[rows] = opinions
        profile = self.content.by_term @ weights
        length = math.sqrt(float(np.square(profile).sum())) or 1.0
        cosine: Floats = self.content.matrix @ profile / np.float32(length)
        return cosine

    def _explained(self, steps: _Steps, book_id: str, direct: Paths, onward: Paths) -> Candidate:
        row = self._rows[book_id]
        terms = self.content.terms(row)
        here = np.flatnonzero(direct.books == row)
        sources = direct.sources[here]
        rarity = steps.factors[row]
        trust = steps.trust * rarity
        amounts = trust * steps.opinions[sources] * direct.values[here]
        community = amounts * direct.community[here]
        there = np.flatnonzero(onward.books == row)
        passed = rarity * self._reach[row] * steps.first_values[onward.sources[there]] * onward.values[there]
        told = float(trust * self._frankness[row])
        stated = {term: told * amount for term, amount in self.content.stated(steps.taste, terms).items()}
        parts = {
            "community": float(community.sum()),
            "content": float((amounts - community).sum() + rarity * steps.alike[row]),
            "taste": float(trust * steps.stated[row]),
        }
        parts["onward"] = float(steps.scores[row]) - sum(parts.values())
        whole = np.zeros(len(steps.rows), np.float32)
        whole[sources] += amounts
        whole += self._passed_on(steps, direct, onward, there, passed)
        return Candidate(
            book_id=book_id,
            score=float(steps.scores[row]),
            parts=parts,
            reasons=reasons_of(
                self.books[book_id],
                self._shares(steps, terms, whole, dict(zip(sources.tolist(), community.tolist(), strict=True))),
                stated,
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

    def _shares(self, steps: _Steps, terms: Mapping[int, float], whole: Floats, community: Mapping[int, float]) -> list[Share]:
        """The books that give most, with their terms' part of what content gives."""
        shares = []
        for source in np.argsort(-whole, kind="stable")[:_LOOKED_AT].tolist():
            if whole[source] > 0 and steps.opinions[source] > 0:  # what is disliked may speak for a book, but is no reason to show
                crowd = community.get(source, 0.0)
                shared = self.content.shared(int(steps.rows[source]), terms)
                scale = max(0.0, float(whole[source]) - crowd) / (sum(shared.values()) or 1.0)
                given = {term: amount * scale for term, amount in shared.items()}
                shares.append(Share(self._ids[steps.rows[source]], float(whole[source]), crowd, given))
        return shares


def _top(values: Floats) -> Ints:
    """The rows of the highest values above 0, in their order in the catalogue."""
    positive = np.flatnonzero(values > 0)
    if len(positive) > _HOPS:
        positive = np.sort(positive[np.argpartition(-values[positive], _HOPS)[:_HOPS]])
    return positive.astype(np.int32)
