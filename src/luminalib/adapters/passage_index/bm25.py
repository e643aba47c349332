"""BM25: how much the words of a question weigh, and what a passage has of them."""

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from luminalib.adapters.passage_index.terms import Variants
from luminalib.ports.passage_index import AskedWord

K1, B = 0.9, 0.4
"""As Anserini has them: passages are short and of about one length."""
BACKGROUND = 200
"""So many passages without the word are assumed beside the library's: in one with a single story every word is everywhere."""


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """A word of a question with its inverse document frequency."""

    variants: Variants
    frequency: int
    idf: float


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of an index: how many passages, and how many terms they have on average."""

    passages: int
    mean_length: float


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate by its number in the index."""

    number: int
    score: float
    coverage: float


class Question:
    """The weighed words of a question (Robertson & Zaragoza 2009, with Lucene's idf, which is never negative)."""

    def __init__(self, terms: Mapping[Variants, str], frequency: Callable[[str], int], statistics: Statistics) -> None:
        self.statistics = statistics
        self._spelt = terms
        self.words = sorted((self._weigh(variants, frequency) for variants in terms), key=lambda word: word.frequency)
        self.mass = sum(word.idf for word in self.words)
        self._words_by_term = {term: word for word in self.words for term in word.variants}

    def telling(self, most_rows: int) -> list[Weighed]:
        """The rarest of the words that occur at all, with so many rows between them; the others only score."""
        chosen: list[Weighed] = []
        rows = 0
        for word in self.words:
            if word.frequency and (not chosen or rows + word.frequency <= most_rows):
                chosen.append(word)
                rows += word.frequency
        return chosen

    def asked(self, there: Collection[Variants]) -> list[AskedWord]:
        """The words as they were asked, and whether they are among those that occur where the search looked."""
        rarest = self._idf(0)
        return [
            AskedWord(word=self._spelt[word.variants], rarity=word.idf / rarest, is_there=word.variants in there)
            for word in self.words
        ]

    def found(self, terms: Iterable[str]) -> set[Variants]:
        """Those of the words that are among the terms."""
        return {word.variants for term in set(terms) if (word := self._words_by_term.get(term))}

    def score(self, candidates: Iterable[tuple[int, Sequence[str]]], limit: int) -> list[Scored]:
        """The best candidates, each a number and its terms, the best first."""
        counted = ((number, len(terms), Counter(filter(None, map(self._words_by_term.get, terms)))) for number, terms in candidates)
        return self.score_counted(counted, limit)

    def score_counted(self, candidates: Iterable[tuple[int, int, Mapping[Weighed, int]]], limit: int) -> list[Scored]:
        """The best candidates, each a number, how many terms it has, and how often each word is among them, the best first."""
        scored = [self._score(number, length, counts) for number, length, counts in candidates]
        return sorted(scored, key=lambda one: (-one.score, one.number))[:limit]

    def counts_in(self, terms: str) -> dict[Weighed, int]:
        """How often each word that occurs is among terms with a space between each two: faster than to look each of them up."""
        spaced = f" {terms.replace(' ', '  ')} "
        counts: dict[Weighed, int] = {}
        for term, word in self._words_by_term.items():
            if found := spaced.count(f" {term} "):
                counts[word] = counts.get(word, 0) + found
        return counts

    def _weigh(self, variants: Variants, frequency: Callable[[str], int]) -> Weighed:
        found = min(sum(map(frequency, variants)), self.statistics.passages)
        return Weighed(variants, found, self._idf(found))

    def _idf(self, found: int) -> float:
        return math.log1p((self.statistics.passages + BACKGROUND - found + 0.5) / (found + 0.5))

    def _score(self, number: int, terms: int, counts: Mapping[Weighed, int]) -> Scored:
        length = K1 * (1 - B + B * terms / max(self.statistics.mean_length, 1.0))
        score = sum(word.idf * count / (count + length) for word, count in counts.items())
        matched = sum(word.idf for word in counts)
        return Scored(number, score, matched / self.mass if self.mass else 0.0)
