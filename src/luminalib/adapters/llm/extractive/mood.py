"""The mood of a text, by VADER (Hutto & Gilbert, ICWSM 2014), which knows English only."""
# ruff: noqa: RUF001  (marks and letters of many scripts are meant)

from collections.abc import Sequence
from dataclasses import dataclass

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from luminalib.adapters.llm.extractive.reading import Reading
from luminalib.domain.intelligence import Sentiment

SPANS = 10
_SAMPLE = 600
_LEAST_CHARACTERS = 20
_OPINION = 0.3
"""Beyond this compound score a sentence counts as clearly bright or dark."""
_LEAST_OPINIONS = 0.2
_CLEAR = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Mood:
    """The overall mood, and the mean compound score (-1 to 1) of each tenth of the text; no course where it cannot be told."""

    overall: Sentiment
    course: tuple[float, ...] = ()


def mood_of(reading: Reading) -> Mood:
    """Scores an even sample of sentences.

    The rule: fewer than a fifth of the sentences clearly bright or dark (compound beyond 0.3) is neutral; twice as many
    bright as dark ones is positive, twice as many dark ones negative; anything else is mixed. Texts that are not English
    are called neutral, because VADER cannot read them, and get no course.
    """
    if reading.language != "en":
        return Mood(overall=Sentiment.NEUTRAL)
    scored = _scores(reading)
    return Mood(overall=_overall([score for _, score in scored]), course=_course(scored))


def _scores(reading: Reading) -> list[tuple[float, float]]:
    sentences = [sentence for sentence in reading.sentences if len(sentence.text) >= _LEAST_CHARACTERS] or list(reading.sentences)
    step = max(1.0, len(sentences) / _SAMPLE)
    sample = [sentences[int(at * step)] for at in range(int(len(sentences) / step))]
    analyzer = SentimentIntensityAnalyzer()
    return [
        (sentence.position, float(analyzer.polarity_scores(sentence.text.replace("’", "'"))["compound"])) for sentence in sample
    ]


def _overall(scores: Sequence[float]) -> Sentiment:
    bright = sum(score > _OPINION for score in scores)
    dark = sum(score < -_OPINION for score in scores)
    if bright + dark < max(1, _LEAST_OPINIONS * len(scores)):
        return Sentiment.NEUTRAL
    if bright >= _CLEAR * dark:
        return Sentiment.POSITIVE
    return Sentiment.NEGATIVE if dark >= _CLEAR * bright else Sentiment.MIXED


def _course(scored: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    spans: list[list[float]] = [[] for _ in range(SPANS)]
    for position, score in scored:
        spans[min(SPANS - 1, int(position * SPANS))].append(score)
    return tuple(sum(span) / len(span) for span in spans) if all(len(span) > SPANS for span in spans) else ()
