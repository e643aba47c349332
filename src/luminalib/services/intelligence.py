"""What language engines have said about the library's books."""

from luminalib.domain.auth import Principal
from luminalib.domain.document_views import SummaryView
from luminalib.ports.views import BookViews


class IntelligenceService:
    """Summaries, as members read them."""

    def __init__(self, books: BookViews) -> None:
        self._books = books

    async def summary(self, by: Principal, book_id: str) -> SummaryView:
        """How far the book is and, once completed, its summary. Raises BookNotFound."""
        return await self._books.summary(by.tenant_id, book_id)
