"""What must be true of what a model reads out of a letter: it may only point at the letter's own words."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from luminalib.domain.content_checks.faults import Check, Fault
from luminalib.domain.quotations import quoted

Reads = Callable[[str], object | None]
"""What a field is, in the form that is kept; None for what is none of its kind."""


def faults_of_intent(answer: Mapping[str, Any], letter: str) -> Iterator[Fault]:
    """The faults of `{evidence: quotation, intent}`."""
    if not quoted(answer["evidence"], letter):
        yield Fault(Check.QUOTATION, ("evidence",), "it does not stand in the letter; copy it letter by letter", is_optional=True)


def faults_of_fields(answer: Mapping[str, str], letter: str, kinds: Mapping[str, Reads]) -> Iterator[Fault]:
    """The faults of `{field: quotation or ""}`; one at fault may be left empty."""
    for field, reads in kinds.items():
        found = quoted(answer[field], letter)
        if not answer[field].strip():
            continue
        if not found:
            reason = "it does not stand in the letter; copy it letter by letter, or leave it empty"
            yield Fault(Check.QUOTATION, (field,), reason, is_optional=True)
        elif reads(found) is None:
            yield Fault(Check.FORM, (field,), f"that is no {field}; leave it empty when the letter has none", is_optional=True)
