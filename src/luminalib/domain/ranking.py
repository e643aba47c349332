"""One ranking out of several lists."""

from collections.abc import Sequence
from dataclasses import dataclass

from luminalib.domain.passages import Hit

DEPTH = 50
"""So many of each list count."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RankedList:
    """What one way of searching has found, the best first; `name` is what people are told of it."""

    name: str
    hits: Sequence[Hit]
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranked:
    """A passage with its place in the whole: `score` is 0.0 to 1.0, `why` names the lists that found it."""

    passage_id: str
    score: float
    why: tuple[str, ...]
    coverage: float


def fuse(lists: Sequence[RankedList]) -> list[Ranked]:
    """All passages by the sum of their scores in the lists, each list's brought to 0.0 to 1.0 by its own best and worst.

    A passage that a list has not found counts 0 there. Sums keep how far apart the scores of a list are, which reciprocal ranks
    throw away.
    """
    sums: dict[str, float] = {}
    why: dict[str, list[str]] = {}
    coverage: dict[str, float] = {}
    for one in lists:
        for passage_id, score in _normalised(one.hits[:DEPTH]).items():
            sums[passage_id] = sums.get(passage_id, 0.0) + one.weight * score
            names = why.setdefault(passage_id, [])
            names += [one.name] if one.name not in names else []
        for hit in one.hits[:DEPTH]:
            coverage[hit.passage_id] = max(coverage.get(hit.passage_id, 0.0), hit.coverage)
    most = sum(one.weight for one in lists if one.hits) or 1.0
    ranked = [
        Ranked(passage_id=found, score=total / most, why=tuple(why[found]), coverage=coverage[found])
        for found, total in sums.items()
    ]
    return sorted(ranked, key=lambda one: (-one.score, one.passage_id))


def _normalised(hits: Sequence[Hit]) -> dict[str, float]:
    if not hits:
        return {}
    scores = [hit.score for hit in hits]
    best, worst = max(scores), min(scores)
    spread = best - worst
    return {hit.passage_id: (hit.score - worst) / spread if spread > 0 else 1.0 for hit in hits}
