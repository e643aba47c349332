"""What must be true of what a model says on the way to a member's answer: drafts, friendlier words, minutes, queries."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from luminalib.domain.content_checks import grounding, wording
from luminalib.domain.content_checks.faults import Check, Fault
from luminalib.domain.content_checks.grounding import Source
from luminalib.domain.grounding import Claim, Ground, grounded

MOST_MINUTES = 8
"""Sentences; six are asked for."""


def faults_of_draft(answer: Mapping[str, Any], grounds: Mapping[int, Ground], question: str, instruction: str) -> Iterator[Fault]:
    """The faults of `{answerable, sentences: [{text, source}]}`: each sentence stands in a source, and is said once."""
    source = Source(question, *(f"{ground.label}\n{ground.text}" for ground in grounds.values()))
    before: list[str] = []
    for at, sentence in enumerate(answer["sentences"]):
        text = sentence["text"]
        is_grounded = grounded([Claim(text=text, source=sentence["source"])], grounds, question)
        faults = (
            (Check.CUT_OFF, wording.cut_off(text)),
            (Check.REPETITION, wording.repeated(text, before) or wording.loop(text)),
            (Check.ECHO, wording.echo(text, instruction, source)),
            (Check.UNFOUNDED, None if is_grounded else "no source says that; use the words of the sources"),
        )
        yield from _first(faults, ("sentences", at))
        before.append(text)


def faults_of_rewording(answer: Mapping[str, Any], sentences: Sequence[str], question: str, instruction: str) -> Iterator[Fault]:
    """The faults of `{sentences}`: as many as were given, and no name or number that they did not have."""
    told = answer["sentences"]
    if len(told) != len(sentences):
        yield Fault(Check.SENTENCES, ("sentences",), f"it has {len(told)} sentences; write {len(sentences)}")
    source = Source(question, *sentences)
    yield from (fault for text in told for fault in _prose(text, "sentences", source, instruction))


def faults_of_minutes(answer: Mapping[str, Any], said_before: str, instruction: str) -> Iterator[Fault]:
    """The faults of `{summary}`: whole sentences, and no name or number that was not spoken of."""
    text = answer["summary"]
    if reason := wording.sentence_count(text, 1, MOST_MINUTES):
        yield Fault(Check.SENTENCES, ("summary",), reason)
    yield from _prose(text, "summary", Source(said_before), instruction)


def faults_of_query(answer: Mapping[str, Any], known: str, instruction: str) -> Iterator[Fault]:
    """The faults of `{action, query}`: the query is about the question. One at fault may be left empty."""
    text, source = answer["query"], Source(known)
    faults = (
        (Check.ECHO, wording.echo(text, instruction, source)),
        (Check.NUMBER, grounding.unfounded_number(text, source)),
        (Check.UNFOUNDED, grounding.unfounded(text, source)),
    )
    yield from _first(faults, ("query",), is_optional=True)


def _prose(text: str, field: str, source: Source, instruction: str) -> Iterator[Fault]:
    faults = (
        (Check.CUT_OFF, wording.cut_off(text)),
        (Check.REPETITION, wording.loop(text)),
        (Check.ECHO, wording.echo(text, instruction, source)),
        (Check.NUMBER, grounding.unfounded_number(text, source)),
        (Check.NAME, grounding.unfounded_name(text, source, None)),
    )
    yield from _first(faults, (field,))


def _first(
    faults: Sequence[tuple[Check, str | None]], place: tuple[str | int, ...], *, is_optional: bool = False
) -> Iterator[Fault]:
    against = next(((check, reason) for check, reason in faults if reason), None)
    if against:
        yield Fault(against[0], place, str(against[1]), is_optional=is_optional)
