"""A book's consensus as it is shown: the words, the numbers, and how far they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from luminalib.domain.consensus import Aspect, overall
from luminalib.domain.intelligence import Sentiment
from luminalib.domain.reviews import Ratings


class ConsensusStatus(StrEnum):
    """How far the consensus of a book is: `pending` while reviews wait to be read, with what was known before."""

    EMPTY = "empty"
    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ConsensusWords:
    """What a book's Consensus says, as it is shown."""

    text: str
    praise: Sequence[str]
    criticism: Sequence[str]
    provider: str
    model: str
    prompt: str
    review_count: int
    error: str | None
    updated_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsensusView:
    """Everything that is known about a book's reviews; `aspects` with the ids of the reviews that judge them, the newest first.

    `has_news` says that a review waits to be read, or was read or changed since the words were made.
    """

    words: ConsensusWords | None
    ratings: Ratings
    moods: Mapping[Sentiment, int]
    aspects: Sequence[tuple[Aspect, Sequence[str]]]
    has_news: bool

    @property
    def sentiment(self) -> Sentiment | None:
        """The mood of all who were read; None before anybody was."""
        return overall(self.moods) if self.moods else None

    @property
    def status(self) -> ConsensusStatus:
        """How far the consensus is."""
        if not self.ratings.count:
            return ConsensusStatus.EMPTY
        if self.words is not None and self.words.error:
            return ConsensusStatus.FAILED
        is_whole = self.words is not None and self.words.review_count == self.ratings.count and not self.has_news
        return ConsensusStatus.COMPLETED if is_whole else ConsensusStatus.PENDING
