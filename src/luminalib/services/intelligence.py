"""What language engines have said about the library's books."""

from luminalib.domain.auth import Principal
from luminalib.domain.books import BookView
from luminalib.ports.persistence import UnitOfWorkFactory


class IntelligenceService:
    """Summaries, as members read them."""

    def __init__(self, uow: UnitOfWorkFactory) -> None:
        self._uow = uow

    async def summary(self, by: Principal, book_id: str) -> BookView:
        """The book with its pipeline's state and, once completed, its summary. Raises BookNotFound."""
        async with self._uow.reading(by.tenant_id) as uow:
            return await uow.books.view(book_id)
