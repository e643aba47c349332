"""The task that finds, in each part of a text, the sentences that a summary may be chosen from."""

from collections.abc import Sequence

import numpy as np

from luminalib.adapters.llm.extractive.choosing import fitness, richness
from luminalib.adapters.llm.extractive.introducing import introduction, leaning_in, opening_pair
from luminalib.adapters.llm.extractive.names import Name, main_persons, names_in
from luminalib.adapters.llm.extractive.reading import Reading, read
from luminalib.adapters.llm.extractive.topics import Topic, topics_in
from luminalib.adapters.llm.extractive.words import terms_of, words_of
from luminalib.ports.children import Progress

_LEADING_TOPICS = 3
_NAMING, _LEANING = 3.0, 0.3
_INTRODUCING = 2


def candidates(
    *, title: str, language: str | None, text: str, parts: int, count: int, longest: int, progress: Progress
) -> list[list[str]]:
    """Up to `count` sentences that introduce the persons of a story, and as many of each of so many equal parts of a text.

    An opening of two sentences that presents the main person is one, and stands for the first part, too.
    All are its own and shorter than `longest`; none stands twice. The best of each part comes first, as a small model that is to
    choose takes the first more often than not. Before others go those that name whom or what the text is about; where the first
    part has any, there are no others.
    """
    reading = read(title, (), language, [text])
    names = names_in(reading)
    topics = topics_in(reading, names)
    leaning = leaning_in(reading, names)
    naming = _naming(reading, topics, names)
    value = np.array(fitness(reading, topics)) * richness(reading, topics)
    for at, sentence in enumerate(reading.sentences):
        is_out = len(sentence.text) >= longest
        value[at] *= 0.0 if is_out else (_LEANING if leaning[at] else 1.0) * (_NAMING if at in naming else 1.0)
    introducing = introduction(reading, names, leaning, _INTRODUCING) if reading.is_story else []
    who = [at for at in introducing if len(reading.sentences[at].text) < longest][:count]
    value[who] = 0.0
    found = [_best(value, _within(reading, part, parts), count) for part in range(parts)]
    found[0] = [at for at in found[0] if at in naming] or found[0]
    told = [[reading.sentences[at].text for at in part] for part in (who, *found)]
    opening = " ".join(reading.sentences[at].text for at in opening_pair(reading, names, leaning)) if reading.is_story else ""
    if 0 < len(opening) < longest:
        told[:2] = [[opening], []]
    progress(1.0)
    return told


def _naming(reading: Reading, topics: Sequence[Topic], names: Sequence[Name]) -> set[int]:
    """The sentences that name a main person of a story, a word of the title, or what a text that tells none speaks of most."""
    titled = set(terms_of(words_of(reading.title), reading.empty))
    people = {at for person in main_persons(names) for at in person.sentences} if reading.is_story else set()
    spoken_of = set() if people else {place for topic in topics[:_LEADING_TOPICS] for place in topic.positions}
    return people | {
        at
        for at, sentence in enumerate(reading.sentences)
        if titled.intersection(reading.terms[at]) or sentence.position in spoken_of
    }


def _within(reading: Reading, part: int, parts: int) -> list[int]:
    return [at for at, sentence in enumerate(reading.sentences) if min(parts - 1, int(sentence.position * parts)) == part]


def _best(value: np.ndarray[tuple[int, ...], np.dtype[np.float64]], places: Sequence[int], count: int) -> list[int]:
    fit = [at for at in places if value[at] > 0]
    return sorted(fit, key=lambda at: -value[at])[:count]
