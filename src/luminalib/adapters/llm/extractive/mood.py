"""The mood of a text, by VADER (Hutto & Gilbert, ICWSM 2014), which knows English only."""
# ruff: noqa: RUF001  (marks and letters of many scripts are meant)

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, variance

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from luminalib.adapters.llm.extractive.reading import Reading
from luminalib.domain.intelligence import Sentiment

SPANS = 5
_SAMPLE = 1500
_LEAST_CHARACTERS = 20
_OPINION = 0.3
"""Beyond this compound score a sentence counts as clearly bright or dark."""
_LEAST_OPINIONS = 0.2
_CLEAR = 2.0
_LEAST_IN_SPAN = 20
_STANDARD_ERRORS = 3.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Mood:
    """The overall mood, and the darkest and the brightest fifth (0 to 4) of the text; None where it may be chance."""

    overall: Sentiment
    darkest: int | None = None
    brightest: int | None = None


def mood_of(reading: Reading) -> Mood:
    """Scores an even sample of sentences.

    The rule: fewer than a fifth of the sentences clearly bright or dark (compound beyond 0.3) is neutral; twice as many
    bright as dark ones is positive, twice as many dark ones negative; anything else is mixed. Texts that are not English
    are called neutral, because VADER cannot read them. The
    darkest and the brightest fifth are told when their means lie three standard errors apart.
    """
    if reading.language != "en":
        return Mood(overall=Sentiment.NEUTRAL)
    scored = _scores(reading)
    darkest, brightest = _extremes(scored) or (None, None)
    return Mood(overall=_overall([score for _, score in scored]), darkest=darkest, brightest=brightest)


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


def _extremes(scored: Sequence[tuple[float, float]]) -> tuple[int, int] | None:
    spans: list[list[float]] = [[] for _ in range(SPANS)]
    for position, score in scored:
        spans[min(SPANS - 1, int(position * SPANS))].append(score)
    if min(map(len, spans)) < _LEAST_IN_SPAN:
        return None
    means = [fmean(span) for span in spans]
    darkest, brightest = means.index(min(means)), means.index(max(means))
    error = sqrt(sum(variance(spans[at]) / len(spans[at]) for at in (darkest, brightest)))
    return (darkest, brightest) if means[brightest] - means[darkest] > _STANDARD_ERRORS * error else None
