"""How likely it is that what was found answers the question."""

import math

_WORDS = (-2.0, 5.0)
_BOTH = (-4.0, 3.0, 6.0)
"""Intercept and weights of a logistic regression; `benchmarks/retrieval.py --features` writes what they were fitted to."""


def confidence_of(lexical: float, meaning: float | None) -> float:
    """From the best BM25 score by the sum of the question's idf, and the best cosine where meaning was looked for; 0.0 to 1.0."""
    if meaning is None:
        intercept, words = _WORDS
        return _logistic(intercept + words * lexical)
    intercept, words, cosine = _BOTH
    return _logistic(intercept + words * lexical + cosine * meaning)


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(min(value, 60.0), -60.0)))
