"""Whether a text is one: fonts that do not tell their letters give words of a language that nobody speaks."""

import re
from collections.abc import Sequence
from functools import cache

_WORD = re.compile(r"[^\W\d_]+")
_LEAST_LETTERS = 120
_LEAST_SHARE_OF_SMALL_WORDS = 0.03
_FEWEST_VOWELS, _MOST_VOWELS = 0.33, 0.60
_VOWELS = frozenset("aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýœąęėįųūőű\u0131ăěů")
_SHORT = 4
_LANGUAGES = ("cs", "da", "de", "en", "es", "fi", "fr", "hr", "hu", "id", "it", "la", "nl", "pl", "pt", "ro", "sv", "tr", "vi")


def without_unreadable(texts: Sequence[str]) -> tuple[list[str], list[int]]:
    """The pages with those emptied whose letters make no words, and the numbers of these, counted from 1."""
    unread = [number for number, text in enumerate(texts, 1) if is_gibberish(text)]
    return ["" if number in unread else text for number, text in enumerate(texts, 1)], unread


def is_gibberish(text: str) -> bool:
    """Whether a text in Latin letters has neither the small words of any language nor, as words do, vowels among its letters.

    Lists of names have vowels, and formulas are too short to be judged.
    """
    letters = [character for character in text.lower() if character.isalpha()]
    if len(letters) < _LEAST_LETTERS or sum(letter < "\u0250" for letter in letters) < len(letters) / 2:
        return False
    share = sum(letter in _VOWELS for letter in letters) / len(letters)
    if _FEWEST_VOWELS <= share <= _MOST_VOWELS:
        return False
    words = _WORD.findall(text.lower())
    return sum(word in _small_words() for word in words) < _LEAST_SHARE_OF_SMALL_WORDS * len(words)


@cache
def _small_words() -> frozenset[str]:
    """The short function words of the languages that most books in Latin letters are in."""
    from stopwordsiso import stopwords  # noqa: PLC0415 - asked for suspicious pages only

    return frozenset(word for word in stopwords(_LANGUAGES) if 1 < len(word) <= _SHORT)
