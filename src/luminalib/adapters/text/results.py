"""What the child-side readers hand over: plain dictionaries, because they travel as JSON."""

import re
from collections.abc import Iterable
from contextlib import suppress
from typing import NotRequired, TypedDict

from luminalib.adapters.text.authors import people
from luminalib.adapters.text.cleaning import LONGEST_DESCRIPTION, clean_field
from luminalib.adapters.text.subjects import tags_of
from luminalib.domain.books import InvalidIsbn, normalise_isbn

_HYPHENS = r"\- \u00a0\u2009\u202f\u00ad\u2010-\u2015\u2212"
_ISBN = re.compile(rf"(?<![\d\-])(?:97[89][{_HYPHENS}]?)?(?:\d[{_HYPHENS}]?){{9}}[\dXx](?![\d\-])")
_LABELLED_ISBN = re.compile(rf"(?i:ISBN)(?:[-\s]?1[03])?[:.\s]*(?:\([^()\n]{{1,30}}\)[:\s]*)?([\dXx{_HYPHENS}]{{10,20}})")
_FORM = re.compile(
    r"(?i)e-?book|epub|e-?isbn|pdf|print|paper|hard|cloth|soft|kindle|mobi|audio|online|gebunden|broschiert|taschenbuch"
)
_MOST_AUTHORS = 20
_MOST_TAGS = 20
_LONGEST_SERIES = 200
_PLACE = re.compile(r"\s*#?\s*(\d{1,5}(?:[.,]\d{1,3})?)(?![\d])")


class Metadata(TypedDict, total=False):
    """The fields of `EmbeddedMetadata`."""

    title: str | None
    authors: list[str]
    isbn: str | None
    language: str | None
    published_year: int | None
    description: str | None
    tags: list[str]
    series: str | None
    series_index: float | None


class Extraction(TypedDict):
    """A document as (title, text) pairs with what else was learnt; `anchors` says for each where it begins inside the file."""

    sections: list[tuple[str | None, str]]
    anchors: NotRequired[list[str | None]]
    metadata: Metadata
    language: str | None
    notes: list[str]


def make_metadata(
    *,
    title: str | None = None,
    authors: Iterable[str | None] = (),
    isbn: str | None = None,
    language: str | None = None,
    published_year: int | None = None,
    description: str | None = None,
    tags: Iterable[str | None] = (),
    series: str | None = None,
    series_index: str | None = None,
) -> Metadata:
    """Metadata with every field cleaned and cut to a sensible length; names and subjects are taken apart, each once."""
    return Metadata(
        title=clean_field(title),
        authors=people(authors)[:_MOST_AUTHORS],
        isbn=isbn,
        language=language,
        published_year=published_year,
        description=clean_field(description, LONGEST_DESCRIPTION),
        tags=tags_of(tags)[:_MOST_TAGS],
        series=(series_name := clean_field(series, _LONGEST_SERIES)),
        series_index=_place(series_index) if series_name else None,
    )


def valid_isbn(text: str) -> str | None:
    """The first ISBN in `text` whose check digit is right, as 13 digits (ISO 2108)."""
    for match in _ISBN.finditer(text):
        with suppress(InvalidIsbn):
            return normalise_isbn(match[0])
    return None


def only_isbn(text: str) -> str | None:
    """The ISBN that `text` calls so, when it names exactly one valid one: a list of books names many.

    An imprint may have one for each form of a book (“ISBN 978-… (paperback)”, “ISBN 978-… (e-book)”): then the first counts.
    """
    labels = [(isbn, match) for match in _LABELLED_ISBN.finditer(text) if (isbn := valid_isbn(match[1]))]
    if len({isbn for isbn, _ in labels}) > 1 and not all(_FORM.search(_around(text, match)) for _, match in labels):
        return None
    return labels[0][0] if labels else None


def _around(text: str, match: re.Match[str]) -> str:
    """The rest of the line that a match stands in."""
    begin, end = text.rfind("\n", 0, match.start()) + 1, text.find("\n", match.end())
    return text[max(begin, match.start() - 40) : min(end if end >= 0 else len(text), match.end() + 40)]


def _place(text: str | None) -> float | None:
    """The number of a volume: `2`, `2.50`, `2,5`, and the first of `2.1.3`."""
    match = _PLACE.match(text or "")
    return float(match[1].replace(",", ".")) if match else None
