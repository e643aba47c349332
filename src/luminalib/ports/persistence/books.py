"""The catalogue."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from luminalib.domain.books import Book


class BookRepository(ABC):
    """The catalogue."""

    @abstractmethod
    async def add(self, book: Book) -> None:
        """Keeps a new book."""

    @abstractmethod
    async def save(self) -> None:
        """Writes what changed now, so that this unit's next questions see it."""

    @abstractmethod
    async def get(self, book_id: str) -> Book:
        """Raises BookNotFound."""

    @abstractmethod
    async def find_by_document(self, document_id: str) -> Book | None:
        """The book that a document is the file of, if any."""

    @abstractmethod
    async def outworded(self, most: int, after: str) -> Sequence[str]:
        """The first ids behind `after` of books whose words an older version has written, in their order."""

    @abstractmethod
    async def reword(self, book_ids: Sequence[str]) -> None:
        """Writes anew what these books are searched and sorted by."""

    @abstractmethod
    async def remove(self, book: Book) -> None:
        """Takes a book out of the catalogue."""
