"""How likely it is that what was found answers the question.

The weights are those that `benchmarks/answer_confidence.py` prints: logistic regressions on labelled questions.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from luminalib.domain.answer_signs import NO_SIGNS, Signs

_WORDS = (-14.58, 9.86, 8.95, 2.31)
_BOTH = (-14.04, 7.28, 8.33, 1.59, 0.47)
_QUOTED = (-14.04, 2.97, 6.31, 1.65, 1.74, 0.81, -1.78, -0.41)
_QUOTED_BOTH = (-12.29, 0.51, 5.18, 1.0, 1.38, 0.96, -1.49, -0.39, 0.21)
SIGNS = (1.43, 2.26, 1.55, -1.75, 0.22, 0.71, 1.31, 0.55, -0.3, 2.1, 0.26, -0.24)
"""Of `Signs`, the passage's score, a second sentence, and each quotation's length too much."""
_READ = 2.0
_FAR = 0.02
_FAR_IN_MEANING = 2.6
_NEAR = 2.8
_IN_OTHER_WORDS = 0.55
"""Set on paraphrased questions about real books, and on what those books say nothing of."""
SURE = 0.18
"""From here on a question is answered."""
HOPELESS = 0.08
"""Below it is refused; in between the best places are shown as what they are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What a search says of whether the library knows the answer at all.

    `lexical`: the best BM25 score by the sum of the question's inverse document frequencies; `rarity`: the mean of those, by that
    of a word that nowhere occurs; `words`: how many telling words that question has; `coverage`: the largest share of these, by
    rarity, in one passage. `meaning`: how near the nearest passage lies, in deviations above unrelated texts (`cosines.py`);
    `around`: the mean of that and of how near the nearest twenty lie. Both are None when nothing was looked for by meaning.
    """

    lexical: float = 0.0
    rarity: float = 0.0
    words: int = 0
    meaning: float | None = None
    around: float | None = None
    coverage: float = 0.0

    @property
    def confidence(self) -> float:
        """The chance that the library knows the answer. A long question has less of itself in one passage than a short one."""
        return logistic(_weighted(_WORDS if self.meaning is None else _BOTH, features_of(self)))

    def joined(self, other: "Evidence") -> "Evidence":
        """The stronger of both in each way; the words are those of the first."""
        return Evidence(
            lexical=max(self.lexical, other.lexical),
            rarity=self.rarity or other.rarity,
            words=self.words or other.words,
            meaning=_larger(self.meaning, other.meaning),
            around=_larger(self.around, other.around),
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


def quoted_features(evidence: Evidence, features: Sequence[float], worth: float) -> tuple[float, ...]:
    """What the regression of a quotation looks at: what was found, its worth, and what tells most of whether it is an answer."""
    signs = Signs(*features[: len(Signs._fields)]) if len(features) else NO_SIGNS
    found = (evidence.lexical, evidence.rarity, math.log1p(evidence.words), evidence.coverage, worth, signs.lacks, signs.fits)
    return found if evidence.meaning is None else (*found, evidence.meaning)


def confidence_in_quote(evidence: Evidence, features: Sequence[float], *, holds_it: bool) -> float:
    """With the features of the best quotation; one without the thing that is asked for is no answer."""
    return logistic(_in_quote(evidence, features)) * (1.0 if holds_it else HOPELESS)


def confidence_in_answer(evidence: Evidence, features: Sequence[float], grounded: float, *, holds_it: bool) -> float:
    """The same for a sentence of a model that stands in a passage; `grounded` is the share of its words that do, 0.0 to 1.0.

    Somebody has read the passage and found the answer there, in whatever words, which is worth more than words in common.
    """
    return logistic(_in_quote(evidence, features) + _READ * grounded) * (1.0 if holds_it else HOPELESS)


def is_near_in_meaning(evidence: Evidence) -> bool:
    """Whether a question that hardly uses the books' words comes near to what they say: worth showing, if not worth an answer.

    Who does use the books' words and finds no answer by them is not helped by what lies near.
    """
    return evidence.around is not None and evidence.around >= _NEAR and evidence.coverage < _IN_OTHER_WORDS


def is_hopeless(meaning: float | None, confidence: float) -> bool:
    """Whether what was found is so far from the question that no model needs to read it; `confidence` is that in a quotation."""
    if meaning is None:
        return confidence < _FAR
    return confidence < _FAR and meaning < _FAR_IN_MEANING


def _in_quote(evidence: Evidence, features: Sequence[float]) -> float:
    weights = _QUOTED if evidence.meaning is None else _QUOTED_BOTH
    return _weighted(weights, quoted_features(evidence, features, worth_of(features) if len(features) else 0.0))


def _larger(one: float | None, other: float | None) -> float | None:
    return max((value for value in (one, other) if value is not None), default=None)


def _weighted(weights: tuple[float, ...], features: tuple[float, ...]) -> float:
    return weights[0] + sum(weight * feature for weight, feature in zip(weights[1:], features, strict=True))


def logistic(value: float) -> float:
    """Any number as one between 0.0 and 1.0."""
    return 1.0 / (1.0 + math.exp(-max(min(value, 60.0), -60.0)))
