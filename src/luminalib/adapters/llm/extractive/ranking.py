"""Which sentences say most of what the book says: LexRank for centrality, MMR for variety, one per part for coverage.

Sources: G. Erkan and D. Radev, "LexRank: Graph-based Lexical Centrality as Salience in Text Summarization", JAIR 22 (2004),
in the continuous, biased form of J. Otterbacher, G. Erkan and D. Radev (2005); D. Radev et al., "Centroid-based summarization
of multiple documents" (2004), for the shortlist; J. Carbonell and J. Goldstein, "The use of MMR, diversity-based reranking",
SIGIR 1998.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Weights = dict[str, float]

SHORTLIST_PER_PART = 120
_CENTROID_TERMS = 250
_DAMPING = 0.75
_ROUNDS = 100
_SETTLED = 1e-9
ENOUGH = 3
_WEAK = 0.04
_RELEVANCE = 0.7
"""The share of relevance against novelty in MMR."""


def weights_of(terms: Sequence[Sequence[str]]) -> list[Weights]:
    """TF-IDF vectors of unit length, one per sentence; terms that occur once in the whole text are left out when it is long."""
    spread = Counter(term for sentence in terms for term in set(sentence))
    rare = 1 if len(terms) > SHORTLIST_PER_PART else 0
    idf = {term: math.log(1 + len(terms) / count) for term, count in spread.items() if count > rare}
    return [_unit({term: count * idf[term] for term, count in Counter(sentence).items() if term in idf}) for sentence in terms]


def _unit(weights: Weights) -> Weights:
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {term: weight / length for term, weight in weights.items()} if length else {}


def centroid_scores(weights: Sequence[Weights]) -> list[float]:
    """How near each sentence is to the middle of the text."""
    sums: Counter[str] = Counter()
    for sentence in weights:
        sums.update(sentence)
    middle = _unit(dict(sorted(sums.items(), key=lambda item: (-item[1], item[0]))[:_CENTROID_TERMS]))
    return [sum(weight * middle.get(term, 0.0) for term, weight in sentence.items()) for sentence in weights]


def shortlist(scores: Sequence[float], parts: Sequence[int]) -> list[int]:
    """The best candidates of each part, in reading order, so that the graph stays small for a book of any size."""
    members: dict[int, list[int]] = {}
    for at in sorted(range(len(scores)), key=lambda at: (-scores[at], at)):
        part = members.setdefault(parts[at], [])
        if scores[at] > 0 and len(part) < SHORTLIST_PER_PART:
            part.append(at)
    return sorted(at for part in members.values() for at in part)


def similarities(weights: Sequence[Weights]) -> Floats:
    """Cosine similarity of each pair of sentences."""
    columns = {term: at for at, term in enumerate(sorted({term for sentence in weights for term in sentence}))}
    matrix = np.zeros((len(weights), max(1, len(columns))))
    for row, sentence in enumerate(weights):
        for term, weight in sentence.items():
            matrix[row, columns[term]] = weight
    product: Floats = matrix @ matrix.T
    return product


def lexrank(similar: Floats, bias: Floats) -> Floats:
    """The stationary share of a walk from sentence to similar sentence that starts afresh, by `bias`, a quarter of the time."""
    start = bias / bias.sum()
    edges = similar * (1 - np.eye(len(similar)))
    sums = edges.sum(axis=1, keepdims=True)
    steps = np.where(sums > 0, edges / np.where(sums > 0, sums, 1), start)
    rank: Floats = start
    for _ in range(_ROUNDS):
        moved: Floats = (1 - _DAMPING) * start + _DAMPING * (rank @ steps)
        if np.abs(moved - rank).sum() < _SETTLED:
            return moved
        rank = moved
    return rank


def choose(scores: Floats, similar: Floats, parts: Sequence[int], count: int) -> list[int]:
    """Up to `count` sentences in reading order, by maximal marginal relevance, no two from one part while others have any.

    A part that offers nothing but weak sentences, such as a glossary, goes without when there are enough others.
    """
    chosen: list[int] = []
    relevance = scores / (scores.max() or 1.0)
    while len(chosen) < min(count, len(scores)):
        taken = {parts[at] for at in chosen}
        free = [at for at in range(len(scores)) if at not in chosen and parts[at] not in taken]
        free = free or [at for at in range(len(scores)) if at not in chosen]
        best = max(free, key=lambda at: (_marginal(at, chosen, relevance, similar), -at))
        if len(chosen) >= ENOUGH and relevance[best] < _WEAK:
            break
        chosen.append(best)
    return sorted(chosen)


def _marginal(at: int, chosen: Sequence[int], relevance: Floats, similar: Floats) -> float:
    nearest = max((float(similar[at, other]) for other in chosen), default=0.0)
    return _RELEVANCE * float(relevance[at]) - (1 - _RELEVANCE) * nearest
