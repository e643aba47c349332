"""The mood of a text, by VADER (Hutto & Gilbert, ICWSM 2014), which knows English only."""

from collections.abc import Sequence

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from luminalib.adapters.llm.extractive.reading import Reading
from luminalib.domain.intelligence import Sentiment

_SAMPLE = 1500
_LEAST_CHARACTERS = 20
_OPINION = 0.3
"""Beyond this compound score a sentence counts as clearly bright or dark."""
_LEAST_OPINIONS = 0.2
_CLEAR = 2.0


def mood_of(reading: Reading) -> Sentiment:
    """Scores an even sample of sentences.

    The rule: fewer than a fifth of the sentences clearly bright or dark (compound beyond 0.3) is neutral; twice as many
    bright as dark ones is positive, twice as many dark ones negative; anything else is mixed. Texts that are not English
    are called neutral, because VADER cannot read them.
    """
    return _overall(_scores(reading)) if reading.language == "en" else Sentiment.NEUTRAL


def _scores(reading: Reading) -> list[float]:
    sentences = [sentence for sentence in reading.sentences if len(sentence.text) >= _LEAST_CHARACTERS] or list(reading.sentences)
    step = max(1.0, len(sentences) / _SAMPLE)
    sample = [sentences[int(at * step)] for at in range(int(len(sentences) / step))]
    analyzer = SentimentIntensityAnalyzer()
    return [float(analyzer.polarity_scores(sentence.text.replace("’", "'"))["compound"]) for sentence in sample]  # noqa: RUF001


def _overall(scores: Sequence[float]) -> Sentiment:
    bright = sum(score > _OPINION for score in scores)
    dark = sum(score < -_OPINION for score in scores)
    if bright + dark < max(1, _LEAST_OPINIONS * len(scores)):
        return Sentiment.NEUTRAL
    if bright >= _CLEAR * dark:
        return Sentiment.POSITIVE
    return Sentiment.NEGATIVE if dark >= _CLEAR * bright else Sentiment.MIXED
