"""Texts in capitals throughout, as old machines wrote them, in small letters; with those capitals that can be told."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
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
_INTRODUCING = {
    "en": r"called|named|name (?:is|was)",
    "de": r"namens|name (?:ist|war)|(?:heißt|hieß|heisst|hiess)(?! (?:das|es|nicht|der|die)\b)",
    "fr": r"(?:s['\u2019]appelait|s['\u2019]appelle|nommée?|appelée?|nom (?:est|était))",
    "es": r"se llam(?:a|aba)|llamad[oa]|nombre (?:es|era)",
    "it": r"si chiama(?:va)?|chiamat[oa]|di nome",
    "pt": r"chama(?:va)?-se|chamad[oa]|nome (?:é|era)",
    "nl": r"heet(?:te)?|genaamd|naam (?:is|was)",
}
_NO_NAMES_END = {
    "en": "s|ly|ing|tion|ty|['\u2019]\\w+",
    "de": "ung|heit|keit|lich|weise",
    "fr": "ment|tion|té|['\u2019]\\w+",
    "es": "mente|ción|dad",
    "it": "mente|zione|tà|['\u2019]\\w+",
    "pt": "mente|ção|dade",
    "nl": "heid|ing|lijk",
}
_MORE_PAST = {
    "fr": ("a", "it", "ut", "ait"),
    "es": ("ó", "ía", "aba"),
    "it": ("ò", "ì", "ava", "eva", "iva"),
    "pt": ("ou", "eu", "iu", "ava", "ia"),
    "nl": ("de", "te"),
}
"""More of how verbs end in tales."""
_SHORTEST_PAST = 4
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
_OF = frozenset(["de", "d", "di", "van", "von"])
"""What names stand behind, too."""
_NO_NAMES = frozenset(["yes", "no", "well", "spring", "summer", "autumn", "winter"])
_LEAST = 2
"""Mentions of a name, and times that one acts who is not introduced by it; once may be chance."""


def in_small_letters(texts: Sequence[str], language: str | None) -> list[str]:
    """Those texts that are in capitals throughout in small letters, as in capitals no word tells what it is; others as they are.

    Names are those that all of them together show.
    """
    small = {at: text.lower() for at, text in enumerate(texts) if _is_in_capitals(text)}
    if not small:
        return list(texts)
    code = language_of([*small.values()], language)
    names = _names("\n".join(small.values()), lexicon_for(code)) if code in _INTRODUCING else frozenset()
    return [_written(small[at], code, names) if at in small else text for at, text in enumerate(texts)]


def _is_in_capitals(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return len(letters) >= _LEAST_IN_CAPITALS and sum(map(str.isupper, letters)) >= _ALL_CAPITALS * len(letters)


def _written(small: str, code: str | None, names: frozenset[str]) -> str:
    """A text in small letters with those capitals that can be told."""
    if code == "en":
        small = _CALENDAR.sub(lambda found: found[0].capitalize(), small)
    if names:
        small = re.sub(rf"\b(?:{'|'.join(sorted(names))})\b", lambda found: found[0].capitalize(), small)
    return _SENTENCE_START.sub(lambda found: found[0].upper(), small)


def _names(small: str, lexicon: Lexicon) -> frozenset[str]:
    """Words that are names by where they stand: one that opens a sentence without an article and acts, or is introduced as one.

    A surname is a word that stands behind such a name alone, and before what that does.
    """
    counts = Counter(words_of(small))
    before_nouns = _BEFORE_NOUNS if lexicon.code == "en" else (lexicon.determiners | lexicon.articles) - _OF
    introducing = re.compile(rf"\b(?:{_INTRODUCING[lexicon.code]}) ([^\W\d_]{{3,}})(?: ([^\W\d_]{{3,}})(?=[,.;:!?]))?")
    no_name = re.compile(f"(?:{_NO_NAMES_END[lexicon.code]})$")
    described = {after for before, after in _neighbours(small) if before in before_nouns}
    acting = Counter(words[0] for words in _sentences(small) if len(words) > 1 and _is_done(words[1], lexicon))
    introduced = {name for found in introducing.finditer(small) for name in found.groups() if name}
    barred = (
        _small_words(lexicon.code)
        | lexicon.function_words
        | described
        | frozenset(data.NEVER.split())
        | frozenset(data.TITLES.split())
        | _NO_NAMES
    )
    first = {
        word
        for word in {*acting, *introduced}
        if counts[word] >= _LEAST
        and (word in introduced or (acting[word] >= _LEAST and not no_name.search(word)))
        and not (word in barred or _is_done(word, lexicon))
    }
    behind = Counter(after for before, after in _neighbours(small) if before in first)
    surnames = {
        words[at]
        for words in _sentences(small)
        for at in range(1, len(words) - 1)
        if words[at - 1] in first and _is_done(words[at + 1], lexicon) and not _is_done(words[at], lexicon)
    }
    last = {found[2] for found in introducing.finditer(small) if found[2] and found[1] in first}
    return frozenset(first | {word for word in surnames | last if counts[word] == behind[word] and word not in barred})


def _small_words(code: str) -> frozenset[str]:
    """Adverbs and the like, which open sentences as names do, by a library's list."""
    from stopwordsiso import stopwords  # noqa: PLC0415 -- for texts in capitals only

    return frozenset() if code == "en" else frozenset(stopwords(code))


def _is_done(word: str, lexicon: Lexicon) -> bool:
    if lexicon.code == "en":
        return word in lexicon.acting or word.endswith(lexicon.past) or word in _DONE
    is_past = word.endswith((*lexicon.past, *_MORE_PAST.get(lexicon.code, ()))) and len(word) >= _SHORTEST_PAST
    return word in lexicon.acting or (is_past and word not in lexicon.function_words)


def _sentences(small: str) -> Iterator[list[str]]:
    return (words_of(found[0]) for found in _SENTENCES.finditer(small))


def _neighbours(small: str) -> Iterator[tuple[str, str]]:
    for found in _CLAUSES.finditer(small):
        words = words_of(found[0])
        yield from pairwise(words)
