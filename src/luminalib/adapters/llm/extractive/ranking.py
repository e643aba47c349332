"""Which sentences say most of what the book says: LexRank for centrality, MMR for variety, one per part for coverage.

Sources: G. Erkan and D. Radev, "LexRank: Graph-based Lexical Centrality as Salience in Text Summarization", JAIR 22 (2004),
in the continuous, biased form of J. Otterbacher, G. Erkan and D. Radev (2005), which is personalised PageRank on the graph of
similar sentences; D. Radev et al., "Centroid-based summarization of multiple documents" (2004), for the shortlist;
J. Carbonell and J. Goldstein, "The use of MMR, diversity-based reranking", SIGIR 1998.
"""

from collections.abc import Sequence

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfVectorizer

Floats = NDArray[np.float64]

SHORTLIST_PER_PART = 60
_DAMPING = 0.75
ENOUGH = 3
_WEAK = 0.01
_RELEVANCE = 0.7
"""The share of relevance against novelty in MMR."""


def weights_of(terms: Sequence[Sequence[str]]) -> csr_array:
    """TF-IDF rows of unit length, one per sentence; terms of a single sentence are left out when the text is long."""
    rare = 2 if len(terms) > SHORTLIST_PER_PART else 1
    try:
        return csr_array(TfidfVectorizer(analyzer=list, min_df=rare).fit_transform(terms))
    except ValueError:  # not one term is left
        return csr_array((len(terms), 1))


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
    """The stationary share of a walk from sentence to similar sentence that starts afresh, by `bias`, a quarter of the time."""
    graph = nx.from_numpy_array(similar * (1 - np.eye(len(similar))))
    rank = nx.pagerank(graph, alpha=_DAMPING, personalization=dict(enumerate(bias)))
    return np.array([rank[at] for at in range(len(similar))])


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
