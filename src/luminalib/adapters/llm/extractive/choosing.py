"""The summary of a reading: three to five of its own sentences, from all over it."""

import math
import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from luminalib.adapters.llm.extractive.quality import qualities
from luminalib.adapters.llm.extractive.ranking import (
    ENOUGH,
    Floats,
    centroid_scores,
    choose,
    lexrank,
    shortlist,
    similarities,
    weights_of,
)
from luminalib.adapters.llm.extractive.reading import Reading
from luminalib.adapters.llm.extractive.topics import Topic

MOST = 5
_SUBJECTS_PER_PART = 5
_BOOK_TOPICS = 60
_REGIONS = 20
_RICH = 2.5
"""As many topics of the whole book, or more of less common ones, make a sentence as rich as it needs to be."""
_CENTRALITY = 0.5
"""Below one, so that a sentence with the main name and little else does not win by that alone."""
_ENOUGH_FOR_FIVE = 40
_ENOUGH_FOR_FOUR = 15
_LEANING = 0.1
_OPENS_ON = re.compile(
    r"\W*(?:in (?:another|a|an) (?:moment|minute|instant)|the (?:next|same|following) (?:moment|instant)|just then|"
    r"at (?:this|that|last|once|length|which)|by (?:this|that) time|mean(?:while|time)|presently|suddenly|soon|then|now|again|"
    r"however|thus|therefore|hence|so|but|and|yet|still|or|nor|after (?:this|that|it|a)|before (?:this|that)|"
    r"he|she|it|they|his|her|its|their|him|them|(?:this|that|these|those|such) (?:is|was|are|were|had|has|did|does|would|could))\b",
    re.IGNORECASE,
)
_ENDS_ON = re.compile(r"\b(?:after|before|with|of|to|at|for|on|about|upon) (?:it|him|her|them|that|this)\W*$", re.IGNORECASE)
_TOO_SHORT = 3
"""Words; below that a line is hardly a sentence."""


def summary_sentences(reading: Reading, topics: Sequence[Topic]) -> list[int]:
    """Indices of the chosen sentences, in reading order; all there are when the text has fewer than three."""
    quality = _with_fallback(qualities(reading, subjects(reading, topics)), reading)
    fit = sum(value > 0 for value in quality)
    if fit <= ENOUGH:
        return [at for at, value in enumerate(quality) if value > 0]
    count = MOST if fit >= _ENOUGH_FOR_FIVE else MOST - 1 if fit >= _ENOUGH_FOR_FOUR else ENOUGH
    return _central(reading, topics, quality, count)


def subjects(reading: Reading, topics: Sequence[Topic]) -> list[frozenset[float]]:
    """Where each part of the text speaks of the people and themes that it has most to say about; a story is about people."""
    people = [topic for topic in topics if topic.is_name] if reading.is_story else []
    found: list[frozenset[float]] = []
    for part in range(MOST):
        inside = [frozenset(at for at in topic.positions if int(at * MOST) == part) for topic in people or topics]
        found.extend(sorted(inside, key=len, reverse=True)[:_SUBJECTS_PER_PART])
    return found


def _with_fallback(quality: list[float], reading: Reading) -> list[float]:
    """Where hardly a sentence is of good form (a poem, a slide, an unknown script), all lines with words may come in."""
    if sum(value > 0 for value in quality) >= ENOUGH:
        return quality
    shortest = min(_TOO_SHORT, max((len(words) for words in reading.words), default=0))
    return [
        value or (0.05 if words and len(words) >= shortest else 0.0) for value, words in zip(quality, reading.words, strict=True)
    ]


def _central(reading: Reading, topics: Sequence[Topic], quality: Sequence[float], count: int) -> list[int]:
    weights = weights_of(reading.terms)
    parts = [min(count - 1, int(sentence.position * count)) for sentence in reading.sentences]
    value = np.array(quality) * richness(reading, topics)
    value *= np.array(
        [_LEANING if parts[at] == 0 and _leans(sentence.text) else 1.0 for at, sentence in enumerate(reading.sentences)]
    )
    candidates = shortlist(list((0.05 + centroid_scores(weights)) ** _CENTRALITY * value), parts)
    similar = similarities(weights[candidates])
    scores = lexrank(similar, value[candidates]) ** _CENTRALITY * value[candidates]
    return [candidates[at] for at in choose(scores, similar, [parts[at] for at in candidates], count)]


def _leans(text: str) -> bool:
    """Whether a sentence in English needs the one before it, which nobody sees when it opens a summary."""
    return _OPENS_ON.match(text) is not None or _ENDS_ON.search(text) is not None


def richness(reading: Reading, topics: Sequence[Topic]) -> Floats:
    """How much of the book each sentence brings together: its frequent topics, and above all those in many of its regions.

    Centrality alone favours sentences that have just the most frequent term, and local frequency the episode over the book.
    """
    found: dict[float, float] = defaultdict(float)
    top = 1.0
    for topic in topics[:_BOOK_TOPICS]:
        mentions = set(topic.positions)
        weight = math.log1p(len(mentions)) * len({int(at * _REGIONS) for at in mentions}) / _REGIONS
        top = max(top, weight)
        for at in mentions:
            found[at] += weight
    return 0.2 + np.minimum(1.0, np.array([found[sentence.position] for sentence in reading.sentences]) / (_RICH * top))
