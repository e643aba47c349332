"""What in a few sentences says that they answer a question, beside the words that they share with it."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import NamedTuple

from luminalib.domain.asked_words import AskedWords
from luminalib.domain.function_words import bare, is_telling
from luminalib.domain.questions import (
    Asked,
    explains,
    gives_reason,
    is_colour,
    is_number,
    is_time,
    is_title,
    leads_to_place,
    names,
)
from luminalib.domain.search import KIN, are_kin
from luminalib.domain.sentences import sentences_in
from luminalib.domain.spelling import fold, placed_words

REACH = 12
"""Words between one of the question's and what it asks for, beyond which they do not belong together."""
APART = 5
"""So many words more than in the question between two of its words, and they speak of different things."""
READ_CLOSELY = 8
"""So many stretches of a passage at most."""
BOUND = 0.8
"""What a post and that which it is the post of have to stand `together`, or it may be the post of another."""
_YEAR = 4
CLOSE = 4
"""Words between a name and that which it is the name of."""
_MIND = 60
"""Characters before a word in which that which leads to it stands."""


class Signs(NamedTuple):
    """Of a stretch of text, all 0.0 to 1.0.

    `own`, `beside`: the share of the question's words, by rarity, in it, and in it with its neighbours; `together`: how near those
    that follow one another in the question stand to one another; `lacks`: that what is asked for is of a kind and nothing of it is
    there; `misses`: how rare the rarest of the question's own words is that stands neither there nor beside, by the rarest of all;
    `near`: how near a thing of the kind stands to the question's words; `fits`: `own` where such a thing stands right at the word
    that the question turns upon, or is a number of what was asked for; `explains`: that it says what the term asked about is;
    `asks`: that it is a question itself.
    """

    own: float
    beside: float
    together: float
    lacks: float
    misses: float
    near: float
    fits: float
    explains: float
    asks: float


NO_SIGNS = Signs(*(0.0 for _ in Signs._fields))


def says_as_much(part: Sequence[float], whole: Sequence[float]) -> bool:
    """Whether the signs of a part of a stretch are as good as its own, but for the neighbours, and it has what is asked for."""
    mine, theirs = Signs(*part[: len(Signs._fields)]), Signs(*whole[: len(Signs._fields)])
    found = ("own", "together", "near", "fits", "explains")
    return mine.near > 0.0 and all(getattr(mine, name) >= getattr(theirs, name) for name in found)


class ReadPassage:
    """A passage with its sentences and words, each looked at once."""

    def __init__(self, text: str, asked: AskedWords) -> None:
        self.text = text
        self.sentences = sentences_in(text)
        self._asked = asked
        self._tokens = placed_words(text)
        self._bare = [bare(word) if "'" in word else word for _, _, word in self._tokens]
        self._firsts = self._bounds()
        wanted_by = _wanted_by(asked.weights, set(self._bare))
        self._matches = [(at, wanted_by[word]) for at, word in enumerate(self._bare) if word in wanted_by]
        self._held = self._by_sentence()
        self._things = self._of_kind()

    def _bounds(self) -> list[int]:
        """The number of the first word of each sentence, and of the one after the last."""
        starts = [start for start, _, _ in self._tokens]
        return [*(bisect_left(starts, start) for start, _ in self.sentences), len(starts)]

    def stretches(self, most: int) -> list[tuple[int, int]]:
        """Sentences, and two in a row of so many characters at most, as (first, last): those that have most of the question.

        Their neighbours count, too: who has been named is often spoken of in the next sentence without the name.
        """
        share, known = self._asked.share, list[tuple[float, int, int]]()
        held = [0, *self._held, 0, 0]
        for first, (start, _) in enumerate(self.sentences):
            before, own, next_, after = held[first : first + 4]
            if beside := before | own | next_:
                known.append((-share(own) - 2 * share(beside), first, first))
            if (beside | after) and first + 1 < len(self.sentences) and self.sentences[first + 1][1] - start <= most:
                known.append((-share(own | next_) - 2 * share(beside | after), first, first + 1))
        return [(first, last) for _, first, last in sorted(known)[:READ_CLOSELY]] or [(0, 0)][: len(self.sentences)]

    def held(self, first: int, last: int) -> int:
        """The question's words in these sentences, as their bits."""
        return reduce(or_, self._held[max(first, 0) : last + 1], 0)

    def _by_sentence(self) -> list[int]:
        ends = [bisect_left(self._matches, (at, "")) for at in self._firsts]
        bits = self._asked.bits
        return [reduce(or_, (bits[wanted] for _, wanted in self._matches[start:stop]), 0) for start, stop in pairwise(ends)]

    def signs(self, first: int, last: int) -> Signs:
        """Of the sentences from `first` to `last`."""
        asked = self._asked
        start, stop = self._firsts[first], self._firsts[last + 1]
        matches = self._matches[bisect_left(self._matches, (start, "")) : bisect_left(self._matches, (stop, ""))]
        asks = self.text[: self.sentences[last][1]].rstrip("\"'\u201d\u2019\u00bb) ").endswith(("?", "\uff1f"))
        if asks and not any(is_telling(word) and word not in asked.said for word in self._bare[start:stop]):
            return NO_SIGNS._replace(asks=1.0)  # the question over again
        things = self._things[bisect_left(self._things, start) : bisect_left(self._things, stop)]
        beside = self.held(first - 1, last + 1)
        together = self._together(matches)
        own = asked.share(self.held(first, last))
        is_of_kind = asked.kind not in (Asked.ANYTHING, Asked.MEANING)
        return Signs(
            own=own,
            beside=asked.share(beside),
            together=together,
            lacks=float((is_of_kind and not things) or self._is_of_another(start, stop, things, matches, together)),
            misses=asked.missed(beside),
            near=self._near(things, matches) if is_of_kind else 0.0,
            fits=own if self._fits(start, stop, things, matches) else 0.0,
            explains=self._explains(matches) if asked.kind is Asked.MEANING else 0.0,
            asks=float(asks),
        )

    def _together(self, matches: Sequence[tuple[int, str]]) -> float:
        pairs = self._asked.pairs
        if not pairs:
            return 0.0
        places: dict[str, list[int]] = {}
        for at, wanted in matches:
            places.setdefault(wanted, []).append(at)
        weights = self._asked.weights
        worth = whole = 0.0
        for one, other, asked in pairs:
            weight = weights[one] + weights[other]
            whole += weight
            apart = min((abs(there - here) for here in places.get(one, ()) for there in places.get(other, ())), default=None)
            if apart is not None:
                worth += weight * max(0.0, 1.0 - max(0, apart - asked) / APART)
        return worth / whole

    def _of_kind(self) -> list[int]:
        """The numbers of the words that are of the kind that is asked for."""
        said, tokens = self._asked.said, self._tokens
        if self._asked.kind is Asked.PLACE:
            return [at for at in self._led_to() if tokens[at][2] not in said and is_telling(tokens[at][2])]
        is_one = _OF_KIND.get(self._asked.kind)
        if is_one is None:
            return []
        return [at for at, (_, _, word) in enumerate(tokens) if word not in said and is_one(self, at, word)]

    def _led_to(self) -> list[int]:
        """The numbers of the words before which one stands that leads to a place, with one other between them at most."""
        leads = [at for at, word in enumerate(self._bare) if leads_to_place(word)]
        return sorted({at for lead in leads for at in (lead + 1, lead + 2) if at < len(self._bare)})

    def is_number(self, at: int, word: str) -> bool:
        """Whether a word is a number of what is asked for."""
        return is_number(word) and self._asked.measure.fits(self.text, self._tokens, at)

    def _is_of_another(
        self, start: int, stop: int, things: Sequence[int], matches: Sequence[tuple[int, str]], together: float
    ) -> bool:
        """Whether a post is not said to be that of the thing asked about, or a name not to be its name."""
        asked = self._asked
        if asked.kind is not Asked.NAME:
            return asked.is_post and together < BOUND
        if any(names(word) for word in self._bare[start:stop]):
            return False
        return not any(abs(thing - at) == 1 and not is_title(self._bare[thing]) for thing in things for at, _ in matches)

    def is_name(self, at: int, word: str) -> bool:
        """Whether a word looks like a name that the question does not have."""
        begun, ended, _ = self._tokens[at]
        is_inside = begun > 1 and self.text[begun - 2] not in ".!?\n"
        looks_so = self.text[begun].isupper() and ended - begun > 1 and is_inside
        return looks_so and bare(word) not in self._asked.said and is_telling(word)

    def _fits(self, start: int, stop: int, things: Sequence[int], matches: Sequence[tuple[int, str]]) -> bool:
        asked = self._asked
        if asked.kind in (Asked.NUMBER, Asked.COLOUR):
            return bool(things)
        if asked.kind in (Asked.PERSON, Asked.NAME):
            heads = [at for at, wanted in matches if wanted == asked.head]
            return any(abs(thing - at) <= CLOSE and self._is_one_clause(thing, at) for thing in things for at in heads)
        if asked.kind is not Asked.ANYTHING:
            return False
        if asked.measure.units and any(self.is_number(at, word) for at, (_, _, word) in enumerate(self._tokens[start:stop], start)):
            return True
        return any(self._is_told_apart(at) for at, wanted in matches if wanted == asked.which)

    def _is_one_clause(self, one: int, other: int) -> bool:
        """Whether no sentence and no half of one ends between two words."""
        first, second = sorted((one, other))
        between = self.text[self._tokens[first][1] : self._tokens[second][0]]
        return ";" not in between and bisect_right(self._firsts, first) == bisect_right(self._firsts, second)

    def _is_told_apart(self, at: int) -> bool:
        """Whether a word has another beside it that the question did not have, as the acid in “oxalic acid”."""
        beside = (self._bare[next_] for next_ in (at - 1, at + 1) if 0 <= next_ < len(self._bare))
        return any(is_telling(word) and word not in self._asked.said for word in beside)

    def _near(self, things: Sequence[int], matches: Sequence[tuple[int, str]]) -> float:
        weights, total = self._asked.weights, self._asked.total
        best = 0.0
        for thing in things:
            nearest: dict[str, int] = {}
            for at, wanted in matches:
                nearest[wanted] = min(nearest.get(wanted, REACH), abs(at - thing))
            best = max(best, sum(weights[word] * (1.0 - apart / REACH) for word, apart in nearest.items()))
        return min(1.0, best / total)

    def _explains(self, matches: Sequence[tuple[int, str]]) -> float:
        for at, _ in matches:
            begun, ended, _ = self._tokens[at]
            if explains(fold(self.text[max(0, begun - _MIND) : begun]), fold(self.text[ended : ended + _MIND])):
                return 1.0
        return 0.0


def _wanted_by(wanted: Mapping[str, float], there: Collection[str]) -> dict[str, str]:
    """Of those words that are kin of one that is wanted, which that is."""
    by_beginning: dict[str, list[str]] = {}
    for word in wanted:
        by_beginning.setdefault(word[:KIN], []).append(word)
    found = ((word, one) for word in there for one in by_beginning.get(word[:KIN], ()) if are_kin(one, word))
    return dict(found)


_OF_KIND: dict[Asked, Callable[[ReadPassage, int, str], bool]] = {
    Asked.NUMBER: ReadPassage.is_number,
    Asked.COLOUR: lambda _, __, word: is_colour(word),
    Asked.YEAR: lambda _, __, word: len(word) == _YEAR and word.isdigit(),
    Asked.TIME: lambda _, __, word: is_time(word),
    Asked.PERSON: ReadPassage.is_name,
    Asked.NAME: ReadPassage.is_name,
    Asked.REASON: lambda _, __, word: gives_reason(word),
}
"""Whether a word of a passage, by its number and in normal form, is of a kind that questions ask for."""
