"""Dates in a message, as they are written: days, months with a day or a year, days of the week."""

import re
from collections.abc import Iterator

from luminalib.adapters.triage import words

_MONTH = "|".join(sorted(words.MONTHS, key=len, reverse=True))
_DAY = "|".join(sorted(words.DAYS, key=len, reverse=True))
_DATE = re.compile(
    rf"""\b(?:
        \d{{4}}-\d\d-\d\d | \d{{1,2}}[./]\d{{1,2}}[./](?:\d{{4}}|\d\d)\b | \d{{1,2}}\.\d{{1,2}}\.(?!\d)
        | \d{{1,2}}(?:st|nd|rd|th|\.|er|º)?[ ](?:(?:de|of)[ ])?(?:{_MONTH})\b\.?(?:[ ](?:de[ ])?\d{{4}}\b)?
        | (?:{_MONTH})\.?[ ]\d{{1,2}}(?:st|nd|rd|th)?(?:,?[ ]\d{{4}})?\b | (?:{_MONTH})[ ]\d{{4}}\b | (?:{_DAY})\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def dates_in(message: str) -> Iterator[tuple[int, int]]:
    """The places of dates."""
    for match in _DATE.finditer(message):
        yield match.span()
