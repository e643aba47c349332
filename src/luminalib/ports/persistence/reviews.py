"""What readers say of books."""

from abc import ABC, abstractmethod

from luminalib.domain.reviews import Ratings, Review


class ReviewRepository(ABC):
    """Reviews of the catalogue's books."""

    @abstractmethod
    async def add(self, review: Review) -> None:
        """Keeps a new review. Leaving the unit of work raises AlreadyReviewed when the member has one of the book."""

    @abstractmethod
    async def find(self, user_id: str, book_id: str) -> Review | None:
        """The member's review of a book, if any."""

    @abstractmethod
    async def ratings(self, book_id: str) -> Ratings:
        """How often each rating was given to a book."""

    @abstractmethod
    async def remove(self, review: Review) -> None:
        """Deletes one."""
