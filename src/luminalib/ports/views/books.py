"""The catalogue, as it is read."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from luminalib.domain.books import BookFile, BookFilter, BookView
from luminalib.domain.catalogue import Facet, FacetKind, Suggestion
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
        """Books that match, in the order that `wanted.sort` names; the total of a filter that matches very many is an estimate.

        With `wanted.q` a FoundBooks, which tells what was looked for when nothing was found as it was typed.
        """

    @abstractmethod
    async def facets(self, tenant_id: str, wanted: BookFilter, kinds: Sequence[FacetKind]) -> dict[FacetKind, Sequence[Facet]]:
        """The most frequent values among the books that match, with their counts; of a filtered list at most 5,000 are counted."""

    @abstractmethod
    async def suggest(self, tenant_id: str, q: str, limit: int) -> Sequence[Suggestion]:
        """Titles, authors, series and tags of the catalogue of which a word begins with what was typed."""

    @abstractmethod
    async def file(self, tenant_id: str, book_id: str, user_id: str | None) -> BookFile:
        """The book's file, and whether the member has it on loan. Raises BookNotFound."""

    @abstractmethod
    async def summary(self, tenant_id: str, book_id: str) -> SummaryView:
        """The book's summary, or how far it is. Raises BookNotFound."""
