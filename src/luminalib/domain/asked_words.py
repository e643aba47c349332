"""The words of a question, what each is worth, and what it asks for."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from luminalib.domain.function_words import bare
from luminalib.domain.measures import measure_of
from luminalib.domain.questions import asked_for, asks_for_post, deed_of, is_title, names, which_of
from luminalib.domain.search import KIN, are_kin
from luminalib.domain.spelling import placed_words


class AskedWords:
    """The words of a question with their weights, and what it asks for."""

    def __init__(self, question: str, weights: Mapping[str, float]) -> None:
        """`weights` are those of its telling words in normal form, and of those of the turns before it."""
        self.kind = asked_for(question)
        self.weights = weights
        found = placed_words(question).words
        self.said = {*found, *map(bare, found)}
        own = [(at, word) for at, word in enumerate(map(bare, found)) if word in weights]
        self.pairs = [
            (one, other, there - here, weights[one] + weights[other])
            for (here, one), (there, other) in pairwise(own)
            if one != other
        ]
        """Words that follow one another, how far apart, and what both weigh."""
        self.all_pairs = sum(weight for _, _, _, weight in self.pairs)
        self.own = {word for _, word in own}
        self.last = own[-1][1] if own else ""
        mine, all_of_them = sum(weights[word] for word in self.own), sum(weights.values())
        self.total = max(mine, all_of_them / 2) or 1.0  # what is asked takes up a part of the turns before, never all of them
        self.head = _head(found, weights)
        self.is_own_name = any(word.endswith("'s") and bare(word) == self.head for word in found)
        """Whether it turns upon somebody whose name it asks for, not upon what somebody has."""
        self.which = which_of(question)
        self.measure = measure_of(question)
        self.is_post = asks_for_post(question)
        self.deed = deed if (deed := deed_of(question)) in weights else ""
        self.rarest = max(weights.values(), default=1.0) or 1.0
        self.bits = {word: 1 << at for at, word in enumerate(weights)}
        """Sets of the words are numbers, one bit for each: those of neighbouring sentences are joined all the time."""
        self.beginnings: dict[str, list[str]] = {}
        for word in weights:
            self.beginnings.setdefault(word[:KIN], []).append(word)
        self.kin = _Kin(self.beginnings)
        self.shares = _Shares(self)
        self.missed = _Missed(self)


class _Kin(dict[str, str]):
    """For a word of a passage, which of the question's it is kin of; empty for none. Each is looked at once."""

    def __init__(self, beginnings: Mapping[str, Sequence[str]]) -> None:
        self._beginnings = beginnings

    def __missing__(self, word: str) -> str:
        self[word] = found = next((one for one in reversed(self._beginnings.get(word[:KIN], ())) if are_kin(one, word)), "")
        return found


class _Shares(dict[int, float]):
    """What a set of the words, as its bits, is of the question, 0.0 to 1.0."""

    def __init__(self, asked: AskedWords) -> None:
        self._asked = asked

    def __missing__(self, words: int) -> float:
        asked = self._asked
        held = sum(asked.weights[word] for word, bit in asked.bits.items() if words & bit)
        self[words] = share = min(1.0, held / asked.total)
        return share


class _Missed(dict[int, float]):
    """How rare the rarest of the question's own words is that is not among a set of them, by the rarest of all."""

    def __init__(self, asked: AskedWords) -> None:
        self._asked = asked

    def __missing__(self, words: int) -> float:
        asked = self._asked
        rarity = max((asked.weights[word] for word in asked.own if not words & asked.bits[word]), default=0.0)
        self[words] = missed = rarity / asked.rarest
        return missed


_OF_NAMES = ("comment", "christian", "maiden", "vorname", "vornamen", "prenom")
"""Words of questions for a name that are of no language's function words."""


def _head(words: Sequence[str], weights: Mapping[str, float]) -> str:
    """The word that a question turns upon: the first of its own, or what somebody is said to have, as the mother in “Tom's mother”.

    What people are called by, and that something has a name, is nothing to turn upon.
    """
    own = [word for word in words if bare(word) in weights and not names(bare(word)) and word not in _OF_NAMES]
    had = [word for owner, word in pairwise(own) if owner.endswith("'s")]
    called = [word for word in own if not is_title(word)] or own
    return bare((had or called)[0]) if own else ""
