"""Which stretches of a passage can be quoted: whole sentences, and no lines of an index or a table of contents."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from luminalib.domain.function_words import bare
from luminalib.domain.sentences import LONGEST, sentences_in
from luminalib.domain.spelling import PlacedWords, all_words, placed_words

_GOES_ON = re.compile(r"""["'“‘”’«»(\[—–_*-]*(?:[^\W\d_](?![).])|[,;:])""")  # noqa: RUF001 -- marks of many scripts are meant
"""A letter, unless it numbers something, or a mark within a sentence."""
_ENTRY = re.compile(r"(?:, ?|\s{2,}|[.\u2026 ]{3,})(?:\d{1,4}|[ivxlc]{1,6})(?:(?:, ?| ?[-\u2013] ?)\d{1,4})*\s*$", re.IGNORECASE)
"""How a line of an index or of a table of contents ends: with the number of a page, behind a comma or a gap."""
_REMEMBERED = 512
"""Passages whose words are kept, some 20 kB each: the next question of a conversation often finds the same."""
_LEANING_LIST = """
he she it they him them his its their this that these those there here and but so then er sie es ihn ihm ihr ihre sein seine dies
diese dieser dieses dort da und aber il elle ils elles lui leur ce cet cette cela celui celle ceux y et mais el ella ellos ellas
esto este esta eso ese esa pero egli lei esso essa questo questa quello quella ma e
"""
_LEANING = frozenset(_LEANING_LIST.split())
_FIRST_WORDS = 40
"""Characters."""
ENDING = ".!?\u2026:;\"'\u201d\u2019\u00bb)]\u3002\uff01\uff1f"
"""Marks one of which a whole sentence ends with."""
_FEWEST_LINES = 2
_MOSTLY = 0.6


class ReadText(NamedTuple):
    """A text with its sentences and words; `firsts` are the numbers of each sentence's first word, and of one after the last.

    `listings` are the numbers of the sentences that are lines of an index or a table of contents.
    """

    sentences: Sequence[tuple[int, int]]
    placed: PlacedWords
    bare: Sequence[str]
    firsts: Sequence[int]
    listings: frozenset[int]


@lru_cache(maxsize=_REMEMBERED)
def read(text: str) -> ReadText:
    """Takes a text apart."""
    sentences, placed = whole_sentences_in(text), placed_words(text)
    firsts = [*(bisect_left(placed.starts, start) for start, _ in sentences), len(placed.starts)]
    listings = frozenset(at for at, (start, stop) in enumerate(sentences) if is_listing(text[start:stop]))
    return ReadText(sentences, placed, [bare(word) if "'" in word else word for word in placed.words], firsts, listings)


def whole_sentences_in(text: str) -> list[tuple[int, int]]:
    """Each sentence as (start, stop). What goes on in lower case belongs to what stands before it: “Who?” said he."""
    found: list[tuple[int, int]] = []
    for start, stop in sentences_in(text):
        if found and goes_on(text, start) and stop - found[-1][0] <= LONGEST:
            found[-1] = (found[-1][0], stop)
        else:
            found.append((start, stop))
    return found


def goes_on(text: str, start: int) -> bool:
    """Whether what begins there is the rest of a sentence."""
    begun = _GOES_ON.match(text, start)
    return begun is not None and not text[begun.end() - 1].isupper() and (text[begun.end() - 1].islower() or text[start] in ",;:")


def leans(text: str, start: int) -> bool:
    """Whether the sentence that begins there may need the one before it: "It was found there"."""
    return next(iter(all_words(text[start : start + _FIRST_WORDS])), "") in _LEANING


def is_listing(text: str) -> bool:
    """Whether these are lines of an index or of a table of contents, which name what stands elsewhere and say nothing of it."""
    if "\n" not in text:
        return False
    lines = [line for line in text.splitlines() if line.strip()]
    entries = sum(_ENTRY.search(line) is not None for line in lines)
    return entries >= _FEWEST_LINES and entries >= _MOSTLY * len(lines)
