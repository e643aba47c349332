"""Unicode normal forms in linear time: the one place that asks `unicodedata` for them."""

import re
import unicodedata
from functools import cache
from itertools import groupby
from typing import Literal, NamedTuple

MARKS_MAX = 30
"""How many combining marks stand on one character; UAX 15 (13.1, Stream-Safe Text Format) knows no script that needs more."""
_LAST_MARK = 0x1FFFF
"""No combining mark lies beyond; a test looks through all of Unicode."""
MAY_BE_MARK = re.compile("[\u0300-\u1fff\u2030-\U0001ffff]")
"""Not the letters of Latin and the quotation marks and dashes of printers, which are most that is not ASCII in most books."""
Form = Literal["NFC", "NFKC", "NFKD"]


def normalised(text: str, form: Form, *, most: int | None = None) -> str:
    """The text in a normal form, cut to `most` characters before (composed characters can come apart into more of them).

    Of each run of combining marks the first MARKS_MAX are kept. Normalising sorts the marks of a run, in time that grows with the
    square of its length: 270 KiB of marks would take half a minute.
    """
    text = text[:most]
    if text.isascii():
        return text
    if _has_long_run(text):
        text = _patterns().long_run.sub(r"\1", text)
    return unicodedata.normalize(form, text)  # noqa: TID251 -- the runs are bounded here


def _has_long_run(text: str) -> bool:
    """Whether there are more marks in a row than MARKS_MAX."""
    step = MARKS_MAX + 1
    some = text[::step]  # such a run cannot step over all of these, and holds as many marks around one of them
    if not MAY_BE_MARK.search(some):
        return False
    run, long_run = _patterns()
    places = (place * step for found in run.finditer(some) for place in range(*found.span()))
    return any(long_run.search(text, max(0, place - MARKS_MAX), place + step) for place in places)


def without_marks(text: str) -> str:
    """The text, which is decomposed already, without its accents and other combining marks."""
    return text if text.isascii() else _patterns().run.sub("", text)


class _Patterns(NamedTuple):
    """Runs of characters that begin with a mark when they are taken apart; of long ones the first group is what is kept."""

    run: re.Pattern[str]
    long_run: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    marks = filter(_is_mark, range(_LAST_MARK + 1))
    runs = [[code for _, code in run] for _, run in groupby(enumerate(marks), lambda pair: pair[1] - pair[0])]
    mark = "".join(["[", *(f"\\U{run[0]:08x}-\\U{run[-1]:08x}" for run in runs), "]"])
    return _Patterns(re.compile(f"{mark}+"), re.compile(f"({mark}{{{MARKS_MAX}}}){mark}+"))


def _is_mark(code: int) -> bool:
    return unicodedata.combining(chr(code)) != 0 or unicodedata.combining(unicodedata.normalize("NFKD", chr(code))[0]) != 0  # noqa: TID251
