"""The summary of a reading: three to five of its own sentences, from all over it."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from luminalib.adapters.llm.extractive.names import Name
from luminalib.adapters.llm.extractive.quality import qualities
from luminalib.adapters.llm.extractive.ranking import ENOUGH, centroid_scores, choose, lexrank, shortlist, similarities, weights_of
from luminalib.adapters.llm.extractive.reading import Reading

MOST = 5
_MAIN_NAMES = 8
_RICH = 3.5
"""As many of the most frequent terms, or more of less frequent ones, make a sentence as rich as it needs to be."""
_ENOUGH_FOR_FIVE = 40
_ENOUGH_FOR_FOUR = 15
_TOO_SHORT = 3
"""Words; below that a line is hardly a sentence."""


def summary_sentences(reading: Reading, names: Sequence[Name]) -> list[int]:
    """Indices of the chosen sentences, in reading order; all there are when the text has fewer than three."""
    quality = _with_fallback(qualities(reading, [name.sentences for name in names[:_MAIN_NAMES]]), reading)
    fit = sum(value > 0 for value in quality)
    if fit <= ENOUGH:
        return [at for at, value in enumerate(quality) if value > 0]
    count = MOST if fit >= _ENOUGH_FOR_FIVE else MOST - 1 if fit >= _ENOUGH_FOR_FOUR else ENOUGH
    return _central(reading, quality, count)


def _with_fallback(quality: list[float], reading: Reading) -> list[float]:
    """Where hardly a sentence is of good form (a poem, a slide, an unknown script), all lines with words may come in."""
    if sum(value > 0 for value in quality) >= ENOUGH:
        return quality
    shortest = min(_TOO_SHORT, max((len(words) for words in reading.words), default=0))
    return [
        value or (0.05 if words and len(words) >= shortest else 0.0) for value, words in zip(quality, reading.words, strict=True)
    ]


def _central(reading: Reading, quality: Sequence[float], count: int) -> list[int]:
    weights = weights_of(reading.terms)
    parts = [min(count - 1, int(sentence.position * count)) for sentence in reading.sentences]
    richness = _richness(reading)
    rated = zip(centroid_scores(weights), quality, richness, strict=True)
    candidates = shortlist([(0.05 + near) * value * rich for near, value, rich in rated], parts)
    similar = similarities(weights[candidates])
    value = np.array([quality[at] * richness[at] for at in candidates])
    scores = lexrank(similar, value) * value
    return [candidates[at] for at in choose(scores, similar, [parts[at] for at in candidates], count)]


def _richness(reading: Reading) -> list[float]:
    """How many of the book's frequent terms a sentence brings together: centrality alone favours sentences that have just one."""
    counts = Counter(term for terms in reading.terms for term in terms)
    top = math.log1p(max(counts.values(), default=1))
    return [0.2 + min(1.0, sum(math.log(counts[term]) for term in set(terms)) / (_RICH * top)) for terms in reading.terms]
