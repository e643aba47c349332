"""Texts in capitals throughout, as old machines wrote them, in small letters; in English with those capitals that can be told."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from luminalib.adapters.llm.extractive import lexicon_data as data
from luminalib.adapters.llm.extractive.languages import language_of
from luminalib.adapters.llm.extractive.lexicons import Lexicon, lexicon_for
from luminalib.adapters.llm.extractive.words import words_of

_LEAST_IN_CAPITALS = 80
"""Letters; shorter ones are headings."""
_ALL_CAPITALS = 0.95
_SENTENCE_START = re.compile(r"(?:^|[.!?]\s+|\n)\W*\w")
_CLAUSES = re.compile(r"[^.!?,;:\n\"“”]+")
_SENTENCES = re.compile(r"[^.!?\n\"“”]+")
_CALENDAR = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|april|june|july|august|september|october|november|december"
    r"|(?<=\bin )(?:march|may)|(?<=\bof )(?:march|may)|i)\b"
)
_INTRODUCED = re.compile(r"\b(?:called|named|name (?:is|was)) ([a-z]{3,})(?: ([a-z]{3,})(?=[,.;:!?]))?")
_NO_NAME = re.compile("(?:s|ly|ing|tion|ty|['\u2019]\\w+)$")
_DONE_LIST = """
was had is has became began bent bit blew bought brought built burst chose clung crept dealt did drank drew drove fell
fled flew forgot found fought froze gave got grew held hid kept knelt laid lay led left lent let lit lost made meant met
paid put ran rang read rode rose sang sank sent shook shot shut slept slid sold sought spent spoke sprang stole struck
swam swept swore taught threw told tore understood wept woke won wore
"""
_DONE = frozenset(_DONE_LIST.split())
"""Verbs in the form of a tale that do not end as others do."""
_BEFORE_NOUNS_LIST = "the a an his her its my your our their this that these those each every no some any another such"
_BEFORE_NOUNS = frozenset(_BEFORE_NOUNS_LIST.split())
_NO_NAMES = frozenset(["yes", "no", "well", "spring", "summer", "autumn", "winter"])
_LEAST = 2
"""Mentions of a name, and times that one acts who is not introduced by it; once may be chance."""


def in_small_letters(text: str, language: str | None) -> str:
    """A text in capitals throughout in small letters, as in capitals no word tells what it is; any other as it is."""
    letters = [character for character in text if character.isalpha()]
    if len(letters) < _LEAST_IN_CAPITALS or sum(map(str.isupper, letters)) < _ALL_CAPITALS * len(letters):
        return text
    small = text.lower()
    if language_of([small], language) == "en":
        names = "|".join(sorted(_names(small, lexicon_for("en"))))
        small = _CALENDAR.sub(lambda found: found[0].capitalize(), small)
        small = re.sub(rf"\b(?:{names})\b", lambda found: found[0].capitalize(), small) if names else small
    return _SENTENCE_START.sub(lambda found: found[0].upper(), small)


def _names(small: str, lexicon: Lexicon) -> frozenset[str]:
    """Words that are names by where they stand: one that opens a sentence without an article and acts, or is introduced as one.

    A surname is a word that stands behind such a name alone, and before what that does.
    """
    counts = Counter(words_of(small))
    described = {after for before, after in _neighbours(small) if before in _BEFORE_NOUNS}
    acting = Counter(words[0] for words in _sentences(small) if len(words) > 1 and _is_done(words[1], lexicon))
    introduced = {name for found in _INTRODUCED.finditer(small) for name in found.groups() if name}
    barred = lexicon.function_words | described | frozenset(data.NEVER.split()) | frozenset(data.TITLES.split()) | _NO_NAMES
    first = {
        word
        for word in {*acting, *introduced}
        if counts[word] >= _LEAST
        and (word in introduced or (acting[word] >= _LEAST and not _NO_NAME.search(word)))
        and not (word in barred or _is_done(word, lexicon))
    }
    behind = Counter(after for before, after in _neighbours(small) if before in first)
    surnames = {
        words[at]
        for words in _sentences(small)
        for at in range(1, len(words) - 1)
        if words[at - 1] in first and _is_done(words[at + 1], lexicon) and not _is_done(words[at], lexicon)
    }
    last = {found[2] for found in _INTRODUCED.finditer(small) if found[2] and found[1] in first}
    return frozenset(first | {word for word in surnames | last if counts[word] == behind[word] and word not in barred})


def _is_done(word: str, lexicon: Lexicon) -> bool:
    return word in lexicon.acting or word.endswith(lexicon.past) or word in _DONE


def _sentences(small: str) -> Iterator[list[str]]:
    return (words_of(found[0]) for found in _SENTENCES.finditer(small))


def _neighbours(small: str) -> Iterator[tuple[str, str]]:
    for found in _CLAUSES.finditer(small):
        words = words_of(found[0])
        yield from pairwise(words)
