"""The catalogue: what is known about a book, and who may do what with it."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from luminalib.domain.auth import NotAllowed, Principal
from luminalib.domain.covers import Cover, CoverKind, CoverNotFound
from luminalib.domain.documents import DocumentStatus
from luminalib.domain.errors import Forbidden, Invalid, NotFound
from luminalib.domain.languages import language_code
from luminalib.domain.media import MediaType, file_name_of
from luminalib.domain.normalisation import normalised, without_marks
from luminalib.domain.spelling import plain
from luminalib.domain.texts import EmbeddedMetadata

SEARCH_KEY_MAX = 65_536
"""How much is searched of what is said about a book: a character can come apart into eighteen."""
LABEL_MAX = 200
NO_YEAR = -9999
"""Stands for an unknown year where books are sorted."""
_ISBN_10 = re.compile(r"\d{9}[\dX]")
_ISBN_13 = re.compile(r"97[89]\d{10}")


class BookNotFound(NotFound):
    """There is no such book."""

    slug = "book-not-found"


class LoanRequired(Forbidden):
    """Borrow the book to read it."""

    slug = "loan-required"


class SeriesMissing(Invalid):
    """A place in a series needs the name of the series. Send `series`, too."""

    slug = "series-missing"


class NothingToRank(Invalid):
    """Only what was searched for can be sorted by relevance. Send `q`, too, or another `sort`."""

    slug = "nothing-to-rank"


class InvalidIsbn(Invalid):
    """The ISBN's check digit is wrong. Compare it with the book's cover."""

    slug = "invalid-isbn"


@dataclass(frozen=True, kw_only=True, slots=True)
class BookDetails:
    """The part of a book that people fill in."""

    title: str = ""
    authors: tuple[str, ...] = ()
    isbn: str | None = None
    language: str | None = None
    published_year: int | None = None
    description: str | None = None
    tags: tuple[str, ...] = ()
    copies_total: int = 1
    series: str | None = None
    series_index: float | None = None

    def completed_by(self, found: EmbeddedMetadata) -> "BookDetails":
        """These details, with what is missing taken from the file; the place in a series only with or for that very series."""
        blanks = {f.name: getattr(found, f.name) for f in fields(found) if not getattr(self, f.name)}
        is_same = search_key(self.series or found.series or "") == search_key(found.series or "")
        blanks["series_index"] = found.series_index if self.series_index is None and is_same else self.series_index
        return replace(self, **blanks)

    def changed(self, changes: dict[str, Any]) -> "BookDetails":
        """These details with the named ones replaced; whoever takes the series away takes the place in it away, too."""
        gone = {"series_index": None} if "series" in changes and changes["series"] is None else {}
        return replace(self, **(gone | changes))


@dataclass(eq=False, kw_only=True)
class Book:
    """A catalogue entry; its file is the document `document_id`."""

    id: str
    document_id: str
    title: str
    authors: list[str]
    isbn: str | None
    language: str | None
    published_year: int | None
    description: str | None
    tags: list[str]
    copies_total: int
    created_by: str | None
    created_at: datetime
    updated_at: datetime
    series: str | None = None
    series_index: float | None = None

    @classmethod
    def from_details(cls, book_id: str, document_id: str, details: BookDetails, created_by: str | None, at: datetime) -> "Book":
        """A new entry. Raises InvalidIsbn, SeriesMissing."""
        if details.series_index is not None and not details.series:
            raise SeriesMissing
        return cls(
            id=book_id,
            document_id=document_id,
            title=details.title,
            authors=list(details.authors),
            isbn=normalise_isbn(details.isbn) if details.isbn else None,
            language=language_code(details.language) or details.language if details.language else None,
            published_year=details.published_year,
            description=details.description,
            tags=normalise_tags(details.tags),
            copies_total=details.copies_total,
            series=details.series or None,
            series_index=details.series_index,
            created_by=created_by,
            created_at=at,
            updated_at=at,
        )

    def describe(self, details: BookDetails, at: datetime) -> None:
        """Takes over all of `details`."""
        new = Book.from_details(self.id, self.document_id, details, self.created_by, self.created_at)
        for name in (f.name for f in fields(details)):
            setattr(self, name, getattr(new, name))
        self.updated_at = at

    @property
    def details(self) -> BookDetails:
        """What people filled in, as one value."""
        return BookDetails(
            title=self.title,
            authors=tuple(self.authors),
            isbn=self.isbn,
            language=self.language,
            published_year=self.published_year,
            description=self.description,
            tags=tuple(self.tags),
            copies_total=self.copies_total,
            series=self.series,
            series_index=self.series_index,
        )


@dataclass(frozen=True, slots=True)
class Rating:
    """The reviews' ratings in short; `mean` is None while there is none."""

    mean: float | None
    count: int


@dataclass(frozen=True, slots=True)
class BookView:
    """A book as lists and pages show it, with what its file's pipeline, its loans and its reviews have come to."""

    id: str
    title: str
    authors: Sequence[str]
    isbn: str | None
    language: str | None
    published_year: int | None
    description: str | None
    tags: Sequence[str]
    copies_total: int
    copies_available: int
    rating: Rating
    series: str | None
    series_index: float | None
    cover: Cover
    status: DocumentStatus
    document_id: str
    page_count: int | None
    media_type: MediaType
    byte_size: int
    sha256: str
    summary: str | None
    created_by: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class BookFile:
    """What is asked about before a book's file or cover is sent. `has_loan` is about the member who asks."""

    id: str
    title: str
    authors: Sequence[str]
    created_by: str | None
    document_id: str
    filename: str
    media_type: MediaType
    byte_size: int
    sha256: str
    staged_key: str
    content_key: str
    cover_key: str | None
    cover: Cover
    has_loan: bool

    @property
    def download_name(self) -> str:
        """What the file is called where it is saved."""
        return file_name_of(self.title, self.media_type) or self.filename

    @property
    def cover_name(self) -> str:
        """Another one whenever the cover is another. Raises CoverNotFound."""
        if self.cover.kind is CoverKind.NONE:
            raise CoverNotFound
        drawn = "\n".join((self.title, *self.authors)).encode()
        return self.sha256[:32] if self.cover.kind is CoverKind.FOUND else hashlib.sha256(drawn).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True, slots=True)
class BookFilter:
    """Which books a list shows. `q` are words, or their beginnings, of all that is known about a book; each must be found.

    `author` are words of the authors' names, of which all must be found; `tag` is a whole tag, `series` a whole name.
    """

    q: str | None = None
    author: str | None = None
    tag: str | None = None
    series: str | None = None
    language: str | None = None
    year: int | None = None
    status: str | None = None
    available: bool | None = None
    sort: str = "-created_at"


def may_edit(principal: Principal, created_by: str | None) -> bool:
    """Owners and librarians edit, replace and delete a book."""
    return principal.is_staff or (principal.user_id is not None and principal.user_id == created_by)


def require_editor(principal: Principal, book: Book | BookView) -> None:
    """Raises NotAllowed unless `principal` may edit the book."""
    if not may_edit(principal, book.created_by):
        raise NotAllowed("Only the member who added this book, or a librarian, may change it.")


def require_reader(principal: Principal, file: BookFile) -> None:
    """Raises LoanRequired unless `principal` may read the book's file. Its owner and librarians need no loan."""
    if not file.has_loan and not may_edit(principal, file.created_by):
        raise LoanRequired


def normalise_isbn(raw: str) -> str:
    """The ISBN as 13 digits. Raises InvalidIsbn for a wrong check digit (ISO 2108)."""
    digits = re.sub(r"[\s\-\u00ad\u2010-\u2015\u2212]", "", raw).upper().removeprefix("ISBN").lstrip(":")
    if _ISBN_10.fullmatch(digits):
        if sum((10 - i) * (10 if d == "X" else int(d)) for i, d in enumerate(digits)) % 11:
            raise InvalidIsbn
        digits = "978" + digits[:9]
        return digits + str(-_weighted_sum(digits) % 10)
    if not _ISBN_13.fullmatch(digits) or _weighted_sum(digits) % 10:
        raise InvalidIsbn
    return digits


def _weighted_sum(digits: str) -> int:
    return sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))


def normalise_tags(tags: tuple[str, ...]) -> list[str]:
    """Lower case, without surrounding space, each once, in the order given."""
    return list(dict.fromkeys(tag.strip().lower() for tag in tags if tag.strip()))


def tag_label(tag: str) -> str:
    """The form in which a tag or the name of a series is compared."""
    return search_key(tag)[:LABEL_MAX]


def series_key(series: str | None) -> str:
    """What books are sorted by with their series: those that belong to none come behind those that do."""
    return f"0{search_key(series)[:LABEL_MAX]}" if series else "1"


def search_key(text: str) -> str:
    """The form in which text is compared for search and sorting: without case, accents and ligatures, spelt with plain letters."""
    # Decomposed before, too: a mathematical bold A has no small letter until it is a plain one.
    taken_apart = normalised(normalised(text, "NFKD")[:SEARCH_KEY_MAX].casefold(), "NFKD")
    return " ".join(without_marks(plain(taken_apart)).split())
