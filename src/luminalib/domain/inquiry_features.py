"""What a classifier learns from: the words of a message as numbers, which outlive the message and cannot be read back as text."""

import re
from collections.abc import Iterator
from itertools import pairwise
from zlib import crc32

from luminalib.domain.inquiry_rules import said
from luminalib.domain.masking import EMAIL, PHONE, masked

BUCKETS = 2**18
STEM = 5
"""Letters by which words of many languages are told apart from their endings."""
_WORD = re.compile(r"[^\W\d_]{2,30}")


def features_of(message: str) -> list[int]:
    """The numbers of its words, beginnings of words and pairs of words, each once, in order.

    Addresses, numbers and what is said to the machine are left out; that different words share a number is meant.
    """
    text = masked(said(message)).replace(EMAIL, " ").replace(PHONE, " ")
    words = [word.casefold() for word in _WORD.findall(text)]
    return sorted({crc32(one.encode()) % BUCKETS for one in _terms(words)})


def _terms(words: list[str]) -> Iterator[str]:
    yield from (f"w {word}" for word in words)
    yield from (f"s {word[:STEM]}" for word in words if len(word) > STEM)
    yield from (f"p {first} {second}" for first, second in pairwise(words))
