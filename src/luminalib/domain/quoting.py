"""Answering by the library's own sentences: which one or two of a passage say what is asked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from luminalib.domain.function_words import bare, is_telling, telling_words
from luminalib.domain.passages import QUOTED
from luminalib.domain.questions import Asked, asked_for, holds
from luminalib.domain.search import KinWords, PassageView, are_kin
from luminalib.domain.sentences import sentences_in
from luminalib.domain.spelling import all_words

HOLDS_IT = 0.15
"""What it is worth that a sentence has a thing of the kind that is asked for."""
RANKED = 0.35
"""What the passage's own rank is worth beside the words of a sentence."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """A verbatim stretch of a passage: `start` and `stop` are offsets in its text.

    `support` is the share of the question's words, by rarity among what was found, that stand in it or right beside it; `holds_it`
    whether it has a thing of the kind that is asked for.
    """

    view: PassageView
    start: int
    stop: int
    support: float
    holds_it: bool
    score: float

    @property
    def text(self) -> str:
        """The words themselves."""
        return self.view.passage.text[self.start : self.stop]

    def lies_upon(self, other: "Quote") -> bool:
        """Whether the two share a part of their document."""
        mine, theirs = self.view.passage, other.view.passage
        return mine.document_id == theirs.document_id and (
            mine.start + self.start < theirs.start + other.stop and theirs.start + other.start < mine.start + self.stop
        )


def quotes_for(question: str, context: str, found: Sequence[tuple[PassageView, float]], most: int = QUOTED) -> list[Quote]:
    """The best quotation of each passage, the best first.

    `found` are passages with their scores, 0.0 to 1.0; `context` is the question together with the turns before it, whose words
    count half.
    """
    asked = asked_for(question)
    passages = [_Passage(view, score) for view, score in found]
    weights = _weights(question, context, passages)
    quotes = (_best_of(passage, question, asked, weights, most) for passage in passages)
    return _distinct(sorted((quote for quote in quotes if quote), key=lambda quote: -quote.score))


def is_about(question: str, passage: PassageView) -> bool:
    """Whether a passage has any telling word of the question itself. One without such a word, as “And why?”, is about anything."""
    own = [bare(word) for word in all_words(question) if is_telling(word)]
    there = set(map(bare, all_words(passage.passage.text)))
    return not own or any(are_kin(word, other) for word in own for other in there)


def _distinct(quotes: Sequence[Quote]) -> list[Quote]:
    """Without those that lie upon a better one: neighbouring passages share sentences."""
    kept: list[Quote] = []
    for quote in quotes:
        if not any(quote.lies_upon(other) for other in kept):
            kept.append(quote)
    return kept


class _Passage:
    """A passage with its sentences and their words, each looked at once."""

    def __init__(self, view: PassageView, score: float) -> None:
        self.view = view
        self.score = score
        text = view.passage.text
        self.sentences = sentences_in(text)
        self.spoken = [set(map(bare, all_words(text[start:stop]))) for start, stop in self.sentences]
        self.words = KinWords(frozenset().union(*self.spoken))

    def held(self, weights: dict[str, float]) -> list[set[str]]:
        """The words that are wanted in each of the sentences."""
        kin = {wanted: self.words.kin_of(wanted) for wanted in weights}
        return [{wanted for wanted, forms in kin.items() if not forms.isdisjoint(spoken)} for spoken in self.spoken]


def _weights(question: str, context: str, passages: Sequence[_Passage]) -> dict[str, float]:
    """The telling words by how rare they are among the passages found."""
    last = telling_words(all_words(question))
    before = [word for word in telling_words(all_words(context)) if word not in last]
    weights: dict[str, float] = {}
    for words, share in ((last, 1.0), (before, 0.5)):
        for word in map(bare, words):
            having = sum(word in passage.words for passage in passages)
            weights.setdefault(word, share * math.log1p(len(passages) / (having + 0.5)))
    return weights


def _best_of(passage: _Passage, question: str, asked: Asked, weights: dict[str, float], most: int) -> Quote | None:
    view, score, sentences = passage.view, passage.score, passage.sentences
    text = view.passage.text
    held = passage.held(weights)
    total = sum(weights.values()) or 1.0
    best: Quote | None = None
    for first in range(len(sentences)):
        for last in (first, first + 1):
            if last >= len(sentences) or (last > first and sentences[last][1] - sentences[first][0] > most):
                continue
            start, stop = sentences[first][0], sentences[last][1]
            support = _sum(held[first] | held[last], weights) / total
            beside = _sum(set().union(*held[max(first - 1, 0) : last + 2]), weights) / total
            has_it = holds(text[start:stop], asked, question)
            worth = 0.7 * support + 0.3 * beside + (HOLDS_IT if has_it and asked is not Asked.ANYTHING else 0.0) + RANKED * score
            worth -= 0.03 * (last - first) + 0.05 * max(0, stop - start - most) / most
            if best is None or worth > best.score:
                best = Quote(view=view, start=start, stop=stop, support=max(support, beside), holds_it=has_it, score=worth)
    return best


def _sum(words: set[str], weights: dict[str, float]) -> float:
    return sum(weights[word] for word in words)
