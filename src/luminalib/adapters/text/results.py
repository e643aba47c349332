"""What the child-side readers hand over: plain dictionaries, because they travel as JSON."""

import re
from collections.abc import Iterable
from typing import NotRequired, TypedDict

from luminalib.adapters.text.cleaning import LONGEST_DESCRIPTION, clean_field

_ISBN = re.compile(r"(?<![\d-])(?:97[89][- ]?)?(?:\d[- ]?){9}[\dXx](?![\d-])")
_LABELLED_ISBN = re.compile(r"ISBN(?:-1[03])?:?\s*([\dXx -]{10,17})")
_ISBN_10, _ISBN_13 = 10, 13
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
    """Metadata with every field cleaned and cut to a sensible length, and repetitions dropped."""
    return Metadata(
        title=clean_field(title),
        authors=_distinct(authors, _MOST_AUTHORS),
        isbn=isbn,
        language=language,
        published_year=published_year,
        description=clean_field(description, LONGEST_DESCRIPTION),
        tags=_distinct(tags, _MOST_TAGS),
        series=(series_name := clean_field(series, _LONGEST_SERIES)),
        series_index=_place(series_index) if series_name else None,
    )


def valid_isbn(text: str) -> str | None:
    """The first ISBN in `text` whose check digit is right, as 13 digits (ISO 2108)."""
    for match in _ISBN.finditer(text):
        digits = re.sub(r"[- ]", "", match[0]).upper()
        if len(digits) == _ISBN_10 and _is_isbn_10(digits):
            return _to_isbn_13(digits)
        if len(digits) == _ISBN_13 and _check_digit_13(digits[:12]) == digits[12]:
            return digits
    return None


def only_isbn(text: str) -> str | None:
    """The ISBN that `text` calls so, when it names exactly one valid one: a list of books names many."""
    found = {valid_isbn(match[1]) for match in _LABELLED_ISBN.finditer(text)} - {None}
    return found.pop() if len(found) == 1 else None


def _place(text: str | None) -> float | None:
    """The number of a volume: `2`, `2.50`, `2,5`, and the first of `2.1.3`."""
    match = _PLACE.match(text or "")
    return float(match[1].replace(",", ".")) if match else None


def _is_isbn_10(digits: str) -> bool:
    values = [10 if digit == "X" else int(digit) for digit in digits]
    return sum(weight * value for weight, value in zip(range(10, 0, -1), values, strict=True)) % 11 == 0


def _to_isbn_13(isbn_10: str) -> str:
    body = "978" + isbn_10[:9]
    return body + _check_digit_13(body)


def _check_digit_13(body: str) -> str:
    return str(-sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10)


def _distinct(values: Iterable[str | None], most: int) -> list[str]:
    fields = (clean_field(value) for value in values)
    return list(dict.fromkeys(field for field in fields if field))[:most]
