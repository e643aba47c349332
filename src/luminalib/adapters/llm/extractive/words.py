"""From characters to words and terms, in any script."""
# ruff: noqa: RUF001  (marks and letters of many scripts are meant)

import itertools
import re
from functools import lru_cache

from luminalib.domain.normalisation import normalised

_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0dff\u0e31-\u0e4e\u1000-\u109f\u200c\u200d"
)
WORD = re.compile(rf"[\w{_MARKS}]+(?:['’‑-][\w{_MARKS}]+)*")
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
"""Characters of scripts that write without spaces between words."""
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|dell|nell|all|dall|sull|un|quell|gl)['’](?=\w)")
_ARABIC_SIGNS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u0640]")
_STEM_LENGTH = 8
"""Truncation is the one stemming that works alike in most languages (McNamee & Mayfield 2004)."""


def words_of(text: str) -> list[str]:
    """The words of a text as they are written, without numbers and underscores."""
    return [word for word in WORD.findall(text.replace("_", " ")) if not word[0].isdigit()]


def length_in_words(text: str) -> int:
    """How many words long a text reads; two characters of an unspaced script count as one word."""
    if text.isascii() or not UNSPACED.search(text):
        return len(WORD.findall(text))
    dense = len(UNSPACED.findall(text))
    return len(WORD.findall(UNSPACED.sub(" ", text))) + (dense + 1) // 2


@lru_cache(maxsize=100_000)
def normal(word: str) -> str:
    """The word in the form of the word lists: lower case, straight apostrophe, no elided article, no Arabic vowel signs."""
    lowered = normalised(word, "NFC").casefold() if not word.isascii() else word.lower()
    return _ARABIC_SIGNS.sub("", lowered.replace("’", "'"))


@lru_cache(maxsize=100_000)
def bare(word: str) -> str:
    """The normal form without an elided article in front (l'homme) and a possessive behind (Alice's)."""
    stripped = _ELISION.sub("", normal(word))
    return stripped.removesuffix("'s")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """What is the same for most inflected forms of a word."""
    core = bare(word)
    if core.startswith("ال") and len(core) > 4:  # noqa: PLR2004 - the Arabic article, where a word remains behind it
        core = core[2:]
    if len(core) > 3 and core.endswith("s") and not core.endswith("ss"):  # noqa: PLR2004 - "gas" and "bus" are no plurals
        core = core[:-1]
    return core[:_STEM_LENGTH]


def terms_of(words: list[str], empty: frozenset[str]) -> list[str]:
    """The meaningful terms among `words`: stems without empty words; pairs of characters where the script has no spaces."""
    terms: list[str] = []
    for word in words:
        if UNSPACED.match(word):
            terms.extend(_pairs(word))
        elif len(word) > 1 and normal(word) not in empty and bare(word) not in empty:
            terms.append(stem(word))
    return terms


def _pairs(run: str) -> list[str]:
    kept = [first + second for first, second in itertools.pairwise(run) if not _is_kana_only(first + second)]
    return kept or ([run] if not _is_kana_only(run) else [])


def _is_kana_only(text: str) -> bool:
    """Hiragana is Japanese grammar: particles and endings."""
    return all("\u3040" <= char <= "\u309f" for char in text)
