"""Text in UTF-16 without a byte order mark, as it is known by its bytes."""

import re

_ZEROS, _NO_ZEROS = 0.4, 0.05
_LETTERS = re.compile(
    "[\n\r\t -~\u00a0-\u024f\u0370-\u058f\u05d0-\u05ea\u0600-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u2010-\u2026\u3000-\u30ff"
    "\u4e00-\u9fff\uac00-\ud7af\uff01-\uff5e]"
)
_BETWEEN = re.compile("[\n \u3000-\u3002\uff01\uff0c\uff1f]")
"""What stands between words and sentences. Bytes that mean something else seldom have it where they look like letters."""
_MOST, _FEW = 0.98, 0.005
_LEAST = 8


def utf_16_of(sample: bytes) -> str | None:
    """`utf-16-le` or `utf-16-be` when the beginning of a file is text in it; None for all else.

    Of Latin text every other byte is zero. Other scripts have no zeros, but in one order nearly all is letters of scripts in daily
    use with spaces or punctuation between them, and in the other order it is not.
    """
    half = max(len(sample) // 2, 1)
    even, odd = sample[::2].count(0) / half, sample[1::2].count(0) / half
    if max(even, odd) > _ZEROS and min(even, odd) < _NO_ZEROS:
        return "utf-16-le" if odd > even else "utf-16-be"
    whole = sample[: len(sample) // 2 * 2]
    return next((order for order in ("utf-16-le", "utf-16-be") if _is_text(whole.decode(order, "replace"))), None)


def _is_text(text: str) -> bool:
    if len(text) < _LEAST:
        return False
    letters, between = len(_LETTERS.findall(text)), len(_BETWEEN.findall(text))
    return letters >= _MOST * len(text) and between >= _FEW * len(text)
