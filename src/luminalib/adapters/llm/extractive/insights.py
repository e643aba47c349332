"""Facts about a book that only somebody who has read all of it could state; each is counted, none is worded beforehand."""

import math
import re
from collections.abc import Iterator, Sequence

from luminalib.adapters.llm.extractive.mood import Mood
from luminalib.adapters.llm.extractive.quality import gesture, independence, shape
from luminalib.adapters.llm.extractive.reading import Reading
from luminalib.adapters.llm.extractive.topics import Topic
from luminalib.adapters.llm.extractive.words import length_in_words
from luminalib.domain.intelligence import Sentiment

MOST = 5
WORDS_PER_MINUTE = 240
"""Silent reading of adults: 238 for non-fiction, 260 for fiction (Brysbaert 2019)."""
_HOUR = 60
_READING_TIME = {
    "de": ("Lesezeit: etwa {} Minuten.", "Lesezeit: etwa {} Stunden."),
    "fr": ("Temps de lecture : environ {} minutes.", "Temps de lecture : environ {} heures."),
    "es": ("Tiempo de lectura: unos {} minutos.", "Tiempo de lectura: unas {} horas."),
    "it": ("Tempo di lettura: circa {} minuti.", "Tempo di lettura: circa {} ore."),
    "pt": ("Tempo de leitura: cerca de {} minutos.", "Tempo de leitura: cerca de {} horas."),
    "nl": ("Leestijd: ongeveer {} minuten.", "Leestijd: ongeveer {} uur."),
}
_FIFTHS = ("first", "second", "third", "fourth", "last")
_MUCH_DIALOGUE = 0.05
_LEAST_WORDS = 400
_MENTIONS = 4
_OFTEN_TOGETHER = 10
_PRESENT = 0.05
_BACK = 0.97
_CONSIDERED = 120
_GENERAL = re.compile(
    r"\b(?:is|are|never|always|every|no one|all|nothing|life|love|heart|world|truth|happiness|"
    r"est|sont|toujours|jamais|tout|ist|sind|immer|nie|alle|es|siempre|nunca|todo|è|sempre|mai|tutto)\b",
    re.IGNORECASE,
)
"""Words of sentences that hold beyond their scene."""
_PAST = re.compile(r"\b(?:was|were|had|been|did)\b", re.IGNORECASE)
_PAST_FACTOR = 0.6
_QUOTES = re.compile('["“”„«»]')
_QUOTE_WORDS = (8, 28)


def insights(reading: Reading, topics: Sequence[Topic], mood: Mood, summary: Sequence[int]) -> list[str]:
    """Three to five statements where the text is long enough to tell, fewer for a page, in the language of the text.

    Where that is not English there is one, and none in a language that this module does not speak.
    """
    if reading.language != "en":
        return _in_its_language(reading)
    told = [
        _length(reading),
        _presence(topics) if reading.is_whole else "",
        _course_of_topics(topics),
        _course_of_mood(mood, topics),
        _quotation(reading, topics, summary),
    ]
    return [insight for insight in told if insight][:MOST]


def _in_its_language(reading: Reading) -> list[str]:
    """How long it takes to read."""
    words = _READING_TIME.get(reading.language or "")
    if words is None:
        return []
    minutes = max(1, round(reading.length / WORDS_PER_MINUTE))
    short, long = words
    return [short.format(minutes) if minutes < _HOUR else long.format(f"{round(minutes / 30) / 2:g}".replace(".", ","))]


def _length(reading: Reading) -> str:
    minutes = max(1, round(reading.length / WORDS_PER_MINUTE))
    told = f"It has about {_rounded(reading.length)} words, {_duration(minutes)} of reading at {WORDS_PER_MINUTE} words a minute"
    speech = reading.dialogue
    if speech > _MUCH_DIALOGUE and reading.is_story:
        told += f"; {_percent(speech)} of its sentences are or hold direct speech"
    return f"{told}."


def _rounded(count: int) -> str:
    if count < 100:  # noqa: PLR2004 - two digits are round enough
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
    phrases = [f"{_called(topic)} {_whereabouts(topic)}" for topic in leading if len(topic.positions) >= _MENTIONS]
    if not phrases:
        return ""
    first = leading[0]
    company = max(leading[1:], key=lambda other: _together(first, other), default=first)
    together = _together(first, company) if company is not first else 0
    beside = f" {_called(first)} is most often seen with {_called(company)}." if together >= _OFTEN_TOGETHER else ""
    return f"{'; '.join(phrases)}.{beside}"


def _called(topic: Topic) -> str:
    return topic.form if topic.is_name or topic.form.istitle() else f"“{topic.form}”"


def _together(one: Topic, other: Topic) -> int:
    return len(set(one.positions) & set(other.positions))


def _whereabouts(topic: Topic) -> str:
    """In which fifths."""
    counts = _fifths(topic.positions)
    total = sum(counts)
    told = "is in it"
    top = max(range(len(counts)), key=lambda fifth: counts[fifth])
    present = [fifth for fifth, count in enumerate(counts) if count >= _PRESENT * total]
    if counts[top] > total / 2:
        return f"{told} mostly in the {_FIFTHS[top]} fifth"
    if len(present) == len(counts):
        return f"{told} from beginning to end"
    if present == list(range(present[0], present[-1] + 1)):
        return f"{told} {_stretch(present[0], present[-1])}"
    return f"{told} on and off"


def _stretch(first: int, last: int) -> str:
    if last == len(_FIFTHS) - 1:
        return f"from the {_FIFTHS[first]} fifth on"
    if first == 0:
        return f"up to the {_FIFTHS[last]} fifth"
    return f"between the {_FIFTHS[first]} and the {_FIFTHS[last]} fifth"


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

    best = sorted((topic for topic in topics[:_CONSIDERED] if lift(topic) > 0), key=lambda topic: (-lift(topic), topic.form))
    return [_called(topic) for topic in best[:3]]


def _course_of_mood(mood: Mood, topics: Sequence[Topic]) -> str:
    """Where the language is darkest and brightest, and who stands there."""
    if mood.darkest is None or mood.brightest is None or mood.overall is Sentiment.NEUTRAL:
        return ""
    return f"The language is darkest in the {_around(mood.darkest, topics)} and brightest in the {_around(mood.brightest, topics)}."


def _around(fifth: int, topics: Sequence[Topic]) -> str:
    """The place, with the name or theme that belongs to it more than to the rest."""

    def lift(topic: Topic) -> float:
        inside, total = _fifths(topic.positions)[fifth], len(topic.positions)
        return inside * inside / total if inside >= max(_MENTIONS, 2 * total / len(_FIFTHS)) else 0.0

    considered = topics[:_CONSIDERED]
    typical = max([topic for topic in considered if topic.is_name] or considered, key=lift, default=None)
    return f"{_FIFTHS[fifth]} fifth" + (f" (around {_called(typical)})" if typical and lift(typical) > 0 else "")


def _quotation(reading: Reading, topics: Sequence[Topic], summary: Sequence[int]) -> str:
    """A short sentence in general terms, about the book's own topics, whoever speaks it."""
    if reading.length < _LEAST_WORDS:
        return ""
    best = max(_quotable(reading, topics, summary), default=None)
    return f"In its own words: “{_unquoted(reading.sentences[-best[1]].text)}”" if best else ""


def _unquoted(text: str) -> str:
    return text.strip('“”«»„ "')


def _quotable(reading: Reading, topics: Sequence[Topic], summary: Sequence[int]) -> Iterator[tuple[float, int]]:
    themes = [topic.form.lower() for topic in topics if not topic.is_name][:30]
    low, high = _QUOTE_WORDS
    for at, (sentence, words) in enumerate(zip(reading.sentences, reading.words, strict=True)):
        text = _unquoted(sentence.text)
        if (
            at in summary
            or sentence.position > _BACK
            or not reading.prose[at]
            or not low <= length_in_words(text) <= high
            or _QUOTES.search(text)
        ):
            continue
        if value := shape(text) * gesture(words, reading) * independence(words, reading):
            lowered = text.lower()
            fitting = 1 + 0.3 * min(3, sum(theme in lowered for theme in themes))
            general = len(_GENERAL.findall(text))
            yield value * (0.2 + min(3, general)) * fitting * _PAST_FACTOR ** len(_PAST.findall(text)), -at


def _listed(forms: Sequence[str]) -> str:
    return forms[0] if len(forms) == 1 else f"{', '.join(forms[:-1])} and {forms[-1]}"
