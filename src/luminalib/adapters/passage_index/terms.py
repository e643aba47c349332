"""From texts to the terms of a lexical index: words in normal form, reduced to their stems in the text's language."""

import threading
from collections.abc import Iterable
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from luminalib.domain.function_words import bare, telling_words
from luminalib.domain.passages import Passage
from luminalib.domain.spelling import all_words

Variants = frozenset[str]
"""The terms that a word of a question has in the languages of the index; they count as one."""
STEMMERS: MappingProxyType[str, str] = MappingProxyType(
    {
        "ar": "arabic",
        "ca": "catalan",
        "da": "danish",
        "de": "german",
        "el": "greek",
        "en": "english",
        "es": "spanish",
        "et": "estonian",
        "eu": "basque",
        "fi": "finnish",
        "fr": "french",
        "ga": "irish",
        "hi": "hindi",
        "hu": "hungarian",
        "hy": "armenian",
        "id": "indonesian",
        "it": "italian",
        "lt": "lithuanian",
        "ne": "nepali",
        "nl": "dutch",
        "no": "norwegian",
        "pl": "polish",
        "pt": "portuguese",
        "ro": "romanian",
        "ru": "russian",
        "sr": "serbian",
        "sv": "swedish",
        "ta": "tamil",
        "tr": "turkish",
    }
)
"""Languages (ISO 639-1) for which Snowball has an algorithm."""
_LONGEST = 64
"""A longer run of letters is no word that anybody looks for."""
_KEPT = 200_000
_here = threading.local()  # a stemmer holds the word that it works on


def primary(language: str | None) -> str:
    """The ISO 639-1 code of a language tag; empty for none."""
    return (language or "").split("-", 1)[0].lower()


def terms_of(text: str, language: str | None) -> list[str]:
    """Every word of a text as a term, in reading order, for indexing."""
    code = primary(language)
    return [term for word in all_words(text) if (term := _term(code, word))]


def passage_terms(passage: Passage, language: str | None) -> list[str]:
    """The terms of a passage with those of the heading above it."""
    return terms_of(f"{passage.heading}\n{passage.text}" if passage.heading else passage.text, language)


def question_terms(text: str, languages: Iterable[str]) -> dict[Variants, str]:
    """What the telling words of a question may be in the languages (codes) of the index, each with the first such word itself."""
    telling = telling_words(all_words(text))
    codes = {*languages, ""}
    groups: dict[Variants, str] = {}
    for word in telling:
        groups.setdefault(frozenset(filter(None, (_term(code, word) for code in codes))), bare(word))
    groups.pop(frozenset(), None)
    return groups


def phrase_terms(phrase: str, languages: Iterable[str]) -> set[tuple[str, ...]]:
    """A phrase as the sequences of terms that it is in each of the languages."""
    words = all_words(phrase)
    return {terms for code in {*languages, ""} if (terms := tuple(filter(None, (_term(code, word) for word in words))))}


@lru_cache(maxsize=_KEPT)
def _term(code: str, word: str) -> str:
    core = bare(word)[:_LONGEST]
    return _stemmer(code).stemWord(core) if code in STEMMERS else core


def _stemmer(code: str) -> Any:
    stemmers: dict[str, Any] = _here.__dict__.setdefault("stemmers", {})
    if code not in stemmers:
        import snowballstemmer  # noqa: PLC0415 -- all its languages at once: a start should not wait for them

        stemmers[code] = snowballstemmer.stemmer(STEMMERS[code])
    return stemmers[code]
