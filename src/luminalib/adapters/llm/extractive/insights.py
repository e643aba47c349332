"""Facts about a book that only somebody who has read all of it could state; each is counted, none is worded beforehand."""

import math
import re
from collections.abc import Iterator, Sequence

from luminalib.adapters.llm.extractive.actions import dialogue_share
from luminalib.adapters.llm.extractive.mood import SPANS, Mood
from luminalib.adapters.llm.extractive.quality import form
from luminalib.adapters.llm.extractive.reading import Reading
from luminalib.adapters.llm.extractive.topics import Topic
from luminalib.adapters.llm.extractive.words import length_in_words

MOST = 5
WORDS_PER_MINUTE = 240
"""Silent reading of adults: 238 for non-fiction, 260 for fiction (Brysbaert 2019)."""
_FIFTHS = ("first", "second", "third", "fourth", "last")
_MUCH_DIALOGUE = 0.05
_LEAST_WORDS = 400
_SWING = 0.12
_MENTIONS = 4
_GENERAL = re.compile(
    r"\b(?:is|are|never|always|every|no one|all|nothing|man|men|life|love|heart|world|truth|est|toujours|jamais|ist|immer|nie)\b",
    re.I,
)
_QUOTE_WORDS = (8, 28)


def insights(reading: Reading, topics: Sequence[Topic], mood: Mood, summary: Sequence[int]) -> list[str]:
    """Three to five statements where the text is long enough to tell, fewer for a page."""
    told = [
        _length(reading),
        _presence(topics),
        _course_of_topics(topics),
        _course_of_mood(mood),
        _quotation(reading, topics, summary),
    ]
    return [insight for insight in told if insight][:MOST]


def _length(reading: Reading) -> str:
    minutes = max(1, round(reading.length / WORDS_PER_MINUTE))
    speech = dialogue_share(reading)
    spoken = f"; {_percent(speech)} of its sentences are or hold direct speech" if speech > _MUCH_DIALOGUE else ""
    return f"It has about {_rounded(reading.length)} words, {_duration(minutes)} of reading at {WORDS_PER_MINUTE} words a minute{spoken}."


def _rounded(count: int) -> str:
    if count < 100:  # noqa: PLR2004 - small numbers are told exactly
        return str(count)
    step = 10 ** (int(math.log10(count)) - 1)
    return f"{round(count / step) * step:,}"


def _duration(minutes: int) -> str:
    if minutes < 60:  # noqa: PLR2004 - an hour
        return f"about {minutes} minute{'s' if minutes > 1 else ''}"
    hours = round(minutes / 30) / 2
    return f"about {hours:g} hour{'s' if hours != 1 else ''}"


def _percent(share: float) -> str:
    return f"{round(100 * share)}%"


def _presence(topics: Sequence[Topic]) -> str:
    """Who or what is there all the time, and who only for a while."""
    leading = [topic for topic in topics if topic.is_name][:4] or list(topics[:3])
    phrases = [_whereabouts(topic) for topic in leading if len(topic.positions) >= _MENTIONS]
    return f"{'; '.join(phrases)}." if phrases else ""


def _whereabouts(topic: Topic) -> str:
    counts = _fifths(topic.positions)
    top = max(range(len(counts)), key=lambda fifth: counts[fifth])
    total = sum(counts)
    mentioned = f"{topic.form} is mentioned {total:,} times"
    if counts[top] > total / 2:
        return f"{mentioned}, mostly in the {_FIFTHS[top]} fifth"
    if min(counts) >= 0.05 * total:
        return f"{mentioned}, from beginning to end"
    absent = [_FIFTHS[fifth] for fifth, count in enumerate(counts) if count < 0.05 * total]
    return f"{mentioned}, hardly ever in the {_listed(absent)} fifth"


def _fifths(positions: Sequence[float]) -> list[int]:
    counts = [0] * len(_FIFTHS)
    for position in positions:
        counts[min(len(counts) - 1, int(position * len(counts)))] += 1
    return counts


def _course_of_topics(topics: Sequence[Topic]) -> str:
    """What the beginning, the middle and the end speak of more than the rest does."""
    thirds = [_typical(topics, third) for third in range(3)]
    if not all(thirds):
        return ""
    first, middle, last = (_listed(forms) for forms in thirds)
    return f"The first third dwells on {first}, the middle on {middle}, the last third on {last}."


def _typical(topics: Sequence[Topic], third: int) -> list[str]:
    def lift(topic: Topic) -> float:
        inside = sum(int(min(position, 0.999) * 3) == third for position in topic.positions)
        share = inside / len(topic.positions)
        return inside * (share - 1 / 3) if share > 1 / 2 and inside >= _MENTIONS else 0.0

    best = sorted((topic for topic in topics[:120] if lift(topic) > 0), key=lambda topic: (-lift(topic), topic.form))
    return [topic.form for topic in best[:3]]


def _course_of_mood(mood: Mood) -> str:
    if not mood.course:
        return ""
    brightest = max(range(SPANS), key=lambda span: mood.course[span])
    darkest = min(range(SPANS), key=lambda span: mood.course[span])
    if mood.course[brightest] - mood.course[darkest] < _SWING:
        return "The tone of the language stays much the same from beginning to end."
    return (
        f"The tone of the language is darkest about {_percent((darkest + 0.5) / SPANS)} of the way through and brightest at "
        f"about {_percent((brightest + 0.5) / SPANS)}; it ends {_compared(mood.course)} than it begins."
    )


def _compared(course: Sequence[float]) -> str:
    begins, ends = sum(course[:2]), sum(course[-2:])
    return "brighter" if ends > begins else "darker"


def _quotation(reading: Reading, topics: Sequence[Topic], summary: Sequence[int]) -> str:
    """A short sentence in general terms, about the book's own topics."""
    if reading.length < _LEAST_WORDS:
        return ""
    best = max(_quotable(reading, topics, summary), default=None)
    return f"In its own words: “{reading.sentences[-best[1]].text.strip(chr(8220) + chr(8221) + chr(34))}”" if best else ""


def _quotable(reading: Reading, topics: Sequence[Topic], summary: Sequence[int]) -> Iterator[tuple[float, int]]:
    themes = [topic.form.lower() for topic in topics if not topic.is_name][:30]
    low, high = _QUOTE_WORDS
    for at, sentence in enumerate(reading.sentences):
        if at in summary or not low <= length_in_words(sentence.text) <= high:
            continue
        value = form(sentence, reading.words[at], reading) * (1 + 0.5 * min(3, len(_GENERAL.findall(sentence.text))))
        value *= 1 + 0.3 * sum(theme in sentence.text.lower() for theme in themes)
        if value > 0:
            yield value, -at


def _listed(forms: Sequence[str]) -> str:
    return forms[0] if len(forms) == 1 else f"{', '.join(forms[:-1])} and {forms[-1]}"
