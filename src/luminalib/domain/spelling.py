"""One normal form for how people spell: what is typed and what is printed meet in it."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from operator import add
from typing import NamedTuple

from luminalib.domain.normalisation import normalised

# Letters that Unicode does not take apart, as people without them on their keyboard type them.
_LETTERS = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "ħ": "h",
    "\u0131": "i",
    "ŧ": "t",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ß": "ss",
    "ĳ": "ij",
    "ŋ": "ng",
    "\u017f": "s",
}
_QUOTES = dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u02b9\u2032\u00b4\u0060\uff07", "'")
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
_UNSEEN = dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", "")
# The two syllabaries of Japanese are one to who searches, as capitals and small letters are; their repeat marks, too.
_KANA = {chr(code): chr(code - 0x60) for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}
_TABLE = str.maketrans(_LETTERS | _QUOTES | _DASHES | _UNSEEN | _KANA)
# Marks that are decoration on Latin and Greek letters, Hebrew points and Arabic vowel signs. Elsewhere a mark is a letter's part.
_MARKS = re.compile("(?<=[a-z\u0370-\u03ff\u1f00-\u1fff])[\u0300-\u036f]+|[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640]+")
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Ranges of scripts that write without spaces between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""
_CHARACTER = rf"(?:[^\W_]|[{UNSPACED}])"
_MARK = r"[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0dff\u00ad]"
_WORD = re.compile(rf"{_CHARACTER}+(?:{_MARK}+{_CHARACTER}*)*(?:['\u2019]{_CHARACTER}+)*")
_APART = re.compile(f"({_WORD.pattern})")
_PLAIN_WORD = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*")
"""The same in small letters of ASCII, which most texts have nothing but: found in half the time."""
_SPACED = {chr(code): chr(code).lower() if chr(code).isalnum() or chr(code) == "'" else " " for code in range(128)}
_SPACED_TABLE = str.maketrans(_SPACED)
_OUTSIDE = re.compile(r"'(?:(?<![a-z0-9]')|(?![a-z0-9]))")
"""An apostrophe that is not inside a word."""
_PRINTED = [("\u2019", "'"), *((mark, " ") for mark in "\u2018\u201c\u201d\u2013\u2014\u2026\u00a0")]
"""Marks of print; no word has others than the first inside."""
_RUN = re.compile(f"[{UNSPACED}]+")
_LONGEST_KNOWN = 32
"""Words come again, and their forms are remembered; sentences do not."""


def fold(text: str) -> str:
    """The normal form: one case, width and quotation mark, no accents on Latin and Greek letters, nothing unseen."""
    if text.isascii():
        return text.lower()
    return _known_word(text) if len(text) <= _LONGEST_KNOWN else _folded(text)


@lru_cache(maxsize=100_000)
def _known_word(word: str) -> str:
    return _folded(word)


def _folded(text: str) -> str:
    # Decomposed before, too: a mathematical bold A has no small letter until it is a plain one.
    taken_apart = plain(normalised(normalised(text, "NFKD").casefold(), "NFKD"))
    return normalised(_MARKS.sub("", taken_apart), "NFC")


def plain(text: str) -> str:
    """A text in small letters with one form of quotation mark, dash and kana, and letters that every keyboard has."""
    return text if text.isascii() else text.translate(_TABLE)


def words_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Each word of a text as (start, stop, normal form); pairs of characters where the script has no spaces between words."""
    for found in _WORD.finditer(text):
        word = found.group()
        if word.isascii() or not _RUN.search(word):
            yield found.start(), found.end(), fold(word)
        else:
            yield from _parts(word, found.start())


class PlacedWords(NamedTuple):
    """The words of a text in reading order: where each begins and ends, and its normal form."""

    starts: Sequence[int]
    stops: Sequence[int]
    words: Sequence[str]


def placed_words(text: str) -> PlacedWords:
    """All that `words_in` finds, in columns: several times as fast where no script without spaces is among it."""
    text = _printed_plainly(text)
    if text.isascii():
        return _placed_plain_words(text)
    if _RUN.search(text):
        found = list(words_in(text))
        return PlacedWords([start for start, _, _ in found], [stop for _, stop, _ in found], [word for _, _, word in found])
    pieces = _APART.split(text)
    ends = list(accumulate(map(len, pieces)))
    return PlacedWords(ends[:-1:2], ends[1::2], list(map(fold, pieces[1::2])))


def _placed_plain_words(text: str) -> PlacedWords:
    """Of a text of ASCII alone: what stands between words becomes as many spaces."""
    spaced = text.translate(_SPACED_TABLE)
    if "'" in spaced:
        spaced = _OUTSIDE.sub(" ", spaced)
    starts, words, at = list[int](), list[str](), 0
    for piece in spaced.split(" "):
        if piece:
            starts.append(at)
            words.append(piece)
        at += len(piece) + 1
    return PlacedWords(starts, list(map(add, starts, map(len, words))), words)


def all_words(text: str) -> list[str]:
    """The normal forms that `words_in` finds, where nobody asks for their places: several times as fast."""
    text = _printed_plainly(text)
    if text.isascii():
        return _PLAIN_WORD.findall(text.lower())
    if _RUN.search(text):
        return [word for _, _, word in words_in(text)]
    return list(map(fold, _WORD.findall(text)))


def _printed_plainly(text: str) -> str:
    """A text as long as before with the marks of ASCII in place of those that books in English are printed with."""
    if not text.isascii():
        for mark, plain_mark in _PRINTED:
            text = text.replace(mark, plain_mark)
    return text


def _parts(word: str, start: int) -> Iterator[tuple[int, int, str]]:
    """The pairs of unspaced runs, and what stands between the runs."""
    at = 0
    for run in _RUN.finditer(word):
        if run.start() > at:
            yield start + at, start + run.start(), fold(word[at : run.start()])
        last = max(run.start() + 1, run.end() - 1)
        for first in range(run.start(), last):
            stop = min(first + 2, run.end())
            yield start + first, start + stop, fold(word[first:stop])
        at = run.end()
    if at < len(word):
        yield start + at, start + len(word), fold(word[at:])
