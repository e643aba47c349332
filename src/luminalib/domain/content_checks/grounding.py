"""Whether what an answer names stands in its material: topics, names, numbers, and what a statement is about."""
# ruff: noqa: RUF001  (marks of many scripts are meant)

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from luminalib.domain.function_words import bare, is_telling
from luminalib.domain.grounding import Ground, Passages, is_near
from luminalib.domain.search import are_kin
from luminalib.domain.sentences import sentences_in
from luminalib.domain.spelling import fold, words_in

_KEY = 4
_DIGITS = re.compile(r"\d+(?:[.,' \u202f]\d{3})+(?!\d)|\d+")
_SMALL_NUMBERS_LISTS = """
zero null zero
one a eins ein eine un une
two zwei deux twice
three drei trois
four vier quatre
five funf cinq
six sechs
seven sieben sept
eight acht huit
nine neun neuf
ten zehn dix
eleven elf onze
twelve zwolf douze
"""
_SMALL_NUMBERS = tuple(line.split() for line in _SMALL_NUMBERS_LISTS.strip().splitlines())
"""Words (in normal form) for the numbers from nought on."""
_ENDING = re.compile(r"(?<=[^\W\d_]{3})(?:ing|ed|es|en|er|e|s|n)$")
_MORE_THAN = 0.5
"""Of a topic's words: a model adds one of its own to one of the text's, such as the design of a lamp that the text only lights."""
FOUNDED = 0.5
"""The share of a statement's telling words that must stand in its material: each sentence that people wrote about the works of the
demo shelf has as much, and most have three quarters."""
_FEW = 3
_NEVER_A_NAME_LIST = """
i monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october
november december mr mrs ms miss dr sir god
"""
_NEVER_A_NAME = frozenset(_NEVER_A_NAME_LIST.split())
_ABSTRACT_LIST = """
ty ness tion sion ment ism ship ance ence ing hood dom ure cy ung heit keit schaft tum nis tat ion ling mus tik chen lein
"""
_ABSTRACT = tuple(_ABSTRACT_LIST.split())
"""Endings of words that mean no person and no place."""
_ACTS_LIST = """
is was has had goes finds meets discovers travels decides learns returns becomes tells gives takes makes helps lives wants comes
leaves begins asks sees says knows tries falls gets keeps loses faces realises realizes explains describes believes struggles starts
sets moves writes joins visits encounters embarks explores offers runs brings arrives teaches invites refuses hopes dies marries
saves follows speaks carries receives reads feels thinks uses
"""
_VERBS = {
    "en": re.compile(rf"{'|'.join(_ACTS_LIST.split())}|[a-z]{{2,}}ed"),
    "de": re.compile(r"ist|war|hat|hatte|wird|wurde|[a-zäöüß]{2,}te?"),
}
"""Verbs of one person as they stand behind a name, and in German also before it."""


def words_of(text: str) -> list[str]:
    """The words of a text in normal form."""
    return [word for _, _, word in words_in(text)]


def normal_text(text: str) -> str:
    """The words of a text in normal form with a space around each."""
    return f" {' '.join(words_of(text))} "


class Source:
    """Material that answers are held against; what is looked up is made ready when it is first asked for."""

    def __init__(self, *texts: str) -> None:
        self.text = "\n\n".join(texts)

    @cached_property
    def _normal(self) -> str:
        return normal_text(self.text)

    @cached_property
    def _kin(self) -> dict[str, set[str]]:
        index: dict[str, set[str]] = defaultdict(set)
        for word in set(self._normal.split()):
            index[bare(word)[:_KEY]].add(bare(word))
        return index

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset(_stem(word) for words in self._kin.values() for word in words)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers in digits, without signs between thousands."""
        return frozenset(_digits(self.text))

    @cached_property
    def passages(self) -> Passages:
        """The material, to be asked whether it supports a statement."""
        return Passages(Ground(text=self.text))

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The sentences of the material, each on one line."""
        return tuple(" ".join(self.text[start:stop].split()) for start, stop in sentences_in(self.text))

    @cached_property
    def normal_sentences(self) -> tuple[tuple[str, str], ...]:
        """Each sentence with its words in normal form."""
        return tuple((sentence, normal_text(sentence)) for sentence in self.sentences)

    def says(self, words: Sequence[str]) -> bool:
        """Whether words (in normal form) stand in it in a row."""
        return f" {' '.join(words)} " in self._normal

    def holds(self, word: str) -> bool:
        """Whether a word (in normal form), or a form of it, stands in it."""
        own = bare(word)
        return _stem(own) in self._stems or any(are_kin(own, other) for other in self._kin.get(own[:_KEY], ()))


def unfounded_topic(topic: str, source: Source) -> str | None:
    """A topic of which half of the words or fewer stand in the material, or a number that does not."""
    words = [word for word in words_of(topic) if is_telling(word)] or words_of(topic)
    held = sum(map(source.holds, words))
    if held <= _MORE_THAN * len(words):
        return f"“{topic}” does not stand in the material"
    return unfounded_number(topic, source)


def unfounded_number(text: str, source: Source) -> str | None:
    """A number that the material does not have, in digits or in words."""
    for number in _digits(text):
        if number not in source.numbers and not _in_words(number, source):
            return f"the number {number} does not stand in the material"
    return None


def unfounded_name(text: str, source: Source, language: str | None, known: Sequence[str] = ()) -> str | None:
    """A person, place or other name that the material does not have; `known` are texts whose words may be named besides."""
    allowed = {bare(word) for given in known for word in words_of(given)}
    for name in names_in(text, language):
        word = bare(name.lower()) if name.isascii() else bare(words_of(name)[0])
        if word not in allowed and not source.holds(word):
            return f"“{name}” does not stand in the material"
    return None


def unfounded(text: str, source: Source) -> str | None:
    """A statement most of whose words stand nowhere in the material."""
    words = {word for word in words_of(text) if is_telling(word)}
    if len(words) < _FEW or sum(map(source.holds, words)) >= FOUNDED * len(words):
        return None
    return "hardly any of its words stand in the material"


def unsupported(text: str, source: Source) -> str | None:
    """A statement that no passage of the material is about."""
    return None if is_near(text, source.passages) else "no passage of the text is about that; use the words of the text"


def names_in(text: str, language: str | None) -> Iterator[str]:
    """Words that are names by how they are written: a capital within a sentence, or at its beginning before a verb of one person.

    In German, where all nouns have capitals, what stands behind another noun or beside the verb, and is no abstract noun.
    """
    short = (language or "en")[:2].lower()
    for start, stop in sentences_in(text):
        words_at = list(words_in(text[start:stop]))
        words = [(text[start + a : start + b], word, text[start + a - 1 : start + a]) for a, b, word in words_at]
        for at, (written, word, before) in enumerate(words):
            if not written[0].isupper() or len(word) < _FEW - 1 or not is_telling(word) or word in _NEVER_A_NAME:
                continue
            after = text[start + words_at[at][1] : start + words_at[at][1] + 1]
            opens = at == 0 or (before in "“\"'«„(‘" and after not in "”\"'»“)’")
            follower = words[at + 1][0] if at + 1 < len(words) else ""
            previous = words[at - 1][0] if at else ""
            if _is_a_name(word, previous, follower, short, opens=opens):
                yield written


def _is_a_name(word: str, previous: str, follower: str, language: str, *, opens: bool) -> bool:
    if opens or language == "de":
        if word.endswith(_ABSTRACT):
            return False
        verb = _VERBS.get(language)
        if opens:
            return verb is not None and not previous and verb.fullmatch(follower) is not None
        return previous[:1].isupper() or (verb is not None and verb.fullmatch(previous) is not None and is_telling(fold(previous)))
    return True


def _stem(word: str) -> str:
    """A short word without its ending: sewing is a form of sew, votes of voting."""
    return _ENDING.sub("", word) or word


def _digits(text: str) -> list[str]:
    return [re.sub(r"\D", "", found) for found in _DIGITS.findall(text)]


def _in_words(number: str, source: Source) -> bool:
    value = int(number) if len(number) < _KEY else len(_SMALL_NUMBERS)
    return value < len(_SMALL_NUMBERS) and any(source.says([word]) for word in _SMALL_NUMBERS[value])
