"""Which sentences need a neighbour, that nobody sees when they open a summary."""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from luminalib.adapters.llm.extractive import leaning_data as data
from luminalib.adapters.llm.extractive.genders import PRONOUNS
from luminalib.adapters.llm.extractive.lexicons import Lexicon
from luminalib.adapters.llm.extractive.words import bare, normal

_ACTS = re.compile("[a-z]{2}(?:er|or|man|men|ist|ian)s?$")
"""How English words for somebody end, of whom a sentence may go on to speak as "he"."""
_LINE_END = "\n"
_WITHOUT_SPACES = frozenset(["ja", "zh"])


def leans(text: str, words: Sequence[str], lexicon: Lexicon, named: Mapping[str, str | None]) -> bool:
    """Whether a sentence points back: by what it opens or ends on, or by a pronoun for somebody whom it has not named.

    `named` are the words of the text's names, with the gender where it is known. What says what a text is about ("This book …")
    leans on nothing.
    """
    if not words:
        return True
    if _says_what_it_is_about(text, lexicon):
        return False
    opening = _opening(lexicon.code)
    pointing = _pointing(lexicon.code)
    if any(pattern is not None and pattern.match(text) for pattern in (opening, pointing)):
        return True
    inside = data.POINTS_INSIDE.get(lexicon.code)
    return (inside is not None and re.search(inside, text) is not None) or _has_lone_pronoun(words, lexicon, named)


def _says_what_it_is_about(text: str, lexicon: Lexicon) -> bool:
    """Whether it opens on the text itself: “This book …”, “In this book …”."""
    _, prepositions = data.POINTING.get(lexicon.code, ("", "(?!)"))
    return bool(lexicon.cues) and re.match(rf"\W*(?:(?:{prepositions})\s+)?(?:{lexicon.cues})", text, re.IGNORECASE) is not None


def without_conclusion(text: str, code: str) -> str:
    """A sentence without a word of conclusion in front, which the last one of a summary may have ("So Alice got up …")."""
    return re.sub(rf"^(?:{data.CONCLUDES.get(code, '(?!)')})\b,? ", "", text, count=1, flags=re.IGNORECASE)


@cache
def _opening(code: str) -> re.Pattern[str] | None:
    told = data.OPENS_ON.get(code)
    if told is None:
        return None
    end = "" if code in _WITHOUT_SPACES else r"(?:(?<=['’])|(?!\w))"  # noqa: RUF001 -- an apostrophe of printers
    return re.compile(rf"\W*(?:{told.replace(_LINE_END, '')}){end}", re.IGNORECASE)


@cache
def _pointing(code: str) -> re.Pattern[str] | None:
    """A preposition and a demonstrative in front: what stands there was shown before."""
    told = data.POINTING.get(code)
    if told is None:
        return None
    demonstratives, prepositions = told
    return re.compile(rf"\W*(?:{prepositions})\s+(?:{demonstratives})(?:(?<=['’])|(?!\w))", re.IGNORECASE)  # noqa: RUF001


@cache
def _listed(name: str, code: str) -> frozenset[str]:
    return frozenset(getattr(data, name).get(code, "").split())


def _has_lone_pronoun(words: Sequence[str], lexicon: Lexicon, named: Mapping[str, str | None]) -> bool:
    """A pronoun for a person before any name, or any person who is new ("a clerk … he"); or one that fits none of the names."""
    pronouns, introducing, prepositions = (_listed(name, lexicon.code) for name in ("PRONOUNS", "INTRODUCING", "PREPOSITIONS"))
    if normal(words[0]) in introducing:
        return False
    is_behind = False
    met: set[str] = set()
    for at, (before, word) in enumerate(zip(["", *words], words, strict=False)):
        if normal(word) in pronouns:
            if not met or PRONOUNS.get(normal(word)) not in {None, *met}:
                return True
            continue
        is_behind = normal(before) in prepositions or (is_behind and before[0].isupper())
        is_capital = at > 0 and word[0].isupper() and len(word) > 1 and not lexicon.nouns_are_capitalised
        if is_behind or not (is_capital or bare(word) in named):
            if normal(word) in data.PERSONS or (_ACTS.search(word) and normal(word) not in lexicon.function_words):
                return False
            continue
        gender = named.get(bare(word))
        if gender is None:
            return False
        met.add(gender)
    return False
