"""Whether an answer is accepted: in the form that was asked for, and past the checks of its content."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from luminalib.adapters.llm.prompted.parsing import Unfit, parse_answer
from luminalib.adapters.llm.prompted.transport import ChatReply
from luminalib.domain.content_checks.faults import Check, Fault, in_short, without

Examine = Callable[[dict[str, Any]], Sequence[Fault]]
"""Finds what is wrong with an answer that has the right form."""
_MOST_TOLD = 5


def nothing_to_examine(answer: dict[str, Any]) -> Sequence[Fault]:
    """For answers that are held against their material by whoever asked."""
    del answer
    return ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """An answer and what is wrong with it.

    `kept` is what is left without the parts at fault, None where the form is wrong; `usable` is that, where it is still an answer.
    """

    faults: tuple[Fault, ...]
    kept: dict[str, Any] | None
    usable: dict[str, Any] | None

    @property
    def told(self) -> str:
        """The faults in words."""
        return "\n".join(str(fault) for fault in self.faults[:_MOST_TOLD])

    @property
    def fields(self) -> dict[str, str]:
        """The fields to write again, and in few words why."""
        return in_short(self.faults) if self.faulty else {}

    @property
    def faulty(self) -> frozenset[str]:
        """The fields to write again, beside what is kept of them; none where it is the whole answer."""
        are_parts = all(fault.may_be_dropped for fault in self.faults)
        return frozenset(str(fault.place[0]) for fault in self.faults if are_parts)


def judged(
    reply: ChatReply,
    schema: Mapping[str, Any],
    examine: Examine,
    before: Judged | None = None,
    may_lack: AbstractSet[str] = frozenset(),
) -> Judged:
    """Parses and examines a reply. Of lists, what was kept `before` stands first, and what is new behind it.

    Of the fields that it `may_lack` as little may be left as there is.
    """
    fields = before.faulty if before is not None else frozenset()
    try:
        answer = parse_answer(reply.text, of_fields(schema, fields))
    except Unfit as reason:
        told = str(reason) if reply.is_whole else f"The answer was cut off, because it was too long. {reason}"
        return Judged(faults=(Fault(Check.FORM, (), told),), kept=None, usable=None)
    if before is not None and before.kept is not None and fields:
        answer = {name: _both(kept, answer.get(name)) for name, kept in before.kept.items()}
    faults = tuple(examine(answer))
    left = _shortened(without(answer, faults), schema)
    is_left = all(fault.may_be_dropped for fault in faults) and fits(left, schema, may_lack)
    return Judged(faults=faults, kept=left, usable=left if is_left else None)


def of_fields(schema: Mapping[str, Any], fields: AbstractSet[str]) -> Mapping[str, Any]:
    """The schema of some of an answer's fields; of all when there are none."""
    if not fields:
        return schema
    properties = {name: rule for name, rule in schema["properties"].items() if name in fields}
    return {**schema, "required": list(properties), "properties": properties}


def fits(answer: Mapping[str, Any], schema: Mapping[str, Any], may_lack: AbstractSet[str] = frozenset()) -> bool:
    """Whether the lists of an answer of which something was left out are still as long as they have to be."""
    least = {name: rule.get("minItems", 0) for name, rule in schema.get("properties", {}).items() if name not in may_lack}
    return all(len(value) >= least.get(name, 0) for name, value in answer.items() if isinstance(value, list))


def better(first: Judged, second: Judged) -> Judged:
    """The one that leaves more; the second where that is the same."""
    if second.usable is None or first.usable is None:
        return second if second.usable is not None else first
    return first if _size(second.usable) < _size(first.usable) else second


def _both(kept: Any, new: Any) -> Any:
    if isinstance(kept, list) and isinstance(new, list):
        return [*kept, *(item for item in new if item not in kept)]
    return kept if new is None else new


def _shortened(answer: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    most = {name: rule.get("maxItems") for name, rule in schema.get("properties", {}).items()}
    return {name: value[: most.get(name)] if isinstance(value, list) else value for name, value in answer.items()}


def _size(answer: Mapping[str, Any]) -> int:
    return sum(len(value) if isinstance(value, list) else bool(value) for value in answer.values())
