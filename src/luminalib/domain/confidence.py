"""How likely it is that what was found answers the question."""

import math

_WORDS = (-3.0, 5.0)
_BOTH = (-7.3, 3.4, 10.2)
"""Intercept and weights of logistic regressions on what `benchmarks/retrieval.py --features` writes."""
_QUOTED = (-6.5, 11.0, 4.0)
_MEANT = 6.0
_MEANT_FROM = 0.42
"""The same with how much of the question stands in the best quotation, set on questions about real books."""
_READ = 2.0
_FAR = 0.02
_FAR_IN_MEANING = 0.3
_NEAR = 0.44
_IN_OTHER_WORDS = 0.55
"""Set on paraphrased questions about real books, and on what those books say nothing of."""
SURE = 0.3
"""From here on a question is answered."""
HOPELESS = 0.08
"""Below it is refused; in between the best places are shown as what they are."""


def confidence_of(lexical: float, meaning: float | None) -> float:
    """From the best BM25 score by the sum of the question's idf, and the best cosine where meaning was looked for; 0.0 to 1.0."""
    if meaning is None:
        intercept, words = _WORDS
        return _logistic(intercept + words * lexical)
    intercept, words, cosine = _BOTH
    return _logistic(intercept + words * lexical + cosine * meaning)


def confidence_in_quote(lexical: float, meaning: float | None, support: float, *, holds_it: bool) -> float:
    """With the share of the question's words in the quotation; one without the thing that is asked for is no answer."""
    intercept, words, supported = _QUOTED
    value = intercept + words * lexical + supported * support
    if meaning is not None:
        value += _MEANT * (meaning - _MEANT_FROM)
    return _logistic(value) * (1.0 if holds_it else HOPELESS)


def confidence_in_answer(lexical: float, meaning: float | None, support: float, grounded: float, *, holds_it: bool) -> float:
    """The same for a sentence of a model that stands in a passage; `grounded` is the share of its words that do, 0.0 to 1.0.

    Somebody has read the passage and found the answer there, in whatever words, which is worth more than words in common.
    """
    intercept, words, supported = _QUOTED
    value = intercept + words * lexical + supported * support + _READ * grounded
    if meaning is not None:
        value += _MEANT * (meaning - _MEANT_FROM)
    return _logistic(value) * (1.0 if holds_it else HOPELESS)


def is_near_in_meaning(meaning: float | None, coverage: float) -> bool:
    """Whether a question that hardly uses the books' words comes near to what they say: worth showing, if not worth an answer.

    `coverage` is the share of its words, by rarity, that stand together in a passage. Who does use the books' words and finds no
    answer by them is not helped by what lies near.
    """
    return meaning is not None and meaning >= _NEAR and coverage < _IN_OTHER_WORDS


def is_hopeless(meaning: float | None, confidence: float) -> bool:
    """Whether what was found is so far from the question that no model needs to read it; `confidence` is that in a quotation."""
    if meaning is None:
        return confidence < _FAR
    return confidence < _FAR and meaning < _FAR_IN_MEANING


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(min(value, 60.0), -60.0)))
