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
Form = Literal["NFC", "NFKC", "NFKD"]


def normalised(text: str, form: Form, *, most: int | None = None) -> str:
    """The text in a normal form, cut to `most` characters before (composed characters can come apart into more of them).

    Of each run of combining marks the first MARKS_MAX are kept. Normalising sorts the marks of a run, in time that grows with the
    square of its length: 270 KiB of marks would take half a minute.
    """
    text = text[:most]
    if text.isascii():
        return text
    run, long_run = _patterns()
    if run.search(text[:: MARKS_MAX + 1]):  # a run that is too long cannot step over all of these
        text = long_run.sub(r"\1", text)
    return unicodedata.normalize(form, text)  # noqa: TID251 -- the runs are bounded here


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
