"""How likely it is that what was found answers the question.

The weights are those that `benchmarks/answer_confidence.py` prints: logistic regressions on labelled questions.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_WORDS = (-9.05, 7.05, 4.66, 1.31)
_BOTH = (-8.73, 5.05, 4.16, 0.73, 4.19)
_QUOTED = (-10.33, 3.28, 4.35, 1.3, 0.97)
_QUOTED_BOTH = (-9.55, 1.29, 3.8, 0.72, 1.01, 3.01)
SIGNS = (0.71, 1.12, 1.36, -1.16, -0.57, 0.7, 1.03, 0.87, -0.49, 1.22, 0.37, -0.12)
"""Of `Signs`, the passage's score, a second sentence, and each quotation's length too much."""
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What a search says of whether the library knows the answer at all.

    `lexical`: the best BM25 score by the sum of the question's inverse document frequencies; `rarity`: the mean of those, by that
    of a word that nowhere occurs; `words`: how many telling words that question has; `meaning`: the best cosine, None when nothing
    was looked for by meaning; `coverage`: the largest share of the question's words, by rarity, in one passage.
    """

    lexical: float = 0.0
    rarity: float = 0.0
    words: int = 0
    meaning: float | None = None
    coverage: float = 0.0

    @property
    def confidence(self) -> float:
        """The chance that the library knows the answer. A long question has less of itself in one passage than a short one."""
        return logistic(_weighted(_WORDS if self.meaning is None else _BOTH, features_of(self)))

    def joined(self, other: "Evidence") -> "Evidence":
        """The stronger of both in each way; the words are those of the first."""
        meanings = [meaning for meaning in (self.meaning, other.meaning) if meaning is not None]
        return Evidence(
            lexical=max(self.lexical, other.lexical),
            rarity=self.rarity or other.rarity,
            words=self.words or other.words,
            meaning=max(meanings, default=None),
            coverage=max(self.coverage, other.coverage),
        )


def features_of(evidence: Evidence) -> tuple[float, ...]:
    """What the regressions look at."""
    found = evidence.lexical, evidence.rarity, math.log1p(evidence.words)
    return found if evidence.meaning is None else (*found, evidence.meaning)


def worth_of(features: Sequence[float]) -> float:
    """How well a stretch of text answers, beside others for the same question; any number, 0.0 for none.

    Its features are its signs, its passage's score, how many sentences it has beyond one, and by which part of a quotation it is
    longer than that.
    """
    return sum(weight * feature for weight, feature in zip(SIGNS, features, strict=True))


def confidence_in_quote(evidence: Evidence, worth: float, *, holds_it: bool) -> float:
    """With the worth of the best quotation; one without the thing that is asked for is no answer."""
    return logistic(_in_quote(evidence, worth)) * (1.0 if holds_it else HOPELESS)


def confidence_in_answer(evidence: Evidence, worth: float, grounded: float, *, holds_it: bool) -> float:
    """The same for a sentence of a model that stands in a passage; `grounded` is the share of its words that do, 0.0 to 1.0.

    Somebody has read the passage and found the answer there, in whatever words, which is worth more than words in common.
    """
    return logistic(_in_quote(evidence, worth) + _READ * grounded) * (1.0 if holds_it else HOPELESS)


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


def _in_quote(evidence: Evidence, worth: float) -> float:
    found = (*features_of(evidence)[:3], worth)
    if evidence.meaning is None:
        return _weighted(_QUOTED, found)
    return _weighted(_QUOTED_BOTH, (*found, evidence.meaning))


def _weighted(weights: tuple[float, ...], features: tuple[float, ...]) -> float:
    return weights[0] + sum(weight * feature for weight, feature in zip(weights[1:], features, strict=True))


def logistic(value: float) -> float:
    """Any number as one between 0.0 and 1.0."""
    return 1.0 / (1.0 + math.exp(-max(min(value, 60.0), -60.0)))
