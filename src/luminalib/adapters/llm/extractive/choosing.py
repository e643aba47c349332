"""The summary of a reading: three to five of its own sentences, from all over it."""

import math
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from luminalib.adapters.llm.extractive.introducing import (
    LATE,
    definition,
    first_of_all,
    introduction,
    leaning_in,
    opening_pair,
    outcome,
    says_what,
)
from luminalib.adapters.llm.extractive.names import Name, main_persons
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
_LEANING, _UNFIT = 0.1, 1e-6
_LEADING = 1.5
_TOO_SHORT = 3
"""Words; below that a line is hardly a sentence."""


def summary_sentences(reading: Reading, topics: Sequence[Topic], names: Sequence[Name]) -> list[int]:
    """Indices of the chosen sentences, in reading order; all there are when the text has fewer than three.

    A story's summary opens with the sentences that introduce its persons, and has one from the last tenth; what opens a summary
    does not lean on a sentence before it, where there is another.
    """
    quality = fitness(reading, topics)
    fit = sum(value > 0 for value in quality)
    if fit <= ENOUGH:
        return [at for at, value in enumerate(quality) if value > 0]
    count = MOST if fit >= _ENOUGH_FOR_FIVE else MOST - 1 if fit >= _ENOUGH_FOR_FOUR else ENOUGH
    return _central(reading, topics, names, quality, count)


def fitness(reading: Reading, topics: Sequence[Topic]) -> list[float]:
    """How fit each sentence is to stand by itself; 0.0 for what is not to be chosen."""
    return _with_fallback(qualities(reading, subjects(reading, topics)), reading)


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


def _central(reading: Reading, topics: Sequence[Topic], names: Sequence[Name], quality: Sequence[float], count: int) -> list[int]:
    leaning = leaning_in(reading, names)
    pair = opening_pair(reading, names, leaning) if reading.is_story else []
    first = introduction(reading, names, leaning, max(1, count - ENOUGH) + bool(pair)) if reading.is_story else []
    if reading.is_story and not first and not main_persons(names):
        first = first_of_all(reading, leaning)
    rich = richness(reading, topics)
    last = outcome(reading, names, leaning, rich) if reading.is_story else []
    count += (bool(pair) and first[:2] == pair) + (len(last) > 1)  # two that belong together count as one
    parts = _parts(reading, first, count)
    value = np.array(quality) * rich * _fitting(reading, topics, leaning, parts)
    weights = weights_of(reading.terms)
    ranked = shortlist(list((0.05 + centroid_scores(weights)) ** _CENTRALITY * value), parts)
    defining = [] if reading.is_story else definition(reading, leaning, topics[0].stems if topics else ())
    candidates = sorted({*ranked, *first, *last, *defining})
    similar = similarities(weights[candidates])
    scores = lexrank(similar, value[candidates]) ** _CENTRALITY * value[candidates]
    places = {at: index for index, at in enumerate(candidates)}
    fixed = [places[at] for at in dict.fromkeys([*first, *last])]
    in_parts = [parts[at] for at in candidates]
    chosen = choose(scores, similar, in_parts, count, fixed)
    if defining and not says_what(reading, candidates[chosen[0]]):
        chosen = choose(scores, similar, in_parts, count, [places[at] for at in defining])
    return [candidates[at] for at in chosen]


def _fitting(reading: Reading, topics: Sequence[Topic], leaning: Sequence[bool], parts: Sequence[int]) -> Floats:
    """More for a sentence of a story's leading topic, less for one that leans, and nothing where it would open the summary."""
    led = frozenset(topics[0].positions) if topics and reading.is_story else frozenset()
    found = np.array([_LEADING if sentence.position in led else 1.0 for sentence in reading.sentences])
    opening = np.array(leaning) & (np.array(parts) == min(parts))
    fitting: Floats = np.where(opening, _UNFIT, np.where(leaning, _LEANING, 1.0)) * found
    return fitting


def _parts(reading: Reading, first: Sequence[int], count: int) -> list[int]:
    """The part of the text that each sentence stands in: as many as sentences are wanted, equally long.

    In a story what stands before the end of the introduction belongs to it, the last tenth is one, and the others share the rest.
    """
    places = [sentence.position for sentence in reading.sentences]
    if not reading.is_story:
        return [min(count - 1, int(place * count)) for place in places]
    start = max((places[at] for at in first), default=0.0)
    inner = max(1, count - 1 - len(first))
    width = (LATE - start) / inner
    return [
        count if place >= LATE else -1 if first and at <= first[-1] else min(inner - 1, int((place - start) / width))
        for at, place in enumerate(places)
    ]


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
