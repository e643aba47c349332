"""Documents as those who wait for them see them: state, history, text and live news."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from luminalib.domain.auth import Principal
from luminalib.domain.books import Book
from luminalib.domain.documents import Document, DocumentEvent, DocumentNotFound, DocumentStatus
from luminalib.domain.intelligence import Summary
from luminalib.domain.texts import Section
from luminalib.ports.events import EventBus
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory
from luminalib.steps.following import follow

BATCH = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentView:
    """A document with its book's id, its history and, when there is one, its summary."""

    document: Document
    book_id: str | None
    history: list[DocumentEvent]
    summary: Summary | None
    queue_position: int | None


class DocumentService:
    """What members may know of documents: their own, librarians all."""

    def __init__(self, uow: UnitOfWorkFactory, bus: EventBus) -> None:
        self._uow = uow
        self._bus = bus

    async def get(self, by: Principal, document_id: str) -> DocumentView:
        """One document. Raises DocumentNotFound, also for other people's."""
        async with self._uow.reading(by.tenant_id) as uow:
            document, book = await self._visible(uow, by, document_id)
            waits = document.status is DocumentStatus.PENDING
            return DocumentView(
                document=document,
                book_id=book.id if book else None,
                history=await uow.events.history(document.id),
                summary=await uow.documents.find_summary(document.id),
                queue_position=await uow.documents.queue_position(document) if waits else None,
            )

    async def text(self, by: Principal, document_id: str, page: int | None) -> list[Section]:
        """The extracted text, or one page of it. Raises DocumentNotFound."""
        async with self._uow.reading(by.tenant_id) as uow:
            document, _ = await self._visible(uow, by, document_id)
            return await uow.documents.sections(document.id, page)

    def follow(self, by: Principal, after: int | None) -> AsyncIterator[tuple[DocumentEvent, Summary | None] | None]:
        """Events after the id `after` (from now on when it is None), then each as it happens, until the server goes down.

        Yields None when there was no news for a while, so that the caller may look whether anybody still listens. A completed
        document's event comes with its summary.
        """
        owner = None if by.is_staff else by.user_id

        async def start() -> int:
            if after is not None:
                return after
            async with self._uow.reading(by.tenant_id) as uow:
                return await uow.events.latest_id()

        async def read(last: int) -> list[tuple[int, tuple[DocumentEvent, Summary | None]]]:
            async with self._uow.reading(by.tenant_id) as uow:
                events = await uow.events.after(last, owner, BATCH)
                return [(event.id, (event, await self._summary_for(uow, event))) for event in events]

        return follow(self._bus, f"documents:{by.tenant_id}", start, read)

    async def _summary_for(self, uow: UnitOfWork, event: DocumentEvent) -> Summary | None:
        if event.kind != "status" or event.status is not DocumentStatus.COMPLETED:
            return None
        return await uow.documents.find_summary(event.document_id)

    async def _visible(self, uow: UnitOfWork, by: Principal, document_id: str) -> tuple[Document, Book | None]:
        document = await uow.documents.get(document_id)
        if not by.is_staff and document.uploaded_by != by.user_id:
            raise DocumentNotFound
        return document, await uow.books.find_by_document(document.id)
