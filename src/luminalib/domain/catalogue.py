"""The words of the catalogue: what a book is found, sorted, completed and counted by."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from luminalib.domain.books import LABEL_MAX, Book, BookView, search_key, tag_label
from luminalib.domain.normalisation import normalised
from luminalib.domain.paging import Page
from luminalib.domain.spelling import words_in

WORDS_VERSION = 2
"""Raised when words or keys are made in another way: books that were kept by an older one are read again in the background."""
RANKED = 500
"""So many of the books that a question finds are ranked and listed."""
WORD_MAX = 64
"""So many letters of a word are looked for."""
SEARCHED_MAX = 20_000
"""So much of a description is searched."""
_HYPHENS = "-\u2010\u2011\u00b7"
_HYPHENATED = re.compile(f"(?<=[^\\W_])[{_HYPHENS}](?=[^\\W_])")
_SIGNS = re.compile("[+]{2}|[+](?!\\w)|[#\u266f](?![^\\W\\d])")
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

    So is what has a hyphen: spiderman of Spider-Man. Initials in a row are found as one word, too (jk of J. K. Rowling), and words
    with signs as they are said and without: cplusplus and c of C++, dotnet and net of .NET.
    """
    found: list[str] = []
    for word, *others in _read(text):
        if "'" in word:
            found += [part for part in word.split("'") if len(part) > 1]
        found += [word.replace("'", ""), *others]
    return [word[:WORD_MAX] for word in found]


def with_initials(text: str) -> list[str]:
    """The words of a text in normal form, signs as they are said, with one word for single letters in a row, in their place."""
    return [word for word, *_ in _read(text)]


def beginning_of(q: str) -> str:
    """The sort key of titles that begin with what was typed; empty where signs tell more than letters: no key has any."""
    text = _of_one_width(q)
    return "" if any(_said(text, *found) != found[2] for found in words_in(text)) else sort_key(q, None)


def _read(text: str) -> list[tuple[str, ...]]:
    """Each word of a text, as it is said, before the others by which it is found, too."""
    text = _of_one_width(text)
    found: list[tuple[str, ...]] = []
    initials, before, end = "", "", -2
    for start, stop, word in words_in(text):
        said = _said(text, start, stop, word)
        others = [word] if said != word else []
        if start == end + 1:
            others += _joined(before, text[end], word)
        before, end = word, stop
        if len(said) == 1 and not others:
            initials += said
            continue
        found += [(initials,)] if initials else []
        initials = ""
        found.append((said, *(other.replace("'", "") for other in others)))
    return [*found, (initials,)] if initials else found


def _of_one_width(text: str) -> str:
    """A text with signs and kana in their usual width."""
    return text if text.isascii() else normalised(text, "NFKC")


def _said(text: str, start: int, stop: int, word: str) -> str:
    """A word with the signs that belong to it, in letters."""
    if not word[-1].isalpha():
        return word
    signs = _SIGNS.match(text, stop)
    if signs and signs[0][0] == "+":
        return word + "plus" * len(signs[0])
    if signs and len(word) == 1:
        return f"{word}sharp"
    is_dotted = text[start - 1 : start] == "." and (start == 1 or text[start - 2].isspace() or text[start - 2] in "([\"'\u201c")
    return f"dot{word}" if is_dotted and len(word) > 1 else word


def _joined(before: str, mark: str, word: str) -> list[str]:
    """Two words that nothing but a mark divides, as one: spider-man, node.js; and asp.net as .net, too."""
    if mark in _HYPHENS:
        return [before + word]
    if mark == "." and len(before) > 1 and len(word) > 1 and word.isalpha():
        return [before + word, f"dot{word}"]
    return []


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
    return [word.replace("'", "")[:WORD_MAX] for word in with_initials(name)]


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


def other_starts(label: str) -> list[str]:
    """What else a name may be typed as, from its beginning: without its first words, and with hyphens and initials typed otherwise.

    dickens of charles dickens; spider man and spiderman of spider-man; jk rowling of j. k. rowling.
    """
    spelt = dict.fromkeys((label, " ".join(filter_words(label)), _HYPHENATED.sub("", label)))
    found = [" ".join(words[n:]) for one in spelt if (words := one.split()) for n in range(min(len(words), 6))]
    return [start[:LABEL_MAX] for start in dict.fromkeys(found) if start != label]


def sort_key(title: str, language: str | None) -> str:
    """What a title is sorted by: without its article and the marks before it, numbers by their value."""
    code = (language or "en").partition("-")[0].lower()
    apostrophe = " " if code in _ELIDING else ""
    key = _NO_LETTER.sub(" ", search_key(title).replace("'", apostrophe)).strip()
    article, _, rest = key.partition(" ")
    if rest and article in _ARTICLES.get(code, frozenset()):
        key = rest
    return _NUMBER.sub(lambda found: found.group().lstrip("0").rjust(_DIGITS, "0"), " ".join(key.split()))
