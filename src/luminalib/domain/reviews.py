"""What readers say of a book: one review each, a rating and a text."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from luminalib.domain.errors import Conflict, Forbidden, NotFound
from luminalib.domain.intelligence import Sentiment
from luminalib.domain.normalisation import normalised

RATINGS = range(1, 6)
TEXT_MAX = 10_000
RAW_TEXT_MAX = 2 * TEXT_MAX
"""How much is cleaned: line ends and signs that nobody sees may make a text longer than it is."""
# Controls but tab and line feed, what turns the direction of writing around, byte order marks, non-characters, lone surrogates.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
_GAPS = re.compile(r"\n(?:[^\S\n]*\n){2,}")


class NeverBorrowed(Forbidden):
    """Only those who have or had the book on loan review it. Borrow it first."""

    slug = "never-borrowed"


class AlreadyReviewed(Conflict):
    """You have reviewed this book. Change what you said with PUT /books/{id}/reviews/mine."""

    slug = "already-reviewed"


class ReviewNotFound(NotFound):
    """You have not reviewed this book."""

    slug = "review-not-found"


@dataclass(eq=False, kw_only=True)
class Review:
    """One reader's opinion of one book; `sentiment` is there once a language engine has read the text."""

    id: str
    book_id: str
    user_id: str
    rating: int
    text: str
    sentiment: Sentiment | None = None
    created_at: datetime
    updated_at: datetime

    def change(self, rating: int, text: str, at: datetime) -> None:
        """Says something else; another text has no sentiment yet."""
        if text != self.text:
            self.sentiment = None
        self.rating, self.text, self.updated_at = rating, text, at


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review with the name of who wrote it."""

    id: str
    book_id: str
    user_id: str
    display_name: str
    rating: int
    text: str
    sentiment: Sentiment | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, review: Review, display_name: str) -> "ReviewView":
        """The view of a review that has just been written."""
        return cls(
            id=review.id,
            book_id=review.book_id,
            user_id=review.user_id,
            display_name=display_name,
            rating=review.rating,
            text=review.text,
            sentiment=review.sentiment,
            created_at=review.created_at,
            updated_at=review.updated_at,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Ratings:
    """How often each rating from 1 to 5 was given to a book."""

    histogram: Mapping[int, int] = field(default_factory=lambda: dict.fromkeys(RATINGS, 0))

    @property
    def count(self) -> int:
        """How many reviews there are."""
        return sum(self.histogram.values())

    @property
    def mean(self) -> float | None:
        """The arithmetic mean; None without reviews."""
        return sum(rating * count for rating, count in self.histogram.items()) / self.count if self.count else None


def says_something(text: str) -> bool:
    """Whether there is at least one letter, digit or picture in it: “最高” and a heart are opinions, “...” is none."""
    return any(character.isalnum() or unicodedata.category(character) == "So" for character in text)


def clean_text(text: str) -> str:
    """The text as it is kept: composed (NFC), with plain line ends, at most one blank line in a row, nothing unprintable.

    What is longer than RAW_TEXT_MAX is given back as it is: too long to be kept.
    """
    if len(text) > RAW_TEXT_MAX:
        return text
    plain = _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _GAPS.sub("\n\n", normalised(plain, "NFC")).strip()
