"""The catalogue, as it is read."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from luminalib.domain.books import BookFile, BookFilter, BookView
from luminalib.domain.document_views import SummaryView
from luminalib.domain.paging import Page, PageRequest


class BookViews(ABC):
    """Books, their files and their summaries."""

    @abstractmethod
    async def get(self, tenant_id: str, book_id: str) -> BookView:
        """One book. Raises BookNotFound."""

    @abstractmethod
    async def several(self, tenant_id: str, book_ids: Sequence[str]) -> dict[str, BookView]:
        """Those of the books that there are, by id."""

    @abstractmethod
    async def list(self, tenant_id: str, wanted: BookFilter, page: PageRequest) -> Page[BookView]:
        """Books that match, in the order that `wanted.sort` names; the total of a filter that matches very many is an estimate."""

    @abstractmethod
    async def file(self, tenant_id: str, book_id: str, user_id: str | None) -> BookFile:
        """The book's file, and whether the member has it on loan. Raises BookNotFound."""

    @abstractmethod
    async def summary(self, tenant_id: str, book_id: str) -> SummaryView:
        """The book's summary, or how far it is. Raises BookNotFound."""
