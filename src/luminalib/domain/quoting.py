"""Answering by the library's own sentences: which one or two of a passage say what is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from luminalib.domain.answer_signs import ReadPassage, Signs, has_it_all, says_as_much
from luminalib.domain.asked_words import AskedWords
from luminalib.domain.confidence import logistic, worth_of
from luminalib.domain.function_words import bare, is_telling, telling_words
from luminalib.domain.passages import QUOTED
from luminalib.domain.questions import MUST_HOLD, Asked, asked_for, holds, names_colour
from luminalib.domain.quotable import ENDING, leans, read
from luminalib.domain.search import KIN, PassageView, are_kin
from luminalib.domain.spelling import all_words

BEFORE = 0.5
"""What a word of the turns before counts beside one of the question itself."""

LACKING = 1.0
"""So much more something must be worth that does not tell what an answer must, to be quoted before what does."""
_LACKS = Signs._fields.index("lacks")


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """A verbatim stretch of a passage: `start` and `stop` are offsets in its text.

    `holds_it` is whether it has a thing of the kind that is asked for; `tells_deed` whether the verb of a question for who did
    something stands there or beside it; `worth` what its `features` come to; `order` that by which it is chosen.
    """

    view: PassageView
    start: int
    stop: int
    features: tuple[float, ...]
    worth: float
    order: float
    holds_it: bool
    tells_deed: bool

    @property
    def text(self) -> str:
        """The words themselves."""
        return self.view.passage.text[self.start : self.stop]

    @property
    def score(self) -> float:
        """Its worth as a number from 0.0 to 1.0."""
        return logistic(self.worth)

    def lies_upon(self, other: "Quote") -> bool:
        """Whether the two share a part of their document."""
        mine, theirs = self.view.passage, other.view.passage
        return mine.document_id == theirs.document_id and (
            mine.start + self.start < theirs.start + other.stop and theirs.start + other.start < mine.start + self.stop
        )


def quotes_for(
    question: str,
    context: str,
    found: Sequence[tuple[PassageView, float]],
    rarity: Mapping[str, float] | None = None,
    most: int = QUOTED,
) -> list[Quote]:
    """The best quotation of each passage, the best first.

    `found` are passages with their scores, 0.0 to 1.0; `context` is the question together with the turns before it, whose words
    count half; `rarity` is how rare a word in normal form is in the library, 0.0 to 1.0, all being alike without.
    """
    asked = AskedWords(question, weights_of(question, context, rarity or {}))
    quotes = (
        _quote(_whole(_shortest(judged, view.passage.text), view.passage.text, most), view, question, asked)
        for view, score in found
        if (judged := _judged(view.passage.text, score, asked, most))
    )
    return _distinct(sorted(quotes, key=lambda quote: -quote.order))


def is_about(question: str, passage: PassageView) -> bool:
    """Whether a passage has any telling word of the question itself. One without such a word, as “And why?”, is about anything."""
    own = [bare(word) for word in all_words(question) if is_telling(word)]
    beginnings = {word[:KIN] for word in own}
    there = {word for word in map(bare, all_words(passage.passage.text)) if word[:KIN] in beginnings}
    return not own or any(are_kin(word, other) for word in own for other in there)


def stretches_of(view: PassageView, score: float, question: str, asked: AskedWords, most: int = QUOTED) -> list[Quote]:
    """Each sentence of a passage, and each two in a row that are short enough, the best first."""
    return [_quote(one, view, question, asked) for one in _judged(view.passage.text, score, asked, most)]


class _Stretch(NamedTuple):
    """Sentences of a passage, with what they are worth; what is asked for must stand in `held`."""

    worth: float
    features: tuple[float, ...]
    start: int
    stop: int
    held: tuple[int, int]
    tells_deed: bool


def _judged(text: str, score: float, asked: AskedWords, most: int) -> list[_Stretch]:
    read = ReadPassage(text, asked)
    found = []
    for first, last in read.stretches(most):
        start, stop = read.sentences[first][0], read.sentences[last][1]
        features = (*read.signs(first, last), score, float(last - first), max(0, stop - start - most) / most)
        tells_deed = not asked.deed or bool(read.held(first - 1, last + 1) & asked.bits[asked.deed])
        found.append(_Stretch(worth_of(features), features, start, stop, (start, stop), tells_deed))
    return sorted(found, key=lambda one: -_order(one.worth, one.features, asked))


def _order(worth: float, features: Sequence[float], asked: AskedWords) -> float:
    """By what the best is chosen: where a number, a year or a name must be told, what tells none is passed over for its like."""
    return worth - LACKING if asked.kind in MUST_HOLD and features[_LACKS] else worth


def _quote(one: _Stretch, view: PassageView, question: str, asked: AskedWords) -> Quote:
    start, stop = one.held
    is_called = asked.kind is not Asked.NAME or not Signs(*one.features[: len(Signs._fields)]).lacks
    holds_it = is_called and (asked.kind not in MUST_HOLD or holds(view.passage.text[start:stop], asked.kind, question))
    return Quote(
        view=view,
        start=one.start,
        stop=one.stop,
        features=one.features,
        worth=one.worth,
        order=_order(one.worth, one.features, asked),
        holds_it=holds_it,
        tells_deed=one.tells_deed,
    )


def _shortest(stretches: Sequence[_Stretch], text: str) -> _Stretch:
    """The best of a passage, without a second sentence that adds nothing of what speaks for it.

    What stands after it may be the answer in other words; what stands before says at most who is meant.
    """
    best = stretches[0]
    alone = [one for one in stretches[1:] if best.start <= one.start and one.stop <= best.stop]
    shorter = next((one for one in alone if has_it_all(one.features, best.features)), None) or next(
        (
            one
            for one in alone
            if one.stop == best.stop and says_as_much(one.features, best.features) and not leans(text, one.start)
        ),
        None,
    )
    return best if shorter is None else best._replace(start=shorter.start, stop=shorter.stop)


def _whole(one: _Stretch, text: str, most: int) -> _Stretch:
    """With what follows where it breaks off without an end, as before a formula, as long as that is short enough."""
    stop = one.stop
    for begun, ended in read(text).sentences:
        if begun >= stop and text[stop - 1] not in ENDING and ended - one.start <= most:
            stop = ended
    return one._replace(stop=stop)


def _distinct(quotes: Sequence[Quote]) -> list[Quote]:
    """Without those that lie upon a better one: neighbouring passages share sentences."""
    kept: list[Quote] = []
    for quote in quotes:
        if not any(quote.lies_upon(other) for other in kept):
            kept.append(quote)
    return kept


def is_named_there(text: str, start: int, stop: int, asked: AskedWords) -> bool:
    """Whether the sentences of a passage from `start` to `stop` tell the name that is asked for; so they do where none is."""
    read = ReadPassage(text, asked)
    held = [at for at, (begun, ended) in enumerate(read.sentences) if begun < stop and start < ended]
    return asked.kind is not Asked.NAME or (bool(held) and not read.signs(held[0], held[-1]).lacks)


def in_other_words(quotes: Sequence[Quote]) -> list[Quote]:
    """Without those in the same words as one before, of another edition."""
    first: dict[tuple[str, ...], Quote] = {}
    for quote in quotes:
        first.setdefault(tuple(all_words(quote.text)), quote)
    return list(first.values())


def weights_of(question: str, context: str, rarity: Mapping[str, float]) -> dict[str, float]:
    """The telling words by how rare they are."""
    usual = max(rarity.values(), default=1.0)
    last = [bare(word) for word in telling_words(all_words(question))]
    if asked_for(question) is Asked.COLOUR:  # who says that it is red does not say that this is a colour
        last = [word for word in last if not names_colour(word)] or last
    before = [bare(word) for word in telling_words(all_words(context))]
    said = set(map(bare, all_words(question)))
    weights = {word: rarity.get(word, usual) for word in last}
    return {word: BEFORE * rarity.get(word, usual) for word in before if word not in said} | weights
