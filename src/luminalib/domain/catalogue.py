"""Finding a book by what people type: the words of the catalogue, and which books fit best."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from luminalib.domain.books import LABEL_MAX, Book, BookView, InvalidIsbn, normalise_isbn, search_key, tag_label
from luminalib.domain.function_words import telling_words
from luminalib.domain.paging import Page
from luminalib.domain.spelling import UNSPACED, words_in

WORDS_VERSION = 1
"""Raised when words or keys are made in another way: books that were kept by an older one are read again in the background."""
RANKED = 500
"""So many of the books that a question finds are ranked and listed."""
TYPED_MAX, WORD_MAX = 12, 64
"""So many words of a question are looked for, and so many letters of each."""
_PREFIX_FROM = 3
"""A shorter word is found only as a whole: too much begins with it."""
_TITLE, _NAMES, _TAGS, _TEXT = 10.0, 7.0, 4.0, 1.0
_EXACT, _BEGINNING, _CORRECTED = 1.0, 0.8, 0.7
SEARCHED_MAX = 20_000
"""So much of a description is searched."""
_NO_LETTER = re.compile(r"[^\w\s]|_")
_NUMBER = re.compile(r"[0-9]+")
_DIGITS = 6
_ARTICLES = {
    "en": frozenset({"the", "a", "an"}),
    "de": frozenset({"der", "die", "das", "ein", "eine"}),
    "fr": frozenset({"le", "la", "les", "un", "une", "l"}),
    "es": frozenset({"el", "la", "los", "las", "un", "una"}),
    "it": frozenset({"il", "lo", "la", "i", "gli", "le", "un", "uno", "una"}),
    "pt": frozenset({"o", "a", "os", "as", "um", "uma"}),
    "nl": frozenset({"de", "het", "een"}),
    "sv": frozenset({"en", "ett", "den", "det"}),
    "da": frozenset({"en", "et", "den", "det"}),
    "no": frozenset({"en", "ei", "et", "den", "det"}),
}
"""Articles that are not sorted by, by language (ISO 639-1)."""
_ELIDING = frozenset({"fr", "it"})
_UNSPACED = re.compile(f"[{UNSPACED}]")


class FacetKind(StrEnum):
    """By what the books of a list are counted."""

    AUTHOR = "author"
    TAG = "tag"
    LANGUAGE = "language"
    YEAR = "year"
    SERIES = "series"


@dataclass(frozen=True, slots=True)
class Facet:
    """A value, and how many books of the list have it."""

    value: str | int
    count: int


class SuggestionKind(StrEnum):
    """What a completion is."""

    TITLE = "title"
    AUTHOR = "author"
    SERIES = "series"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """How somebody who types may go on; a title names its book."""

    kind: SuggestionKind
    text: str
    book_id: str | None


@dataclass(frozen=True, slots=True)
class FoundBooks(Page[BookView]):
    """A page of books, and what was looked for instead when nothing was found as it was typed."""

    did_you_mean: str | None = None
    facets: Mapping[FacetKind, Sequence[Facet]] | None = None


@dataclass(frozen=True, slots=True)
class BookWords:
    """What a book is found by: words in normal form, separated by spaces."""

    title: str = ""
    series: str = ""
    authors: str = ""
    tags: str = ""
    description: str = ""


def catalogue_words(text: str) -> list[str]:
    """The words by which a text is found. What an apostrophe divides is found with both parts, by each, and as one word.

    Initials in a row are found as one word, too: jk of J. K. Rowling.
    """
    found: list[str] = []
    for word in _with_initials(text):
        if "'" in word:
            found += [part for part in word.split("'") if len(part) > 1]
        found.append(word.replace("'", ""))
    return [word[:WORD_MAX] for word in found]


def _with_initials(text: str) -> list[str]:
    """The words of a text in normal form, with one word for single letters in a row, in their place."""
    found: list[str] = []
    initials = ""
    for _, _, word in words_in(text):
        if len(word) == 1:
            initials += word
            continue
        found += [initials] if initials else []
        initials = ""
        found.append(word)
    return [*found, initials] if initials else found


def words_of(book: Book) -> BookWords:
    """The words of a book, whose ISBN stands with its tags."""
    return BookWords(
        title=searchable(book.title),
        series=searchable(book.series or ""),
        authors=searchable(" ".join(book.authors)),
        tags=" ".join(filter(None, (searchable(" ".join(book.tags)), book.isbn))),
        description=searchable(book.description or ""),
    )


def searchable(text: str) -> str:
    """The words of a text, as far as it is searched, separated by spaces."""
    return " ".join(catalogue_words(text[:SEARCHED_MAX]))


def filter_words(name: str) -> list[str]:
    """The words by which a filter finds an author, of which all must be there."""
    return [word.replace("'", "")[:WORD_MAX] for word in _with_initials(name)]


def labels_of(book: Book) -> list[tuple[str, str]]:
    """What lists find a book by, each once and in order, as (kind, label): words of names, whole names, tags, the series."""
    found = {("author", word) for name in book.authors for word in catalogue_words(name)}
    found |= {(kind, label) for kind, label, _ in terms_of(book)}
    return sorted(found)


def terms_of(book: Book) -> list[tuple[str, str, str]]:
    """What is completed and counted, as (kind, label, how it is written); kinds are name, series and tag."""
    named = [("name", name) for name in book.authors] + [("tag", tag) for tag in book.tags]
    named += [("series", book.series)] if book.series else []
    found = {(kind, tag_label(text)): text for kind, text in named if tag_label(text)}
    return sorted((kind, label, text[:LABEL_MAX]) for (kind, label), text in found.items())


def sort_key(title: str, language: str | None) -> str:
    """What a title is sorted by: without its article and the marks before it, numbers by their value."""
    code = (language or "en").partition("-")[0].lower()
    apostrophe = " " if code in _ELIDING else ""
    key = _NO_LETTER.sub(" ", search_key(title).replace("'", apostrophe)).strip()
    article, _, rest = key.partition(" ")
    if rest and article in _ARTICLES.get(code, frozenset()):
        key = rest
    return _NUMBER.sub(lambda found: found.group().lstrip("0").rjust(_DIGITS, "0"), " ".join(key.split()))


@dataclass(frozen=True)
class Typed:
    """A question to the catalogue: groups of words, of each of which a book must have one, or a word that begins with it.

    The first word of a group is what was typed; behind it stand other ways to read it, or corrections.
    """

    groups: tuple[tuple[str, ...], ...]
    whole: tuple[str, ...] = ()
    """All words that were typed, those that tell nothing among them."""
    corrected: Mapping[str, int] = field(default_factory=dict)
    """In how many letters each correction is not what was typed."""

    @classmethod
    def of(cls, q: str) -> "Typed":
        """What is looked for: an ISBN in any form, else the telling words."""
        if isbn := _isbn_in(q):
            return cls(((isbn,),), (isbn,))
        words = [word[:WORD_MAX] for word in _with_initials(q)]
        groups = dict.fromkeys(_readings(word) for word in telling_words(words)) if words else {}
        return cls(tuple(groups)[:TYPED_MAX], tuple(searchable(q).split()))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What was typed."""
        return tuple(group[0] for group in self.groups)

    def corrections(self, near: Mapping[str, Mapping[str, int]]) -> list["Typed"]:
        """The question with other words beside its own, the most careful reading first; none when there is nothing to correct.

        `near`: the catalogue's words that are spelt like a typed one, the nearest first, with how many letters differ. At first only
        words that stand nowhere are replaced, and by the nearest ones; then any word by those that differ in one letter, or more.
        """
        alike = [near.get(word, {}) for word in self.words]
        nearest = [min(words.values(), default=0) for words in alike]
        farthest = max((most for words in alike for most in words.values()), default=0)
        limits = [nearest, *([max(one, most) for one in nearest] for most in range(1, farthest + 1))]
        found = [self._corrected_within(alike, limit) for limit in limits]
        return [one for n, one in enumerate(found) if one.corrected and one not in found[:n]]

    def _corrected_within(self, alike: Sequence[Mapping[str, int]], limits: Sequence[int]) -> "Typed":
        chosen = [
            {word: letters for word, letters in words.items() if 0 < letters <= limit}
            for words, limit in zip(alike, limits, strict=True)
        ]
        groups = tuple(tuple(dict.fromkeys((*group, *words))) for group, words in zip(self.groups, chosen, strict=True))
        return replace(self, groups=groups, corrected={word: letters for words in chosen for word, letters in words.items()})

    def without_one(self) -> list["Typed"]:
        """The questions that leave one of the words out, if enough are left."""
        if len(self.groups) < 3:  # noqa: PLR2004 -- one word of two says too little
            return []
        return [replace(self, groups=self.groups[:n] + self.groups[n + 1 :]) for n in range(len(self.groups))]

    def is_beginning(self, word: str) -> bool:
        """Whether words that begin with one of this question are meant, too: not with what was only guessed."""
        return is_prefix(word) and word not in self.corrected

    def fits(self, book: BookWords) -> float:
        """How well a book that matches fits, above 0: where the words stand, whether whole, and how much of the title they are."""
        score, in_title = 0.0, 0
        for group in self.groups:
            of_title = self._likeness(group, book.title)
            in_title += of_title > 0
            names = max(self._likeness(group, book.series), self._likeness(group, book.authors))
            score += max(_TITLE * of_title, _NAMES * names, _TAGS * self._likeness(group, book.tags), _TEXT)
        if in_title:
            typed = " ".join(self.words)
            score += 3.0 * self._share_of_title(book.title, in_title)
            score += 2.0 * (typed in book.title) + (6.0 * (" ".join(self.whole) == book.title) or 4.0 * (typed == book.title))
        return score

    def _share_of_title(self, title: str, found: int) -> float:
        """How much a title and what was typed have in common (Jaccard), words that tell nothing included."""
        words = title.split()
        untold = set(self.whole) - {word for group in self.groups for word in group}
        common = found + len(untold.intersection(words))
        return common / max(len(words) + len(self.groups) + len(untold) - common, common)

    def is_well_found(self, book: BookWords) -> bool:
        """Whether a book has all the words as they were typed, and not in its description alone."""
        words = {*book.title.split(), *book.series.split(), *book.authors.split(), *book.tags.split()}
        return all(not words.isdisjoint(group) for group in self.groups)

    def is_named_by(self, book: BookWords) -> bool:
        """Whether each word, or what begins with it, stands in what names a book, not in its description alone."""
        names = f"{book.title} {book.series} {book.authors} {book.tags}"
        return all(self._likeness(group, names) for group in self.groups)

    def best_spelling(self, book: BookWords) -> str | None:
        """The question with the words of a book in place of those that were corrected; None when nothing was."""
        words = f"{book.title} {book.series} {book.authors} {book.tags}"
        spelt = []
        for group in self.groups:
            is_found = any(self._likeness((word,), words) for word in group if word not in self.corrected)
            right = next((word for word in group[1:] if f" {word} " in f" {words} "), group[0])
            spelt.append(group[0] if is_found else right)
        return " ".join(spelt) if spelt != list(self.words) else None

    def _likeness(self, group: Sequence[str], words: str) -> float:
        best = 0.0
        words = f" {words} "
        for word in group:
            factor = _EXACT * _CORRECTED ** self.corrected.get(word, 0)
            at = words.find(f" {word}") if factor > best else -1
            if at < 0:
                continue
            if f" {word} " in words:
                best = factor
            elif self.is_beginning(word):
                length = words.index(" ", at + 1) - at - 1
                best = max(best, factor * _BEGINNING * (0.5 + 0.5 * len(word) / length))
        return best


def is_prefix(word: str) -> bool:
    """Whether words that begin with it are meant, too."""
    return len(word) >= _PREFIX_FROM or bool(_UNSPACED.search(word))


def errors_allowed(word: str) -> int:
    """How many letters of a word may be wrong: none of a short one or a number, two of a long one."""
    if len(word) <= 2 or word.isdigit():  # noqa: PLR2004
        return 0
    return 1 if len(word) <= 5 else 2  # noqa: PLR2004


def _readings(word: str) -> tuple[str, ...]:
    """A word as one, and where an apostrophe divides it, its longer part."""
    whole = word.replace("'", "")
    return (whole,) if whole == word else tuple(dict.fromkeys((whole, max(word.split("'"), key=len))))


def _isbn_in(q: str) -> str | None:
    try:
        return normalise_isbn(q)
    except InvalidIsbn:
        return None
