"""Whether an answer is accepted: in the form that was asked for, and past the checks of its content."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from luminalib.adapters.llm.prompted.parsing import Unfit, parse_answer
from luminalib.adapters.llm.prompted.transport import ChatReply
from luminalib.domain.content_checks.faults import Check, Fault, without

Examine = Callable[[dict[str, Any]], Sequence[Fault]]
"""Finds what is wrong with an answer that has the right form."""
_MOST_TOLD = 5


def nothing_to_examine(answer: dict[str, Any]) -> Sequence[Fault]:
    """For answers that are held against their material by whoever asked."""
    del answer
    return ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """An answer and what is wrong with it; `usable` is what is left without the list items at fault, None where nothing is."""

    faults: tuple[Fault, ...]
    usable: dict[str, Any] | None

    @property
    def told(self) -> str:
        """The faults in words for the model."""
        return "\n".join(str(fault) for fault in self.faults[:_MOST_TOLD])


def judged(reply: ChatReply, schema: Mapping[str, Any], examine: Examine) -> Judged:
    """Parses and examines a reply."""
    try:
        answer = parse_answer(reply.text, schema)
    except Unfit as reason:
        told = str(reason) if reply.is_whole else f"The answer was cut off, because it was too long. {reason}"
        return Judged(faults=(Fault(Check.FORM, (), told),), usable=None)
    faults = tuple(examine(answer))
    left = without(answer, faults) if all(fault.may_be_dropped for fault in faults) else None
    return Judged(faults=faults, usable=left if left is not None and fits(left, schema) else None)


def fits(answer: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    """Whether the lists of an answer of which something was left out are still as long as they have to be."""
    least = {name: rule.get("minItems", 0) for name, rule in schema.get("properties", {}).items()}
    return all(len(value) >= least.get(name, 0) for name, value in answer.items() if isinstance(value, list))


def better(first: Judged, second: Judged) -> Judged:
    """The one that leaves more; the second where that is the same."""
    if second.usable is None or first.usable is None:
        return second if second.usable is not None else first
    return first if len(first.faults) < len(second.faults) else second
