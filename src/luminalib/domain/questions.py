"""What a question asks for, as far as its words say so, and whether a text holds such a thing."""

import re
from enum import StrEnum

from luminalib.domain.spelling import fold, words_in


class Asked(StrEnum):
    """What must stand in an answer."""

    YEAR = "year"
    NUMBER = "number"
    NAME = "name"
    ANYTHING = "anything"


_YEAR = re.compile(
    r"\b(?:what year|which year|in welchem jahr|welches jahr|quelle annee|en quelle annee|que ano|che anno|in quale anno)\b"
)
_NUMBER = re.compile(
    r"\b(?:how (?:many|much|old|long|large|big|tall|high|far|often|deep|wide|heavy)"
    r"|what (?:age|price|number|temperature|percentage)"
    r"|at what (?:age|price|temperature|hour|time)|wie ?viele?|wie (?:alt|lange|hoch|weit|gross|oft|tief|schwer)"
    r"|combien|quel (?:age|prix)"
    r"|cuantos?|cuantas?|quanto|quanti|quante|quanta)\b"
)
_NAME = re.compile(
    r"\b(?:what|which) (?:is|was|were) the (?:full |first |real |christian )*names?\b|(?:christian|first|maiden|real) name"
    r"|\bwie hiess|\bwie heisst|vorname|comment s'appel|prenom\b"
)
_NUMBER_WORDS_LIST = """
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million half quarter dozen score once
twice first second third eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf zwanzig dreissig
vierzig funfzig hundert tausend halb deux trois quatre cinq sept huit neuf dix onze douze quinze vingt trente
quarante cinquante soixante cent mille demi dos tres cuatro cinco seis siete ocho nueve diez cien mil due tre quattro
cinque sei sette otto nove dieci cento
"""
_NUMBER_WORDS = frozenset(_NUMBER_WORDS_LIST.split())
_HAS_YEAR = re.compile(r"\b(?:1[0-9]|20)\d\d\b")


def asked_for(question: str) -> Asked:
    """The kind of thing that a question wants to be told."""
    plain = fold(question.strip())
    if _YEAR.search(plain):
        return Asked.YEAR
    if _NUMBER.search(plain):
        return Asked.NUMBER
    return Asked.NAME if _NAME.search(plain) else Asked.ANYTHING


def holds(text: str, asked: Asked, question: str) -> bool:
    """Whether a text has a thing of that kind that the question did not name itself."""
    if asked is Asked.ANYTHING:
        return True
    said = {word for _, _, word in words_in(question)}
    if asked is Asked.YEAR:
        return any(year not in said for year in _HAS_YEAR.findall(text))
    if asked is Asked.NUMBER:
        return any(word not in said and (word in _NUMBER_WORDS or word[0].isdigit()) for _, _, word in words_in(text))
    return any(
        text[start].isupper() and word not in said and stop - start > 1 and start > 0 and text[start - 2 : start - 1] not in ".!?"
        for start, stop, word in words_in(text)
    )


_VALUES = {word: str(value) for value, word in enumerate(_NUMBER_WORDS_LIST.split()[:20], start=1)}
_VAGUE = frozenset(("one", "once", "first", "second", "third", "half", "quarter", "score", "un", "due", "tre", "mil"))
"""Number words that are as often something else."""


def numbers_in(text: str) -> set[str]:
    """The numbers that a text names, in digits where its words for them are small and English."""
    found = (word for _, _, word in words_in(text) if word not in _VAGUE and (word in _NUMBER_WORDS or word[0].isdigit()))
    return {_VALUES.get(word, word) for word in found}
