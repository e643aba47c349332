"""Which sentences say most of what the book says: LexRank for centrality, MMR for variety, one per part for coverage.

Sources: G. Erkan and D. Radev, "LexRank: Graph-based Lexical Centrality as Salience in Text Summarization", JAIR 22 (2004),
in the continuous, biased form of J. Otterbacher, G. Erkan and D. Radev (2005), which is personalised PageRank on the graph of
similar sentences; D. Radev et al., "Centroid-based summarization of multiple documents" (2004), for the shortlist;
J. Carbonell and J. Goldstein, "The use of MMR, diversity-based reranking", SIGIR 1998.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float64]

SHORTLIST_PER_PART = 60
_DAMPING = 0.75
_STEPS, _SETTLED = 100, 1e-9
ENOUGH = 3
_WEAK = 0.01
_RELEVANCE = 0.7
"""The share of relevance against novelty in MMR."""


def weights_of(terms: Sequence[Sequence[str]]) -> csr_array:
    """TF-IDF rows of unit length, one per sentence; terms of a single sentence are left out when the text is long.

    As scikit-learn's `TfidfVectorizer` makes them; to import that was more than half of a child's start, and of its memory.
    """
    rare = 2 if len(terms) > SHORTLIST_PER_PART else 1
    found = Counter(term for row in terms for term in set(row))
    columns = {term: at for at, term in enumerate(sorted(term for term, rows in found.items() if rows >= rare))}
    if not columns:
        return csr_array((len(terms), 1))
    rarity = np.array([math.log((1 + len(terms)) / (1 + found[term])) + 1 for term in columns])
    rows = [sorted(Counter(columns[term] for term in row if term in columns).items()) for row in terms]
    widths = [len(row) for row in rows]
    indices = np.array([at for row in rows for at, _ in row], dtype=np.int32)
    counts = np.array([count for row in rows for _, count in row], dtype=np.float64)
    weights = csr_array((counts * rarity[indices], indices, np.cumsum([0, *widths])), shape=(len(terms), len(columns)))
    lengths = np.sqrt(weights.power(2).sum(axis=1))
    weights.data /= np.repeat(lengths, widths)
    return weights


def centroid_scores(weights: csr_array) -> Floats:
    """How near each sentence is to the middle of the text."""
    scores: Floats = weights @ weights.mean(axis=0)
    return scores / (scores.max() or 1.0)


def shortlist(scores: Sequence[float], parts: Sequence[int]) -> list[int]:
    """The best candidates of each part, in reading order, so that the graph stays small for a book of any size."""
    members: dict[int, list[int]] = {}
    for at in sorted(range(len(scores)), key=lambda at: (-scores[at], at)):
        part = members.setdefault(parts[at], [])
        if scores[at] > 0 and len(part) < SHORTLIST_PER_PART:
            part.append(at)
    return sorted(at for part in members.values() for at in part)


def similarities(weights: csr_array) -> Floats:
    """Cosine similarity of each pair of sentences."""
    product: Floats = (weights @ weights.T).toarray()
    return product


def lexrank(similar: Floats, bias: Floats) -> Floats:
    """The stationary share of a walk from sentence to similar sentence that starts afresh, by `bias`, a quarter of the time.

    As networkx's `pagerank` finds it, by power iteration; its graph of objects took up to eighty times as long to make and walk.
    """
    links = similar * (1 - np.eye(len(similar)))
    strength = links.sum(axis=1)
    alone = strength == 0
    links /= np.where(alone, 1, strength)[:, np.newaxis]
    start = bias if bias.any() else np.ones(len(bias))
    afresh: Floats = start / start.sum()
    rank = afresh
    for _ in range(_STEPS):
        before, rank = rank, _DAMPING * (rank @ links + rank[alone].sum() * afresh) + (1 - _DAMPING) * afresh
        if np.abs(rank - before).sum() < _SETTLED * len(rank):
            break
    return rank


def choose(scores: Floats, similar: Floats, parts: Sequence[int], count: int, fixed: Sequence[int] = ()) -> list[int]:
    """Up to `count` sentences in reading order, by maximal marginal relevance, no two from one part while others have any.

    Those that are `fixed` are among them.

    A part that offers nothing but weak sentences, such as a glossary, goes without when there are enough others.
    """
    chosen = list(fixed)
    relevance = scores / (np.delete(scores, chosen).max(initial=0.0) or 1.0)
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
