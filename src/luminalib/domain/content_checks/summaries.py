"""What must be true of summaries and of the notes that lead to them."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from luminalib.domain.asking import asking_sentences, is_story
from luminalib.domain.content_checks import grounding, wording
from luminalib.domain.content_checks.faults import Check, Fault, Place, texts_in
from luminalib.domain.content_checks.grounding import Source
from luminalib.domain.content_checks.quotations import own_sentence
from luminalib.domain.function_words import is_telling
from luminalib.domain.search import are_kin
from luminalib.domain.text_languages import language_of

TELLING_WORDS = 3
_APOSTROPHE = re.compile("['\u2019]")
_CARELESS = 2
"""Sentences at fault in one answer; so many of its topics are one slip more."""
_ASKED = 0.5
"""More than this share of an action item's words must stand in one sentence that asks for something."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Whom a story is about: a name, the words by which they are named, in small letters, and what introduces them, if anything."""

    name: str
    words: frozenset[str]
    sentence: str

    def is_named_in(self, sentences: Iterable[str]) -> bool:
        """Whether one of the sentences names them."""
        told = {
            part for sentence in sentences for word in grounding.words_of(sentence) for part in (word, *_APOSTROPHE.split(word))
        }
        return not told.isdisjoint(part for word in self.words for part in grounding.words_of(word))


@dataclass(frozen=True, kw_only=True)
class Material:
    """What an answer is about. `known` are title and authors, which may be named; `instruction` are the prompt's own words."""

    source: Source
    instruction: str
    language: str | None
    known: Sequence[str] = ()
    shown: Source | None = None
    """What the model was shown of it, where that is something else, such as notes."""
    person: Person | None = None
    """Whom a summary must name."""

    @cached_property
    def code(self) -> str | None:
        """The language to answer in; None where the text itself is clearly in another than the catalogue says."""
        shown = language_of(self.source.text[:20_000])
        return self.language if shown in (None, (self.language or "")[:2].lower()) else None

    @cached_property
    def asked(self) -> list[tuple[str, list[str]]]:
        """Each sentence that asks its readers for something, with its words; none in a story."""
        if is_story(self.source.text, self.language):
            return []
        asking = asking_sentences(self.source.text, self.language)
        return [(" ".join(sentence.split()), grounding.words_of(sentence)) for sentence in asking]


def faults_of_summary(answer: Mapping[str, Any], material: Material, slips: int = 0) -> list[Fault]:
    """The faults of `{summary: [sentence], key_topics, insights, action_items}`; a part has one fault at most.

    `slips` are those of the answer that this one repairs.
    """
    insights = list(_insights(answer["insights"], material, answer["summary"]))
    told = list(_sentences(answer["summary"], "summary", material))
    topics = list(_terms(answer["key_topics"], "key_topics", material))
    slips += len(told) + len(insights) + (len(topics) >= _CARELESS)
    supported = list(_supported(told, answer, ("summary",), material, slips=slips))
    return [
        *supported,
        *_nobody(answer["summary"], {fault.place for fault in supported}, material),
        *topics,
        *insights,
        *_actions(answer["action_items"], material),
    ]


def _nobody(items: Sequence[str], wrong: Collection[Place], material: Material) -> Iterator[Fault]:
    """A summary whose right sentences do not name whom its story is about lacks one that does."""
    kept = [text for at, text in enumerate(items) if ("summary", at) not in wrong]
    if material.person is not None and kept and not material.person.is_named_in(kept):
        yield Fault(Check.WHO, ("summary", len(items)), f"{material.person.name} is missing")


def in_own_words(answer: Mapping[str, Any], material: Material) -> dict[str, Any]:
    """An accepted answer whose quotations, and what is nearly one, are the sentences of the text that they point at."""
    own = {
        field: [own_sentence(text, material.source) or text for text in answer[field]]
        for field in ("summary", "gist", "points", "insights")
        if field in answer
    }
    if "action_items" in answer:
        own["action_items"] = list(filter(None, (asking_for(item, material.asked) for item in answer["action_items"])))
    return {**answer, **{field: list(dict.fromkeys(items)) for field, items in own.items()}}


def faults_of_notes(answer: Mapping[str, Any], material: Material) -> list[Fault]:
    """The faults of `{gist: [sentence], points, names}`, in the same way."""
    told = [
        *_sentences(answer["gist"], "gist", material),
        *_statements(answer["points"], "points", material, answer["gist"]),
    ]
    supported = _supported(told, answer, ("gist", "points"), material, slips=len(told))
    return [*supported, *_terms(answer["names"], "names", material)]


def _supported(
    found: Iterable[Fault],
    answer: Mapping[str, Sequence[str]],
    fields: Sequence[str],
    material: Material,
    *,
    slips: int,
) -> Iterator[Fault]:
    """The faults found, and those of the other sentences that the text does not support, whatever notes on it say.

    Words alone cannot tell a free wording from an invention, so a model is believed as far as it has earned it: after one of
    its `slips` there must be a passage about each sentence, after several it may only quote.
    """
    faults = {fault.place: fault for fault in found}
    for place, text in ((place, text) for field in fields for place, text in texts_in(answer[field], (field,))):
        if place in faults:
            yield faults[place]
        elif slips >= _CARELESS:
            if own_sentence(text, material.source) is None:
                yield Fault(Check.UNFOUNDED, place, "the text does not say that; copy one of its sentences")
        elif reason := (slips and grounding.unsupported(text, material.source)) or _not_shown(text, material):
            yield Fault(Check.UNFOUNDED, place, reason)


def _not_shown(text: str, material: Material) -> str | None:
    """A whole book has all words: what is told of it from notes must have the words of these, too."""
    return None if material.shown is None else grounding.unfounded(text, material.shown)


def _sentences(items: Sequence[str], field: str, material: Material) -> Iterator[Fault]:
    """As statements are; what has hardly a word that tells something, or only those of others, is no sentence of a summary."""
    found = {fault.place: fault for fault in _statements(items, field, material)}
    for at, text in enumerate(items):
        if (fault := found.get((field, at))) is not None:
            yield fault
        elif sum(map(is_telling, grounding.words_of(text))) < TELLING_WORDS:
            yield Fault(Check.SENTENCES, (field, at), "it is no full sentence that says who does what")
        elif reason := wording.put_together(text, items[:at]):
            yield Fault(Check.REPETITION, (field, at), reason)


def _statements(items: Sequence[str], field: str, material: Material, before: Sequence[str] = ()) -> Iterator[Fault]:
    seen = list(before)
    for at, text in enumerate(items):
        faults = (
            (Check.CUT_OFF, wording.cut_off(text)),
            (Check.REPETITION, wording.repeated(text, seen)),
            *_of_wording(text, material),
        )
        yield from _first(faults, (field, at))
        seen.append(text)


def _of_wording(text: str, material: Material) -> Iterator[tuple[Check, str | None]]:
    yield Check.ECHO, wording.echo(text, material.instruction, material.source)
    yield Check.REPETITION, wording.loop(text)
    yield Check.LANGUAGE, wording.language(text, material.code)
    yield Check.NUMBER, grounding.unfounded_number(text, material.source)
    yield Check.NAME, grounding.unfounded_name(text, material.source, material.language, material.known)
    yield Check.UNFOUNDED, grounding.unfounded(text, material.source)


def _terms(items: Sequence[str], field: str, material: Material) -> Iterator[Fault]:
    seen: list[str] = []
    for at, term in enumerate(items):
        faults = (
            (Check.CUT_OFF, wording.cut_off(term)),
            (Check.REPETITION, wording.repeated_term(term, seen)),
            (Check.ECHO, wording.echo(term, material.instruction, material.source)),
            (Check.TOPIC, grounding.unfounded_topic(term, material.source)),
        )
        yield from _first(faults, (field, at))
        seen.append(term)


def _insights(items: Sequence[str], material: Material, before: Sequence[str]) -> Iterator[Fault]:
    """An insight quotes its text: one that is worded anew from the text's own words cannot be told from an invented one."""
    own = [own_sentence(text, material.source) for text in items]
    faults = {fault.place: fault for fault in _statements(items, "insights", material, before)}
    for at, sentence in enumerate(own):
        if (fault := faults.get(("insights", at))) is not None:
            yield fault
        elif sentence is None:
            yield Fault(Check.QUOTATION, ("insights", at), "it is no sentence of the text; copy one word for word")
        elif sentence in own[:at]:
            yield Fault(Check.REPETITION, ("insights", at), "it stands in the list already")


def _actions(items: Sequence[str], material: Material) -> Iterator[Fault]:
    asked = [asking_for(item, material.asked) is not None for item in items]
    yield from (
        Fault(Check.ACTION, ("action_items", at), "the text asks its readers for nothing like it; leave it out")
        for at, is_asked in enumerate(asked)
        if not is_asked
    )
    held = [item if is_asked else "" for item, is_asked in zip(items, asked, strict=True)]
    yield from (fault for fault in _statements(held, "action_items", material) if held[int(fault.place[1])])


def asking_for(item: str, asked: Sequence[tuple[str, Sequence[str]]]) -> str | None:
    """Of the sentences (each with its words) that ask for something the one that has most of an action item's words."""
    words = [word for word in grounding.words_of(item) if is_telling(word)]
    shares = [(sum(any(are_kin(word, other) for other in spoken) for word in words), sentence) for sentence, spoken in asked]
    best = max(shares, key=lambda share: share[0], default=(0, ""))
    return best[1] if best[0] > _ASKED * len(words) else None


def _first(found: Sequence[tuple[Check, str | None]] | Iterator[tuple[Check, str | None]], place: Place) -> Iterator[Fault]:
    """The first that speaks against the text at a place."""
    against = next(((check, reason) for check, reason in found if reason), None)
    if against:
        yield Fault(against[0], place, str(against[1]))
