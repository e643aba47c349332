"""What in a few sentences says that they answer a question, beside the words that they share with it."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from luminalib.domain.asked_words import AskedWords
from luminalib.domain.function_words import is_telling
from luminalib.domain.questions import (
    LEADING_TO_PLACES,
    Asked,
    explains,
    gives_condition,
    gives_reason,
    is_colour,
    is_number,
    is_time,
    is_title,
    names,
)
from luminalib.domain.quotable import read
from luminalib.domain.search import KIN
from luminalib.domain.sentences import is_inside
from luminalib.domain.speakers import is_speaker
from luminalib.domain.spelling import fold

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
NAMED = 3
"""Words before a name among which one says that it is a name."""
FEWEST = 3
"""Words of a sentence that has none of the question's and nothing of what it asks for."""
_ASKING = ("?", "\uff1f")
_CLOSING = "\"'\u201d\u2019\u00bb) "
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
    """Whether the signs of a part of a stretch are as good as its own, but for the neighbours."""
    mine, theirs = Signs(*part[: len(Signs._fields)]), Signs(*whole[: len(Signs._fields)])
    return all(getattr(mine, name) >= getattr(theirs, name) for name in ("own", "together", "near", "fits", "explains"))


def has_it_all(part: Sequence[float], whole: Sequence[float]) -> bool:
    """The same of a part that has what is asked for."""
    return Signs(*part[: len(Signs._fields)]).near > 0.0 and says_as_much(part, whole)


class ReadPassage:
    """A passage with its sentences and words, each looked at once."""

    def __init__(self, text: str, asked: AskedWords) -> None:
        self.text = text
        self._asked = asked
        self.sentences, self._placed, self._bare, self._firsts, self._listings = read(text)
        self._matched = [at for at, word in enumerate(self._bare) if word[:KIN] in asked.beginnings and asked.kin[word]]
        """The numbers of the words that are kin of the question's, beside which of these each is."""
        self._wanted = [asked.kin[self._bare[at]] for at in self._matched]
        self._held = self._by_sentence()
        self._things = self._of_kind()

    def stretches(self, most: int) -> list[tuple[int, int]]:
        """Sentences, and two in a row of so many characters at most, as (first, last): those that have most of the question.

        Their neighbours count, too: who has been named is often spoken of in the next sentence without the name.
        """
        shares, known = self._asked.shares, list[tuple[float, int, int]]()
        held, says = [0, *self._held, 0, 0], [*map(self._says_something, range(len(self.sentences))), False]
        has = [*map(self._has_thing, range(len(self.sentences))), False]
        for first, (start, _) in enumerate(self.sentences):
            before, own, next_, after = held[first : first + 4]
            if not (says[first] and (before or own or next_ or after)):
                continue
            if beside := before | own | next_:
                known.append((-shares[own] - 2 * shares[beside] - has[first], first, first))
            if says[first + 1] and self.sentences[first + 1][1] - start <= most:
                known.append((-shares[own | next_] - 2 * shares[beside | after] - (has[first] or has[first + 1]), first, first + 1))
        return [(first, last) for _, first, last in sorted(known)[:READ_CLOSELY]] or [(0, 0)][: says[0]]

    def _has_thing(self, number: int) -> bool:
        at = bisect_left(self._things, self._firsts[number])
        return at < len(self._things) and self._things[at] < self._firsts[number + 1]

    def _says_something(self, number: int) -> bool:
        """Whether a sentence may be quoted: not “Well!”, a caption or a page's number, nor lines of an index."""
        words = slice(self._firsts[number], self._firsts[number + 1])
        if words.stop - words.start < FEWEST and not self._held[number]:
            return self._has_thing(number)
        return number not in self._listings

    def held(self, first: int, last: int) -> int:
        """The question's words in these sentences, as their bits."""
        return reduce(or_, self._held[max(first, 0) : last + 1], 0)

    def _by_sentence(self) -> list[int]:
        held, bits = [0] * len(self.sentences), self._asked.bits
        for at, wanted in zip(self._matched, self._wanted, strict=True):
            if (sentence := bisect_right(self._firsts, at, 0, len(held)) - 1) >= 0:
                held[sentence] |= bits[wanted]
        return held

    def signs(self, first: int, last: int) -> Signs:
        """Of the sentences from `first` to `last`."""
        asked = self._asked
        start, stop = self._firsts[first], self._firsts[last + 1]
        asks = self._ends_asking(self.sentences[last][1])
        if asks and not any(is_telling(word) and word not in asked.said for word in self._bare[start:stop]):
            return NO_SIGNS._replace(asks=1.0)  # the question over again
        inside = slice(bisect_left(self._matched, start), bisect_left(self._matched, stop))
        matches = list(zip(self._matched[inside], self._wanted[inside], strict=True))
        things = self._things[bisect_left(self._things, start) : bisect_left(self._things, stop)]
        beside = self.held(first - 1, last + 1)
        together = self._together(matches)
        own = asked.shares[self.held(first, last)]
        is_of_kind = asked.kind not in (Asked.ANYTHING, Asked.MEANING)
        return Signs(
            own=own,
            beside=asked.shares[beside],
            together=together,
            lacks=float((is_of_kind and not things) or self._is_of_another(start, stop, things, together)),
            misses=asked.missed[beside],
            near=self._near(things, matches) if is_of_kind else 0.0,
            fits=own if self._fits(start, stop, things, matches) else 0.0,
            explains=self._explains(matches) if asked.kind is Asked.MEANING else 0.0,
            asks=float(asks),
        )

    def _ends_asking(self, stop: int) -> bool:
        """Whether what ends there ends with a question mark, but for marks that close."""
        while stop and self.text[stop - 1] in _CLOSING:
            stop -= 1
        return self.text[max(0, stop - 1) : stop] in _ASKING

    def _together(self, matches: Sequence[tuple[int, str]]) -> float:
        asked = self._asked
        if not asked.pairs or len(matches) < 2:  # noqa: PLR2004 -- a pair
            return 0.0
        places: dict[str, list[int]] = {}
        for at, wanted in matches:
            places.setdefault(wanted, []).append(at)
        worth = 0.0
        for one, other, apart, weight in asked.pairs:
            if one in places and other in places:
                found = min(abs(there - here) for here in places[one] for there in places[other])
                worth += weight * max(0.0, 1.0 - max(0, found - apart) / APART)
        return worth / asked.all_pairs

    def _of_kind(self) -> list[int]:
        """The numbers of the words that are of the kind that is asked for."""
        said, words = self._asked.said, self._placed.words
        if self._asked.kind is Asked.PLACE:
            return [at for at in self._led_to() if words[at] not in said and is_telling(words[at])]
        is_one = _OF_KIND.get(self._asked.kind)
        if is_one is None:
            return []
        if is_one is ReadPassage.is_name:  # few words begin with a capital letter
            begun = [at for at, start in enumerate(self._placed.starts) if self.text[start].isupper()]
            return [at for at in begun if words[at] not in said and self.is_name(at, words[at])]
        return [at for at, word in enumerate(words) if word not in said and is_one(self, at, word)]

    def _led_to(self) -> list[int]:
        """The numbers of the words before which one stands that leads to a place, with one other between them at most."""
        leads = [at for at, word in enumerate(self._bare) if word in LEADING_TO_PLACES]
        return sorted({at for lead in leads for at in (lead + 1, lead + 2) if at < len(self._bare)})

    def is_number(self, at: int, word: str) -> bool:
        """Whether a word is a number of what is asked for."""
        measure = self._asked.measure
        if is_number(word):
            return measure.fits(self.text, self._placed, at) or self._replies(at)
        return measure.is_one(self._placed, at)

    def _replies(self, at: int) -> bool:
        """Whether a word belongs to the reply to somebody in the text who asks for what the question wants to be counted."""
        asked, sentence = self._asked, bisect_right(self._firsts, at) - 1
        counted = asked.bits.get(asked.measure.counted, 0)
        return sentence > 0 and bool(self._held[sentence - 1] & counted) and self._ends_asking(self.sentences[sentence - 1][1])

    def _is_of_another(self, start: int, stop: int, things: Sequence[int], together: float) -> bool:
        """Whether a post is not said to be that of the thing asked about, or a name not to be its name."""
        asked = self._asked
        if asked.kind is not Asked.NAME:
            return asked.is_post and together < BOUND
        before = self._firsts[max(0, bisect_left(self._firsts, start) - 1)]
        told = [at for at in self._matched if before <= at < stop and asked.kin[self._bare[at]] == asked.head]
        real = [thing for thing in things if not (is_title(self._bare[thing]) or is_speaker(self._placed.words, thing))]
        close = 1 if asked.is_own_name else CLOSE
        if any(abs(thing - at) <= close and self._is_one_clause(thing, at) for thing in real for at in told):
            return False
        return not (told and any(names(word) for thing in real for word in self._bare[max(start, thing - NAMED) : thing]))

    def is_name(self, at: int, word: str) -> bool:
        """Whether a word looks like a name that the question does not have."""
        begun, ended = self._placed.starts[at], self._placed.stops[at]
        looks_so = self.text[begun].isupper() and ended - begun > 1 and is_inside(self.text, begun)
        return looks_so and self._bare[at] not in self._asked.said and is_telling(word)

    def _fits(self, start: int, stop: int, things: Sequence[int], matches: Sequence[tuple[int, str]]) -> bool:
        asked = self._asked
        if asked.kind in (Asked.NUMBER, Asked.COLOUR):
            return bool(things)
        if asked.kind in (Asked.PERSON, Asked.NAME):
            heads = [at for at, wanted in matches if wanted == asked.head]
            return any(abs(thing - at) <= CLOSE and self._is_one_clause(thing, at) for thing in things for at in heads)
        if asked.kind is Asked.CONDITION:
            ends = [at for at, wanted in matches if wanted == asked.last]
            return any(0 < thing - at <= CLOSE and self._is_one_clause(thing, at) for thing in things for at in ends)
        if asked.kind is not Asked.ANYTHING:
            return False
        if asked.measure.units and any(self.is_number(at, self._placed.words[at]) for at in range(start, stop)):
            return True
        return any(self._is_told_apart(at) for at, wanted in matches if wanted == asked.which)

    def _is_one_clause(self, one: int, other: int) -> bool:
        """Whether no sentence and no half of one ends between two words."""
        first, second = sorted((one, other))
        between = self.text[self._placed.stops[first] : self._placed.starts[second]]
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
            begun, ended = self._placed.starts[at], self._placed.stops[at]
            if explains(fold(self.text[max(0, begun - _MIND) : begun]), fold(self.text[ended : ended + _MIND])):
                return 1.0
        return 0.0


_OF_KIND: dict[Asked, Callable[[ReadPassage, int, str], bool]] = {
    Asked.NUMBER: ReadPassage.is_number,
    Asked.COLOUR: lambda _, __, word: is_colour(word),
    Asked.YEAR: lambda _, __, word: len(word) == _YEAR and word.isdigit(),
    Asked.TIME: lambda _, __, word: is_time(word),
    Asked.PERSON: ReadPassage.is_name,
    Asked.NAME: ReadPassage.is_name,
    Asked.REASON: lambda _, __, word: gives_reason(word),
    Asked.CONDITION: lambda _, __, word: gives_condition(word),
}
"""Whether a word of a passage, by its number and in normal form, is of a kind that questions ask for."""
