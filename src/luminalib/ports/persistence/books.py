"""The catalogue."""

from abc import ABC, abstractmethod

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
    async def reword(self, most: int) -> int:
        """Writes anew what some books are searched and sorted by that an older version has written, or none; returns how many."""

    @abstractmethod
    async def remove(self, book: Book) -> None:
        """Takes a book out of the catalogue."""
