"""What a check finds wrong with an answer, and what is left of the answer without it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

VERSION = 9
"""Raise it when the checks become stricter: answers that were kept before have passed only the earlier ones."""
Place = tuple[str | int, ...]
"""Where in an answer: names of fields and positions in lists."""


class Check(StrEnum):
    """The checks, by the names that the accounts and the metrics know."""

    FORM = "form"
    ECHO = "echo"
    REPETITION = "repetition"
    CUT_OFF = "cut-off"
    SENTENCES = "sentences"
    TOPIC = "topic"
    NAME = "name"
    NUMBER = "number"
    UNFOUNDED = "unfounded"
    LANGUAGE = "language"
    ACTION = "action"
    QUOTATION = "quotation"
    POLARITY = "polarity"
    WHO = "who"


_IN_SHORT = {
    Check.ECHO: "repeats what was asked",
    Check.REPETITION: "said already",
    Check.CUT_OFF: "cut off",
    Check.SENTENCES: "no full sentence",
    Check.LANGUAGE: "another language",
    Check.ACTION: "not asked for",
}
_NOT_THERE = "not in the text"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong; `reason` says it in words that a model, and a person, can use.

    A part that `is_optional` may be left empty.
    """

    check: Check
    place: Place
    reason: str
    is_optional: bool = False

    @property
    def may_be_dropped(self) -> bool:
        """Whether the answer is still one without this part: an item of a list, or what may be empty."""
        return self.is_optional or self._is_in_a_list

    @property
    def _is_in_a_list(self) -> bool:
        return any(isinstance(step, int) for step in self.place)

    def __str__(self) -> str:
        place = " ".join(str(step + 1) if isinstance(step, int) else step for step in self.place)
        return f"{place}: {self.reason}" if place else self.reason


def in_short(faults: Sequence[Fault]) -> dict[str, str]:
    """What is wrong with each field, in so few words that a model that copies whatever it is shown makes no sentence of them.

    The faults are of fields, none of the form of the whole.
    """
    found: dict[str, dict[str, None]] = {}
    for fault in sorted(faults, key=lambda fault: str(fault.place[0])):
        told = fault.reason if fault.check is Check.WHO else _IN_SHORT.get(fault.check, _NOT_THERE)
        found.setdefault(str(fault.place[0]), {})[told] = None
    return {field: ", ".join(reasons) for field, reasons in found.items()}


def without(answer: Mapping[str, Any], faults: Sequence[Fault]) -> dict[str, Any]:
    """The answer without the list items that are at fault, and with nothing where what may be empty is."""
    dropped = {fault.place[: _depth(fault.place)] for fault in faults if fault.may_be_dropped}
    return {name: _kept(value, (name,), dropped) for name, value in answer.items()}


def texts_in(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Each string of an answer with its place."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from texts_in(inner, (*place, name))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from texts_in(inner, (*place, at))


def _depth(place: Place) -> int:
    return next((at for at, step in enumerate(place) if isinstance(step, int)), len(place) - 1) + 1


def _kept(value: Any, place: Place, dropped: set[Place]) -> Any:
    if isinstance(value, list):
        return [item for at, item in enumerate(value) if (*place, at) not in dropped]
    return "" if place in dropped and isinstance(value, str) else value
