"""Reviews and what they add up to, as they are read."""

from abc import ABC, abstractmethod

from luminalib.domain.consensus_views import ConsensusView
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.reviews import ReviewView


class ReviewViews(ABC):
    """What readers say of a book."""

    @abstractmethod
    async def list(self, tenant_id: str, book_id: str, page: PageRequest) -> Page[ReviewView]:
        """A book's reviews, the newest first. Raises BookNotFound."""

    @abstractmethod
    async def consensus(self, tenant_id: str, book_id: str, most_aspects: int) -> ConsensusView:
        """What is known of all of a book's reviews, with as many of its aspects as that. Raises BookNotFound."""
