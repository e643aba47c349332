"""What a cosine says, whichever model made the vectors.

Each model puts texts that have nothing in common elsewhere: cosines of most lie near 0, those of E5 from 0.7 to 1.0. So a model is
measured once by questions and texts of which is known what belongs together (`unrelated_texts.py`), and a cosine is told as so many
deviations above those of what does not: score normalisation by a cohort, as speakers are verified (Auckenthaler et al. 2000), with
the deviation of d', the mean variance of both kinds (Green & Swets 1966). A model that knows one language finds all texts of
another alike; by how much is taken off for a question that lies as near to that language as they do to one another.

The cohort is of no library, so a library of one book is measured as one of ten thousand is.
"""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from operator import mul
from statistics import fmean, pvariance

LEAST_SPREAD = 0.01
"""No model is believed that tells texts apart by less."""


@dataclass(frozen=True, slots=True)
class CosineScale:
    """A model's cosines: the mean of those of unrelated texts, and the deviation.

    `languages`: for each in which texts are more alike than in the first the mean vector of some, and by how much more.
    """

    unrelated: float
    spread: float
    languages: Sequence[tuple[Sequence[float], float]] = ()

    def level(self, question: bytes) -> float:
        """The cosine that texts in the language of a question reach which have nothing to do with it; by the question's vector."""
        if not self.languages:
            return self.unrelated
        asked = _numbers(question)
        alike = (min(max(_product(mean, asked) - self.unrelated, 0.0), most) for mean, most in self.languages)
        return self.unrelated + max(alike)

    def above(self, level: float, cosine: float) -> float:
        """By how many deviations a cosine is above a level."""
        return (cosine - level) / self.spread


def scale_of(questions: Sequence[bytes], answers: Sequence[bytes], elsewhere: Sequence[Sequence[bytes]]) -> CosineScale:
    """The scale of the model that made these unit vectors (little-endian float32).

    They are those of questions, of the text that answers each, and of texts in other languages.
    """
    asked, told = [_numbers(one) for one in questions], [_numbers(one) for one in answers]
    cosines = [[_product(question, text) for text in told] for question in asked]
    related = [row[at] for at, row in enumerate(cosines)]
    unrelated = [cosine for at, row in enumerate(cosines) for place, cosine in enumerate(row) if place != at]
    spread = math.sqrt((pvariance(related) + pvariance(unrelated)) / 2)
    ordinary = _likeness(told)
    languages = []
    for texts in elsewhere:
        theirs = [_numbers(one) for one in texts]
        mean = [fmean(axis) for axis in zip(*theirs, strict=True)]
        if (most := _likeness(theirs) - ordinary) > 0.0:
            languages.append((mean, most))
    return CosineScale(fmean(unrelated), max(spread, LEAST_SPREAD), languages)


def _likeness(texts: Sequence[Sequence[float]]) -> float:
    return fmean(_product(one, other) for one, other in combinations(texts, 2))


def _numbers(vector: bytes) -> tuple[float, ...]:
    return struct.unpack(f"<{len(vector) // 4}f", vector)


def _product(one: Sequence[float], other: Sequence[float]) -> float:
    return float(sum(map(mul, one, other)))
