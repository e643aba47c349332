"""One normal form for how people spell: what is typed and what is printed meet in it."""

import re
from collections.abc import Iterator
from functools import lru_cache

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
_PLAIN_WORD = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*")
"""The same in small letters of ASCII, which most texts have nothing but: found in half the time."""
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


def placed_words(text: str) -> list[tuple[int, int, str]]:
    """All that `words_in` finds, faster where no script without spaces is among it."""
    text = _printed_plainly(text)
    if text.isascii():
        return [(*found.span(), found[0]) for found in _PLAIN_WORD.finditer(text.lower())]
    if _RUN.search(text):
        return list(words_in(text))
    return [(*found.span(), fold(found.group())) for found in _WORD.finditer(text)]


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
