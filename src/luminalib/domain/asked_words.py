"""The words of a question, what each is worth, and what it asks for."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from luminalib.domain.function_words import bare
from luminalib.domain.measures import measure_of
from luminalib.domain.questions import asked_for, asks_for_post, which_of
from luminalib.domain.spelling import placed_words


class AskedWords:
    """The words of a question with their weights, and what it asks for."""

    def __init__(self, question: str, weights: Mapping[str, float]) -> None:
        """`weights` are those of its telling words in normal form, and of those of the turns before it."""
        self.kind = asked_for(question)
        self.weights = weights
        found = placed_words(question)
        self.said = {word for _, _, word in found} | {bare(word) for _, _, word in found}
        row = [(at, bare(word)) for at, (_, _, word) in enumerate(found)]
        own = [(at, word) for at, word in row if word in weights]
        self.pairs = [(one, other, there - here) for (here, one), (there, other) in pairwise(own) if one != other]
        self.own = {word for _, word in own}
        mine, all_of_them = sum(weights[word] for word in self.own), sum(weights.values())
        self.total = max(mine, all_of_them / 2) or 1.0  # what is asked takes up a part of the turns before, never all of them
        self.head = _head([word for _, _, word in found], weights)
        self.which = which_of(question)
        self.measure = measure_of(question)
        self.is_post = asks_for_post(question)
        self.rarest = max(weights.values(), default=1.0) or 1.0
        self.bits = {word: 1 << at for at, word in enumerate(weights)}
        """Sets of the words are numbers, one bit for each: those of neighbouring sentences are joined all the time."""
        self._shares = {0: 0.0}
        self._missed: dict[int, float] = {}

    def share(self, words: int) -> float:
        """What so many of the words are of the question, 0.0 to 1.0."""
        share = self._shares.get(words)
        if share is None:
            held = sum(self.weights[word] for word, bit in self.bits.items() if words & bit)
            share = self._shares[words] = min(1.0, held / self.total)
        return share

    def missed(self, words: int) -> float:
        """How rare the rarest of the question's own words is that is not among these, by the rarest of all."""
        missed = self._missed.get(words)
        if missed is None:
            rarity = max((self.weights[word] for word in self.own if not words & self.bits[word]), default=0.0)
            missed = self._missed[words] = rarity / self.rarest
        return missed


def _head(words: Sequence[str], weights: Mapping[str, float]) -> str:
    """The word that a question turns upon: the first of its own, or what that is said to have, as the mother in “Tom's mother”."""
    own = [word for word in words if bare(word) in weights]
    is_owner = len(own) > 1 and own[0].endswith("'s")
    return bare(own[1 if is_owner else 0]) if own else ""
