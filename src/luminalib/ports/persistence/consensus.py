"""What is kept of readings of reviews and of what they add up to."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

from luminalib.domain.consensus import Aspect, AspectMention, Consensus, ReviewReading
from luminalib.domain.intelligence import Sentiment
from luminalib.domain.reviews import Review


class ConsensusRepository(ABC):
    """Per book: a reading of each review, the table of aspects, and the prose.

    No call costs more the more readers there are, but for those that say so.
    """

    @abstractmethod
    async def find(self, book_id: str) -> Consensus | None:
        """What is said of all reviews of a book, once something is."""

    @abstractmethod
    async def save(self, consensus: Consensus) -> None:
        """Keeps it in place of what was there."""

    @abstractmethod
    async def unread(self, book_id: str, limit: int) -> list[Review]:
        """Reviews that are new or say something else since they were read, the oldest first."""

    @abstractmethod
    async def behind(self, limit: int) -> list[str]:
        """Ids of books with unread reviews."""

    @abstractmethod
    async def find_review(self, review_id: str) -> Review | None:
        """A review as it is now."""

    @abstractmethod
    async def orphans(self, book_id: str, limit: int) -> list[str]:
        """Ids of reviews that were read and are gone. Looks at each reading of the book."""

    @abstractmethod
    async def mentions(self, review_id: str) -> list[AspectMention]:
        """What was read in a review; nothing when it was not read yet."""

    @abstractmethod
    async def save_reading(self, book_id: str, review_id: str, reading: ReviewReading, at: datetime) -> None:
        """Keeps a reading in place of an earlier one; the table of aspects is the caller's."""

    @abstractmethod
    async def remove_reading(self, review_id: str) -> None:
        """Forgets what was read in a review; the table of aspects is the caller's."""

    @abstractmethod
    async def aspects_named(self, book_id: str, names: Sequence[str]) -> dict[str, Aspect]:
        """Rows of the table, to be changed: new ones with nothing counted for names that are not in it yet."""

    @abstractmethod
    async def sweep(self, book_id: str) -> None:
        """Drops rows of the table that nobody mentions any more."""

    @abstractmethod
    async def top_aspects(self, book_id: str, limit: int) -> list[Aspect]:
        """The rows with the most mentions."""

    @abstractmethod
    async def quotes(self, book_id: str, name: str, sentiment: Sentiment, limit: int) -> list[str]:
        """What readers say about an aspect who take this side, the latest first."""

    @abstractmethod
    async def moods(self, book_id: str) -> dict[Sentiment, int]:
        """How many reviews are of which mood. Counted over all readings."""

    @abstractmethod
    async def openings(self, book_id: str, limit: int) -> list[str]:
        """The texts of the latest reviews."""

    @abstractmethod
    async def rebuild(self, book_id: str) -> None:
        """Counts the table afresh from all readings."""
