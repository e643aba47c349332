"""The catalogue."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from luminalib.domain.books import Book, BookFilter, BookView
from luminalib.domain.paging import Page, PageRequest


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
    async def view(self, book_id: str) -> BookView:
        """The book with its document and summary. Raises BookNotFound."""

    @abstractmethod
    async def views(self, book_ids: Sequence[str]) -> dict[str, BookView]:
        """Those of the books that there are, by id, with document and summary."""

    @abstractmethod
    async def list(self, wanted: BookFilter, page: PageRequest) -> Page[BookView]:
        """Books that match, in the order that `wanted.sort` names."""

    @abstractmethod
    async def remove(self, book: Book) -> None:
        """Takes a book out of the catalogue."""
