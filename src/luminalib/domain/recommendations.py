"""Recommending: what is asked, why a book is named, and the rules that make a list out of scores."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

MAX_PER_AUTHOR = 2
"""In ten."""
TEN = 10
VARIETY = 0.15
"""How much of the best score a book loses when its labels are all those of one before it."""
MAX_REASONS = 3
LEAST_WORDS = 60
"""Shorter texts are no books that anybody wants recommended."""
_NUMBERS = {word: n for n, word in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1)}
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
_NUMBER = rf"(?P<number>\d{{1,3}}|{'|'.join(_NUMBERS)}|{'|'.join(sorted(_ROMAN, key=len, reverse=True))})"
_VOLUME = r"(?:#|no\.|book|vol\.|volume|part|band|teil|tome|tomo)"
_SERIES = (
    re.compile(rf"^.+\((?P<series>[^()]*[^()\s,]),?\s*{_VOLUME}\s*{_NUMBER}\)\s*$", re.IGNORECASE),
    re.compile(rf"^(?P<series>.*[^\s,:;.\u2013\u2014-])[\s,:;.\u2013\u2014-]+{_VOLUME}\s*{_NUMBER}\b", re.IGNORECASE),
)
RANKED_FROM = 1_000
"""So many books take a while to be ranked for the first time."""
RANKED_BORROWED, RANKED_NEW = 40_000, 10_000
"""Of a larger catalogue so many of the most borrowed and of the newest are ranked: each takes some 4 KB of memory."""


class Strategy(StrEnum):
    """Where a recommendation comes from; the list is filled down this order."""

    PERSONAL = "personal"
    TASTE = "taste"
    POPULAR = "popular"
    NEW = "new"


class ReasonKind(StrEnum):
    """Why a book is recommended."""

    BECAUSE_YOU_LIKED = "because_you_liked"
    BECAUSE_YOU_BORROWED = "because_you_borrowed"
    READERS_ALSO = "readers_also"
    SERIES = "series"
    AUTHOR = "author"
    TAG = "tag"
    POPULAR = "popular"
    NEW = "new"


@dataclass(frozen=True, kw_only=True, slots=True)
class BookProfile:
    """What a recommender knows of a book. `text` is its prose: description, summary."""

    id: str
    title: str
    authors: tuple[str, ...] = ()
    series: str | None = None
    volume: float | None = None
    tags: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    language: str | None = None
    year: int | None = None
    text: str = ""
    added_at: datetime | None = None

    @property
    def labels(self) -> frozenset[tuple[str, str]]:
        """What makes two books alike at a glance."""
        series = {("series", self.series)} if self.series else set[tuple[str, str]]()
        return frozenset({("author", name) for name in self.authors} | {("tag", name) for name in self.tags} | series)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Whom a recommendation is for: opinions by book id (about 1 likes it, below 0 does not), stated tastes by name."""

    opinions: Mapping[str, float] = field(default_factory=dict)
    tags: Mapping[str, float] = field(default_factory=dict)
    authors: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a score in words: a book of the reader's, or a name (tag, author, series), and how much it gave."""

    kind: ReasonKind
    amount: float
    book_id: str | None = None
    name: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A book that a model ranks: its score, the parts that the score is the sum of, and the reasons, strongest first."""

    book_id: str
    score: float
    parts: Mapping[str, float] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Pick:
    """A book on the list: the candidate, where it comes from, and what variety took off its score."""

    candidate: Candidate
    strategy: Strategy
    penalty: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogueState:
    """Two states that are equal mean that neither a book nor a summary nor a model has come or changed."""

    changed_at: datetime | None
    summarised_at: datetime | None
    model: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelRecord:
    """A trained model in the ledger: where its file lies and what it was made of. The newest one is in use."""

    recommender: str
    storage_key: str
    sha256: str
    byte_size: int
    books: int
    readers: int
    events: int
    last_event_id: int
    seconds: float
    trained_at: datetime
    version: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Impression:
    """A book that was shown to a member; `position` counts from 1."""

    user_id: str
    book_id: str
    strategy: Strategy
    recommender: str
    position: int
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """How many of the books that were shown on a day were borrowed, held or rated by the same member afterwards."""

    day: date
    strategy: Strategy
    recommender: str
    shown: int
    taken: int


def series_of(title: str) -> tuple[str, int] | None:
    """Series and volume, where a title names them: `Dawn (The Long Year, #2)`, `The Long Year, Volume II: Dawn`."""
    for pattern in _SERIES:
        if found := pattern.match(title):
            number = found["number"].lower()
            return found["series"].strip(), _NUMBERS.get(number) or _ROMAN.get(number) or int(number)
    return None


def likeness(one: AbstractSet[tuple[str, str]], other: AbstractSet[tuple[str, str]]) -> float:
    """Jaccard's coefficient of two sets of labels, 0 to 1."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def arrange(candidates: Sequence[Candidate], books: Mapping[str, BookProfile], limit: int) -> list[tuple[Candidate, float]]:
    """Picks `limit` of the candidates, best first, by maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998).

    Each pick comes with what its likeness to one before took off. Of an author there are at most MAX_PER_AUTHOR in ten, of a series
    one; when that leaves too few, the rest follow in the order of their scores.
    """
    best = max((one.score for one in candidates), default=0.0)
    labels = {one.book_id: books[one.book_id].labels for one in candidates}
    marks = {one.book_id: _marks(books[one.book_id]) for one in candidates}
    penalties = dict.fromkeys(labels, 0.0)
    picked: list[tuple[Candidate, float]] = []
    waiting = list(candidates)
    while waiting and len(picked) < limit:
        taken = _taken(mark for one, _ in picked[-(TEN - 1) :] for mark in marks[one.book_id])
        allowed = [one for one in waiting if taken.isdisjoint(marks[one.book_id])] or waiting
        chosen = max(allowed, key=lambda one: one.score - penalties[one.book_id])
        picked.append((chosen, penalties[chosen.book_id]))
        waiting.remove(chosen)
        for one in waiting:
            alike = VARIETY * best * likeness(labels[chosen.book_id], labels[one.book_id])
            penalties[one.book_id] = max(penalties[one.book_id], alike)
    return picked


def _taken(marks: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """The series and first authors that have had their places."""
    return {mark for mark, count in Counter(marks).items() if count >= (MAX_PER_AUTHOR if mark[0] == "author" else 1)}


def _marks(book: BookProfile) -> list[tuple[str, str]]:
    """What a book takes a place of: its series and its first author."""
    return [("author", name) for name in book.authors[:1]] + ([("series", book.series)] if book.series else [])


def first_unread(
    candidates: Iterable[Candidate], books: Mapping[str, BookProfile], volumes: Mapping[str, Sequence[str]], had: Collection[str]
) -> list[Candidate]:
    """The candidates with each volume of a series replaced by the first one after the last that the reader has had.

    `volumes` are the book ids of each series in order. A series whose volumes are not numbered stays as it is.
    """
    replaced: dict[str, Candidate] = {}
    for one in candidates:
        book_id = _next_volume(books[one.book_id], volumes, had)
        if book_id not in replaced:
            same = book_id == one.book_id
            replaced[book_id] = one if same else Candidate(book_id=book_id, score=one.score, parts=one.parts, reasons=one.reasons)
    return list(replaced.values())


def _next_volume(book: BookProfile, volumes: Mapping[str, Sequence[str]], had: Collection[str]) -> str:
    if book.series is None or book.volume is None:
        return book.id
    order = volumes.get(book.series, ())
    read = [at for at, book_id in enumerate(order) if book_id in had]
    unread = [book_id for book_id in order[max(read, default=-1) + 1 :] if book_id not in had]
    return unread[0] if unread else book.id


_SENTENCES = {
    ReasonKind.BECAUSE_YOU_LIKED: "Because you liked “{title}”",
    ReasonKind.BECAUSE_YOU_BORROWED: "Because you borrowed or read “{title}”",
    ReasonKind.READERS_ALSO: "Readers of “{title}” also chose it",
    ReasonKind.SERIES: "It belongs to the series “{name}”",
    ReasonKind.AUTHOR: "It is by {name}",
    ReasonKind.TAG: "It is about “{name}”",
    ReasonKind.POPULAR: "Many members have borrowed it lately",
    ReasonKind.NEW: "It is new in the library",
}


def honest(reason: Reason, liked: Collection[str]) -> Reason:
    """The reason as it may be told: whoever has borrowed a book and not praised it has not said that they like it."""
    is_guess = reason.kind is ReasonKind.BECAUSE_YOU_LIKED and reason.book_id not in liked
    return replace(reason, kind=ReasonKind.BECAUSE_YOU_BORROWED) if is_guess else reason


def sentence(reason: Reason, titles: Mapping[str, str]) -> str:
    """A reason as people read it; `titles` by book id."""
    return _SENTENCES[reason.kind].format(title=titles.get(reason.book_id or "", ""), name=reason.name)
