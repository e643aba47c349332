"""Where the sentences of a text stand."""
# ruff: noqa: RUF001  (marks of many scripts are meant)

import re
from collections.abc import Iterator

_END = re.compile(  # one set of characters first, to which the search leaps
    r"""[.!?…؟۔।。！？｡\n](?:(?<=[.!?…؟۔।])[.!?…؟۔।]*["'”’»“)\]]*(?=\s)|(?<=[。！？｡])[。！？｡]*[」』）”]*|(?<=\n)\s*\n)"""
)
_LAST_WORD = re.compile(r"[\w.]+$")
_ABBREVIATED_LIST = """
mr mrs ms dr prof st messrs mme mlle hon rev gen col capt lieut lt sgt maj gov jr sr esq vs etc e.g i.e no vol pp p
fig bzw ca z.b d.h u.a usw nr abb sog vgl bd s m mm
"""
_ABBREVIATED = frozenset(_ABBREVIATED_LIST.split())
_LONGEST_ABBREVIATED = max(map(len, _ABBREVIATED))
_OPENING = "\"'\u201c\u2018\u201e\u00ab\u00a0\u2013\u2014_*(-"
_CLOSED = ' "\u201d\u2019\u00bb)'
_BEFORE_SENTENCE = ".!?\n"
_BEFORE_SPEECH = ".!?\n,:;"
LONGEST = 600
"""Characters; a longer run without an end is cut at words."""


def sentences_in(text: str) -> list[tuple[int, int]]:
    """Each sentence as (start, stop), without the white space around it; together with that they are the text."""
    found: list[tuple[int, int]] = []
    for run in _runs(text):
        start, stop = _trimmed(text, *run)
        if stop - start > LONGEST:
            found += _cut(text, start, stop)
        elif start < stop:
            found.append((start, stop))
    return found


def sentences_of(text: str) -> list[str]:
    """The sentences themselves; a text without any is one."""
    return [text[start:stop] for start, stop in sentences_in(text)] or [text]


def is_inside(text: str, start: int) -> bool:
    """Whether the word that begins there stands inside a sentence: not first in it, nor in what somebody says in it."""
    at = start - 1
    while at >= 0 and text[at] in _OPENING:
        at -= 1
    is_spoken = at < start - 1 and (text[at + 1 : start].strip() != "")
    while at >= 0 and text[at] in _CLOSED:
        at -= 1
    return at >= 0 and text[at] not in (_BEFORE_SPEECH if is_spoken else _BEFORE_SENTENCE)


def whole_sentences(text: str, longest: int) -> str:
    """The whole sentences of a text that was, or has to be, cut at so many characters.

    Where not even one is whole, it is cut at a word, and an ellipsis says so.
    """
    head = text[:longest]
    ends = [end.end() for end in _END.finditer(f"{head} ") if _really_ends(head, 0, end) and end.end() <= len(head)]
    if ends:
        return head[: ends[-1]].strip()
    return f"{head[: longest - 2].rsplit(' ', 1)[0].rstrip()} …"


def _runs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for end in _END.finditer(text):
        if _really_ends(text, start, end):
            yield start, end.end()
            start = end.end()
    yield start, len(text)


def _really_ends(text: str, start: int, end: re.Match[str]) -> bool:
    at, stop = end.span()
    if text[at] != ".":
        return True
    if text[stop : stop + 6].lstrip()[:1].islower():
        return False
    if at - start > _LONGEST_ABBREVIATED and text[at - _LONGEST_ABBREVIATED - 1 : at].isalpha():
        return True
    before = _LAST_WORD.search(text, max(start, at - 12), at)
    word = before.group().lower() if before else ""
    return not (word in _ABBREVIATED or (len(word) == 1 and word.isalpha()))


def _trimmed(text: str, start: int, stop: int) -> tuple[int, int]:
    while start < stop and text[start].isspace():
        start += 1
    while stop > start and text[stop - 1].isspace():
        stop -= 1
    return start, stop


def _cut(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    while stop - start > LONGEST:
        ends = (text.rfind(mark, start + LONGEST // 2, start + LONGEST) + len(mark) - 1 for mark in ("; ", ", ", " "))
        end = next((end for end in ends if end > start), start + LONGEST)
        yield start, end
        start, stop = _trimmed(text, end, stop)
    if start < stop:
        yield start, stop
