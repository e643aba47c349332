"""Facts that a reader can use, in the book's language: how long it takes, who is in it, where and when, how it is told."""

import re
from collections import Counter
from collections.abc import Sequence

from luminalib.adapters.llm.extractive.insight_words import READING_TIME, WORDS, Words
from luminalib.adapters.llm.extractive.names import Name, main_persons
from luminalib.adapters.llm.extractive.reading import Reading
from luminalib.adapters.llm.extractive.topics import Topic
from luminalib.adapters.llm.extractive.words import normal

MOST = 5
WORDS_PER_MINUTE = 240
"""Silent reading of adults: 238 for non-fiction, 260 for fiction (Brysbaert 2019)."""
_HOUR, _LONG = 60, 240
_MOST_PLACES, _LEAST_MENTIONS, _RARELY = 3, 2, 0.02
_LEAST_SENTENCES = 10
_LONG_WORD = 6
_LIX = (32, 44, 54)
_MUCH_DIALOGUE = 0.25
_FIRST_PERSON, _HARDLY = 0.2, 0.08
_YEAR = re.compile(r"(?<![\d.,/-])(1[0-9]\d\d|20[0-4]\d)(?![\d/]|[.,-]\d)")
_LEAST_YEARS = 2
_LONGEST_SPAN = 60
_MENTIONS = 4
_CONSIDERED = 120


def insights(reading: Reading, topics: Sequence[Topic], names: Sequence[Name]) -> list[str]:
    """Up to five, fewer for a page; only the reading time in a language that few words of are known, none in any other."""
    told = [_reading_time(reading)]
    if words := WORDS.get(reading.language or ""):
        told += [
            _people(names, words) if reading.is_story else "",
            _setting(reading, names, words) if reading.is_story else "",
            _told_how(reading, words) if reading.is_story else "",
            _ease(reading, words),
            _course(topics, words),
        ]
    return [insight for insight in told if insight][:MOST]


def _reading_time(reading: Reading) -> str:
    words = READING_TIME.get(reading.language or "")
    if words is None:
        return ""
    minutes = max(1, round(reading.length / WORDS_PER_MINUTE))
    hours = max(2, round(minutes / 30)) / 2 if minutes < _LONG else round(minutes / _HOUR)
    few, one, several = words
    if minutes < _HOUR:
        return few.format(minutes)
    mark = "." if reading.language in {"en", "ja", "zh", "ko", "hi"} else ","
    return (one if hours == 1 else several).format(f"{hours:g}".replace(".", mark))


def _people(names: Sequence[Name], words: Words) -> str:
    people = main_persons(names)
    return words.people.format(", ".join(person.form for person in people)) if people else ""


def _setting(reading: Reading, names: Sequence[Name], words: Words) -> str:
    """The places that most sentences go to or are in, and the years that are named more than once."""
    least = max(_LEAST_MENTIONS, _RARELY * len(names[0].positions)) if names else 0
    places = [name for name in names if name.is_place and len(name.positions) >= least][:_MOST_PLACES]
    told = [words.places.format(", ".join(place.form for place in places))] if places else []
    if span := _years(reading):
        told.append(words.years.format(span))
    return " ".join(told)


def _years(reading: Reading) -> str:
    counts = Counter(int(year) for sentence in reading.sentences for year in _YEAR.findall(sentence.text))
    found = sorted(counts.elements())
    if len(found) < _LEAST_YEARS:
        return ""
    first, last = found[len(found) // 10], found[-1 - len(found) // 10]
    if last - first > _LONGEST_SPAN:
        return ""
    return str(first) if first == last else f"{first}–{last}"  # noqa: RUF001 -- the dash of a range


def _told_how(reading: Reading, words: Words) -> str:
    """In which person, outside of what is spoken, and whether there is much of that."""
    narrated = [
        words_of
        for sentence, words_of, spoken in zip(reading.sentences, reading.words, reading.spoken, strict=True)
        if not spoken and words_of and sentence.text
    ]
    if len(narrated) < _LEAST_SENTENCES:
        return ""
    own = sum(not reading.lexicon.narrating.isdisjoint(map(normal, said)) for said in narrated) / len(narrated)
    if _HARDLY <= own < _FIRST_PERSON:
        return ""
    told = words.first_person if own >= _FIRST_PERSON else words.third_person
    return words.with_dialogue.format(told) if reading.dialogue > _MUCH_DIALOGUE else f"{told}."


def _ease(reading: Reading, words: Words) -> str:
    """By LIX: words per sentence and the share of words of more than six letters (C.-H. Björnsson, Läsbarhet, 1968).

    It counts no syllables, so it holds for any alphabet; the steps are between his "easy", "medium" and "difficult".
    """
    told = [said for said, is_prose in zip(reading.words, reading.prose, strict=True) if is_prose]
    count = sum(map(len, told))
    if len(told) < _LEAST_SENTENCES:
        return ""
    lix = count / len(told) + 100 * sum(len(word) > _LONG_WORD for said in told for word in said) / count
    return words.ease[sum(lix >= step for step in _LIX)]


def _course(topics: Sequence[Topic], words: Words) -> str:
    """What the beginning, the middle and the end speak of more than the rest does."""
    thirds = [_typical(topics, third) for third in range(3)]
    return words.course.format(*(", ".join(forms) for forms in thirds)) if all(thirds) else ""


def _typical(topics: Sequence[Topic], third: int) -> list[str]:
    def lift(topic: Topic) -> float:
        inside = sum(int(min(position, 0.999) * 3) == third for position in topic.positions)
        share = inside / len(topic.positions)
        return inside * (share - 1 / 3) if share > 1 / 2 and inside >= _MENTIONS else 0.0

    best = sorted((topic for topic in topics[:_CONSIDERED] if lift(topic) > 0), key=lambda topic: (-lift(topic), topic.form))
    return [topic.form for topic in best[:3]]
