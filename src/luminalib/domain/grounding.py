"""Holding what a model says against what was found: each sentence must stand in a source, or it is not said."""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from luminalib.domain.function_words import bare, is_telling
from luminalib.domain.questions import numbers_in
from luminalib.domain.search import KinWords, are_kin
from luminalib.domain.sentences import sentences_in
from luminalib.domain.spelling import words_in

SUPPORTED = 0.65
"""The least share of a sentence's telling words that must stand together in a source."""
FEWEST = 2
"""Telling words of a sentence; a single one stands in too many places to say anything."""
NEW_SUPPORTED = 0.5
"""The same of those words that the question did not have; of few, one may be the model's own verb."""
WIDEST = 3
"""So many neighbouring sentences of a source may support one that a model says."""
NEAR, NEAR_WIDEST = 0.75, 8
"""The same two for a statement of a model that has slipped: it may stand in a whole passage, but most of its words there.

Of what two small models said of ten texts in words of their own, 9 of 15 true statements have as much, and none of 34 inventions;
of what people wrote about whole works a fifth has.
"""
_NEGATIONS_LIST = """
not no never nobody nothing none neither nor cannot without nicht kein keine keinen niemand nichts nie ohne pas jamais aucun
aucune rien sans non mai nessuno niente nunca ningun ninguno nada sin nao
"""
_JOINING = frozenset(("and", "but", "so", "then", "und", "aber", "et", "mais", "y", "e"))
_AUXILIARIES_LIST = """
is are was were do does did has have had can could will would shall should may might must ist sind war waren hat haben hatte kann
konnte wird muss darf est sont etait es son fue hay tiene puede ha hanno era sono
"""
_AUXILIARIES = frozenset(_AUXILIARIES_LIST.split())
_TELLING_LIST = """
alone bill bottom cry empty enough few fill fire front full last least less many mill mine more most move serious side sincere
system thick thin together top whole
"""
_TELLING = frozenset(_TELLING_LIST.split())
"""Function words for finding a passage, but what a sentence may turn upon."""
_CLAUSE = re.compile(r"[,;:()\u2013\u2014]|\bbut\b|\baber\b|\bmais\b")
_NEGATIONS = frozenset(_NEGATIONS_LIST.split())


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A sentence that a model says, and the number of the source that it names for it; None when it names none."""

    text: str
    source: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """A source in full; `label` is where it stands, whose words count as known."""

    text: str
    label: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grounded:
    """A claim that a source supports: `start` and `stop` are where it stands in that source's text, `support` from 0.0 to 1.0."""

    text: str
    source: int
    start: int
    stop: int
    support: float


def adds_something(claim: str, question: str, before: Sequence[str]) -> bool:
    """Whether a sentence has a telling word or a number that no question had: to repeat what was asked is no answer.

    A question that can be answered by yes or no may be repeated itself, those before it may not.
    """
    asked = [*before] if _is_yes_or_no(question) else [*before, question]
    said = _Said(claim, " ".join(asked))
    return bool(said.new or said.numbers)


def _is_yes_or_no(question: str) -> bool:
    first = next((word for _, _, word in words_in(question) if word not in _JOINING), "")
    return first in _AUXILIARIES


def is_near(statement: str, passages: "Passages") -> bool:
    """Whether some passage has most of what a statement says; what comes from nowhere, or from everywhere, is near none."""
    said = _Said(statement, "")
    return len(said.words) < FEWEST or passages.nearest(said.words) >= NEAR


def grounded(claims: Sequence[Claim], grounds: Mapping[int, Ground], question: str) -> list[Grounded]:
    """The claims that stand in a source, with the one that supports each best; where the one it names is as good, that one.

    A sentence counts as supported when most of its telling words, and most of those that the question did not have, stand in a few
    neighbouring sentences, with each of its numbers, with its names in the source, and when both deny or neither does.
    """
    return Grounds(grounds).standing(claims, question)


class Grounds:
    """Sources, each taken apart once, however many claims are held against them."""

    def __init__(self, grounds: Mapping[int, Ground]) -> None:
        self._texts = {number: Passages(ground) for number, ground in grounds.items()}

    def standing(self, claims: Sequence[Claim], question: str) -> list[Grounded]:
        """See `grounded`."""
        found = [one for claim in claims if (one := _best(claim, self._texts, question))]
        return [one for at, one in enumerate(found) if one.text not in {other.text for other in found[:at]}]


def _best(claim: Claim, texts: Mapping[int, "Passages"], question: str) -> Grounded | None:
    said = _Said(claim.text, question)
    if len(said.words) < FEWEST:
        return None
    best: Grounded | None = None
    for number in sorted(texts, key=lambda number: number != claim.source):  # the one that it names first
        found = texts[number].supporting(said)
        if found and (best is None or found[0] > best.support):
            best = Grounded(text=claim.text, source=number, support=found[0], start=found[1], stop=found[2])
    return best


class _Said:
    """A claim, taken apart."""

    def __init__(self, text: str, question: str) -> None:
        found = list(words_in(text))
        self.words = {bare(word) for _, _, word in found if is_telling(word) or bare(word) in _TELLING}
        asked = {bare(word) for _, _, word in words_in(question)}
        self.new = {word for word in self.words if not any(are_kin(word, other) for other in asked)}
        self.numbers = numbers_in(text) - numbers_in(question)
        self.names = {
            bare(word)
            for start, _, word in found
            if start and text[start].isupper() and is_telling(word) and bare(word) in self.new
        }
        self.denies = _denies(word for _, _, word in found)


class Passages:
    """A source, taken apart into sentences and their words."""

    def __init__(self, ground: Ground) -> None:
        self._spans = sentences_in(ground.text)
        spoken = [[word for _, _, word in words_in(ground.text[start:stop])] for start, stop in self._spans]
        self._words = [KinWords(map(bare, words)) for words in spoken]
        self._numbers = [numbers_in(ground.text[start:stop]) for start, stop in self._spans]
        self._clauses = [_clauses_of(ground.text[start:stop]) for start, stop in self._spans]
        self._known = KinWords(
            [*(bare(word) for words in spoken for word in words), *(bare(w) for _, _, w in words_in(ground.label))]
        )

    def nearest(self, words: AbstractSet[str]) -> float:
        """The largest share of so many words that stand together in a passage, 0.0 to 1.0."""
        held = [frozenset(word for word in words if word in spoken) for spoken in self._words]
        passages = (held[at : at + NEAR_WIDEST] for at, here in enumerate(held) if here)
        return max((len(frozenset().union(*passage)) for passage in passages), default=0) / max(1, len(words))

    def supporting(self, said: _Said) -> tuple[float, int, int] | None:
        """How well, and the shortest stretch that supports the claim as well as any; None when none does well enough."""
        if not all(name in self._known for name in said.names):
            return None
        held = [frozenset(word for word in said.words if word in words) for words in self._words]
        stretches = [(first, last) for first in range(len(held)) for last in range(first, min(first + WIDEST, len(held)))]
        supported = [
            (len(together) / len(said.words), first - last, first, last)
            for first, last in stretches
            if held[first]
            and held[last]
            and self._says_so(said, together := frozenset().union(*held[first : last + 1]))
            and said.numbers <= set().union(*self._numbers[first : last + 1])
            and self._agrees(said, first, last)
        ]
        if not supported:
            return None
        share, _, first, last = max(supported, key=lambda one: (one[0], one[1], -one[2]))
        return round(share, 4), self._spans[first][0], self._spans[last][1]

    def _says_so(self, said: _Said, words: frozenset[str]) -> bool:
        return len(words) >= SUPPORTED * len(said.words) and len(words & said.new) >= NEW_SUPPORTED * len(said.new)

    def _agrees(self, said: _Said, first: int, last: int) -> bool:
        """Whether what stands nearest to the claim denies as the claim does: of the clauses that hold most of its words, one."""
        wanted = said.new or said.words
        held = [
            (sum(word in words for word in wanted), denies) for at in range(first, last + 1) for words, denies in self._clauses[at]
        ]
        most = max((count for count, _ in held), default=0)
        return any(denies == said.denies for count, denies in held if count == most)


def _clauses_of(sentence: str) -> list[tuple[KinWords, bool]]:
    """The words of each clause, and whether it denies."""
    spoken = [[word for _, _, word in words_in(clause)] for clause in _CLAUSE.split(sentence)]
    return [(KinWords(map(bare, words)), _denies(words)) for words in spoken if words]


def _denies(words: Iterable[str]) -> bool:
    return any(word in _NEGATIONS or word.endswith("n't") for word in words)
