"""What members did with books, and what it says about their taste."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from luminalib.domain.loans import Loan
from luminalib.domain.preferences import Taste
from luminalib.domain.reviews import Review

HALF_LIFE = timedelta(days=3 * 365)
"""After so long an event counts half: tastes change, but slowly."""
RETURNED_EARLY_WITHIN = timedelta(days=2)
SHOWN_TASTES = 10


class TasteKind(StrEnum):
    """What happened between a member and a book."""

    BORROWED = "borrowed"
    RENEWED = "renewed"
    FINISHED = "finished"
    RETURNED_EARLY = "returned_early"
    HELD = "held"
    RATED = "rated"
    RATING_WITHDRAWN = "rating_withdrawn"
    NOT_INTERESTED = "not_interested"
    HAVE_READ = "have_read"


class Verdict(StrEnum):
    """What a member says to a recommendation."""

    NOT_INTERESTED = "not_interested"
    HAVE_READ = "have_read"


@dataclass(frozen=True, kw_only=True, slots=True)
class TasteEvent:
    """One row of the append-only log; `rating` (1 to 5) belongs to RATED. `id` grows in the order of the log."""

    user_id: str
    book_id: str
    kind: TasteKind
    at: datetime
    rating: int | None = None
    id: int = 0


RATED_OPINIONS = MappingProxyType({1: -0.05, 2: 0.0, 3: 0.6, 4: 1.0, 5: 1.2})
_OPINIONS = MappingProxyType(
    {
        TasteKind.BORROWED: 0.6,
        TasteKind.RENEWED: 0.8,
        TasteKind.FINISHED: 0.8,
        TasteKind.RETURNED_EARLY: 0.1,
        TasteKind.HELD: 0.4,
        TasteKind.HAVE_READ: 0.4,
        TasteKind.NOT_INTERESTED: -0.3,
    }
)
RATED_CHOICES = MappingProxyType({1: 0.5, 2: 0.6, 3: 0.8, 4: 1.0, 5: 1.1})
_CHOICES = MappingProxyType(
    {
        TasteKind.BORROWED: 0.7,
        TasteKind.RENEWED: 0.8,
        TasteKind.FINISHED: 0.8,
        TasteKind.RETURNED_EARLY: 0.4,
        TasteKind.HELD: 0.5,
        TasteKind.HAVE_READ: 0.5,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where one member stands with one book by now: the last rating that was not withdrawn, else the last thing that happened."""

    kind: TasteKind
    rating: int | None
    at: datetime
    verdict: TasteKind | None = None

    @property
    def opinion(self) -> float:
        """How much the member likes the book, about 1 for a book that they do and below 0 for one that they do not."""
        if self.verdict is TasteKind.NOT_INTERESTED:
            return _OPINIONS[TasteKind.NOT_INTERESTED]
        return _OPINIONS.get(self.kind, 0.0) if self.rating is None else RATED_OPINIONS[self.rating]

    @property
    def choice(self) -> float:
        """What the community learns from it, 0 to 1.1: also a book that disappointed was chosen by who chose the others."""
        return _CHOICES.get(self.kind, 0.0) if self.rating is None else RATED_CHOICES[self.rating]

    @property
    def is_settled(self) -> bool:
        """Whether the member has said that the book need not be shown again."""
        return self.verdict is not None


def standings(events: Iterable[TasteEvent]) -> dict[str, Standing]:
    """Folds one member's events, oldest first, into one standing per book."""
    folded: dict[str, Standing] = {}
    for event in events:
        folded[event.book_id] = _after(folded.get(event.book_id), event)
    return folded


def _after(before: Standing | None, event: TasteEvent) -> Standing:
    kind, rating, verdict = (before.kind, before.rating, before.verdict) if before else (event.kind, None, None)
    if event.kind is TasteKind.RATED:
        rating = event.rating
    elif event.kind is TasteKind.RATING_WITHDRAWN:
        rating = None
    else:
        kind = event.kind
    if event.kind in (TasteKind.NOT_INTERESTED, TasteKind.HAVE_READ):
        verdict = event.kind
    elif event.kind in (TasteKind.BORROWED, TasteKind.HELD):  # the member has changed their mind
        verdict = None
    return Standing(kind=kind, rating=rating, at=event.at, verdict=verdict)


def faded(weight: float, at: datetime, now: datetime) -> float:
    """The weight of something that happened at `at`, by half every HALF_LIFE."""
    return float(weight * 0.5 ** (max(now - at, timedelta(0)) / HALF_LIFE))


def opinions(found: Mapping[str, Standing], now: datetime) -> dict[str, float]:
    """How much a member likes each book by now; books that say nothing are left out."""
    weights = {book_id: faded(standing.opinion, standing.at, now) for book_id, standing in found.items()}
    return {book_id: weight for book_id, weight in weights.items() if weight}


def rated(review: Review, at: datetime) -> TasteEvent:
    """What a review says."""
    return TasteEvent(user_id=review.user_id, book_id=review.book_id, kind=TasteKind.RATED, rating=review.rating, at=at)


def returned(loan: Loan, user_id: str) -> TasteEvent:
    """What a member's closed loan says: a book that is back within two days was most likely not read to its end."""
    at = loan.returned_at or loan.due_at
    is_early = at - loan.borrowed_at < RETURNED_EARLY_WITHIN and not loan.renewals
    kind = TasteKind.RETURNED_EARLY if is_early else TasteKind.FINISHED
    return TasteEvent(user_id=user_id, book_id=loan.book_id, kind=kind, at=at)


@dataclass(frozen=True, kw_only=True, slots=True)
class ImplicitTaste:
    """The profile that follows from the events: the strongest tags and authors, each weighed against the first."""

    tags: list[Taste] = field(default_factory=list)
    authors: list[Taste] = field(default_factory=list)


def implicit_taste(weighed: Iterable[tuple[float, Iterable[str], Iterable[str]]]) -> ImplicitTaste:
    """The profile of somebody's books, each as (opinion, tags, authors)."""
    tags: dict[str, float] = {}
    authors: dict[str, float] = {}
    for opinion, of_tags, of_authors in weighed:
        for sums, names in ((tags, of_tags), (authors, of_authors)):
            for name in names:
                sums[name] = sums.get(name, 0.0) + opinion
    return ImplicitTaste(tags=_strongest(tags), authors=_strongest(authors))


def _strongest(sums: Mapping[str, float]) -> list[Taste]:
    ranked = sorted(((name, total) for name, total in sums.items() if total > 0), key=lambda one: (-one[1], one[0]))[:SHOWN_TASTES]
    return [Taste(name, max(0.01, round(total / ranked[0][1], 2))) for name, total in ranked]
