"""What is asked of the library's text, and how an answer shows it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from luminalib.domain.errors import Invalid
from luminalib.domain.media import MediaType
from luminalib.domain.passages import QUOTED, Passage
from luminalib.domain.spelling import all_words, placed_words

LONGEST_QUESTION = 1000
"""Characters; of a longer one the last are searched."""
MOST_CHOSEN = 100
"""So many books or documents a search can be narrowed to."""
QUOTES_PER_BOOK = 5
"""So many passages of a book one answer shows to somebody who has not borrowed it."""
_PHRASE = re.compile(
    '["\u201c\u201d\u00ab\u00bb\u201e]([^"\u201c\u201d\u00ab\u00bb\u201e]{2,200})["\u201c\u201d\u00ab\u00bb\u201e]'
)
KIN = 4
"""Words that begin with so many of the same letters, and differ in few, are forms of one."""
_ENDING = 3


class SearchMode(StrEnum):
    """By words, by meaning, by both, or by whatever there is."""

    AUTO = "auto"
    LEXICAL = "lexical"
    SEMANTIC = "semantic"
    HYBRID = "hybrid"


class NothingToSearch(Invalid):
    """The question has no words in it."""

    slug = "nothing-to-search"


class NoMeanings(Invalid):
    """Nothing is found by meaning here: the library has no embedding model. Use mode=auto or mode=lexical."""

    slug = "no-embedder"


@dataclass(frozen=True, kw_only=True, slots=True)
class PassageView:
    """A passage with what people call the book or document that it stands in.

    `length` is that of the document's whole text, in characters; `anchor` names the passage's chapter inside an EPUB.
    """

    passage: Passage
    title: str
    book_id: str | None
    owner_id: str | None
    media_type: MediaType
    language: str | None
    length: int
    anchor: str | None = None

    @property
    def percent(self) -> float:
        """How far into the document it begins."""
        return round(100.0 * self.passage.start / max(self.length, 1), 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Snippet:
    """A bounded quotation: `start` and `stop` are its offsets in the passage, `highlights` those of the question's words in it."""

    text: str
    start: int
    stop: int
    highlights: tuple[tuple[int, int], ...]


def phrases_of(question: str) -> list[str]:
    """What stands between quotation marks: it must occur as it is."""
    return [phrase.strip() for phrase in _PHRASE.findall(question) if phrase.strip()]


def has_phrase(text: str, phrase: str) -> bool:
    """Whether the words of a phrase stand in a text, one after another."""
    wanted, words = all_words(phrase), all_words(text)
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1))


def are_kin(first: str, second: str) -> bool:
    """Whether two words in normal form are the same or look like forms of one word."""
    if first == second:
        return True
    shorter = min(len(first), len(second))
    same = next((at for at in range(shorter) if first[at] != second[at]), shorter)
    return same >= KIN and max(len(first), len(second)) - same <= _ENDING


class KinWords:
    """Words in normal form, to be looked up by themselves or by their kin, without comparing with each."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._by_beginning: dict[str, list[str]] = {}
        for word in self._words:
            self._by_beginning.setdefault(word[:KIN], []).append(word)

    def __contains__(self, word: str) -> bool:
        return word in self._words or any(are_kin(word, other) for other in self._by_beginning.get(word[:KIN], ()))

    def kin_of(self, word: str) -> set[str]:
        """Those of the words that are the same as that one, or forms of it."""
        return {other for other in self._by_beginning.get(word[:KIN], ()) if are_kin(word, other)}


class _Places(dict[str, int]):
    """Of each word that is looked up: the place among the wanted ones of the first that it is or looks like; -1 for others."""

    def __init__(self, wanted: Sequence[str]) -> None:
        super().__init__()
        self._by_beginning: dict[str, list[tuple[int, str]]] = {}
        for place, word in enumerate(wanted):
            self._by_beginning.setdefault(word[:KIN], []).append((place, word))

    def __missing__(self, word: str) -> int:
        kin = (place for place, wanted in self._by_beginning.get(word[:KIN], ()) if are_kin(word, wanted))
        self[word] = found = next(kin, -1)
        return found


def snippet_of(text: str, words: Sequence[str], most: int = QUOTED) -> Snippet:
    """The stretch of at most `most` characters that has most of the question's words (in normal form), cut at words."""
    found, places = placed_words(text), _Places(words)
    matches = [
        (start, stop, at)
        for start, stop, word in zip(found.starts, found.stops, found.words, strict=True)
        if (at := places[word]) >= 0
    ]
    start, stop = _best_stretch(text, matches, most)
    shown = tuple((begin - start, end - start) for begin, end, _ in matches if start <= begin and end <= stop)
    return Snippet(text=text[start:stop], start=start, stop=stop, highlights=shown)


def _best_stretch(text: str, matches: Sequence[tuple[int, int, int]], most: int) -> tuple[int, int]:
    if len(text) <= most:
        return 0, len(text)
    best, begins = (0, 0), 0
    for first, _, _ in matches:
        inside = [at for begin, end, at in matches if first <= begin and end <= first + most * 3 // 4]
        worth = len(set(inside)), len(inside)
        if worth > best:
            best, begins = worth, first
    sentence = max((found.end() for found in re.finditer(r"[.!?\u2026\u3002]\S*\s+|\n\s*", text[:begins])), default=0)
    start = sentence if begins - sentence <= most // 4 else text.rfind(" ", 0, max(begins - most // 8, 1)) + 1
    if start > (latest := len(text) - most):  # there is room for more, up to a word's beginning
        start = latest if text[latest - 1 : latest].isspace() else min(begins, text.find(" ", latest) + 1 or begins)
    stop = min(start + most, len(text))
    if stop < len(text) and (space := max(text.rfind(" ", start, stop + 1), text.rfind("\n", start, stop + 1))) > start + most // 2:
        stop = space
    return start, stop
