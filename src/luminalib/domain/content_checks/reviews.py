"""What must be true of the reading of a review: its quotations are the reader's, each about one aspect."""

from collections.abc import Iterator, Mapping
from typing import Any

from luminalib.domain.consensus import aspect_name
from luminalib.domain.content_checks.faults import Check, Fault
from luminalib.domain.quotations import quoted


def faults_of_reading(answer: Mapping[str, Any], text: str) -> Iterator[Fault]:
    """The faults of `{sentiment, aspects: [{name, sentiment, quote}]}` of a review."""
    quotes: set[str] = set()
    names: set[str] = set()
    for at, aspect in enumerate(answer["aspects"]):
        quote, name = quoted(aspect["quote"], text).casefold(), aspect_name(aspect["name"])
        if not quote:
            yield Fault(Check.QUOTATION, ("aspects", at), "its quote does not stand in the review; copy words of the review")
        elif name is None:
            yield Fault(Check.TOPIC, ("aspects", at), "its name should be one or two words for a side of the book")
        elif quote in quotes:
            yield Fault(Check.QUOTATION, ("aspects", at), "its quote stands under another aspect already; use each once")
        elif name in names:
            yield Fault(Check.REPETITION, ("aspects", at), "this aspect stands in the list already")
        quotes.add(quote)
        names.add(name or "")
