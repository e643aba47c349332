"""What a book is shown by: an image of its own, or one that is drawn for it."""

from dataclasses import dataclass
from enum import StrEnum

from luminalib.domain.errors import NotFound

COVER_SIZE = (600, 900)
"""The most that a cover may measure, in pixels."""


class CoverNotFound(NotFound):
    """The book's file has not been looked into yet, so nobody knows whether it has a cover."""

    slug = "cover-not-found"


class CoverKind(StrEnum):
    """Where a book's cover comes from."""

    FOUND = "found"
    DRAWN = "drawn"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Cover:
    """A book's cover in short: `none` until its file has been looked into."""

    kind: CoverKind


@dataclass(frozen=True, slots=True)
class CoverImage:
    """An image as it is sent."""

    media_type: str
    content: bytes
