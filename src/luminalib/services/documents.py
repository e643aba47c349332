"""Documents as those see them who send files in and wait for them: state, history, text and live news."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

from luminalib.domain.auth import Principal
from luminalib.domain.books import Book
from luminalib.domain.document_views import DocumentDetail, DocumentView
from luminalib.domain.documents import (
    Document,
    DocumentEvent,
    DocumentFilter,
    DocumentHasBook,
    DocumentNotFound,
    DocumentStatus,
    DuplicateContent,
    StagedFile,
)
from luminalib.domain.errors import Unavailable
from luminalib.domain.intelligence import Summary
from luminalib.domain.llm import Estimate
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.pipeline import delete_files, index_document, lock_of, process_document, status_event
from luminalib.domain.texts import Section
from luminalib.ports.clock import Clock
from luminalib.ports.events import EventBus
from luminalib.ports.llm import LLMProvider
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory
from luminalib.ports.storage import StorageProvider
from luminalib.ports.views import DocumentViews
from luminalib.steps.authority import Authority
from luminalib.steps.following import BATCH, FollowedLog, Followers, Rows
from luminalib.steps.room import Room


class _DocumentNews(FollowedLog[tuple[DocumentEvent, Summary | None]]):
    """The log of document events, a completed document's with its summary."""

    kind = "documents"

    def __init__(self, uow: UnitOfWorkFactory) -> None:
        self._uow = uow

    async def latest_id(self, tenant_id: str) -> int:
        async with self._uow.reading(tenant_id) as uow:
            return await uow.events.latest_id()

    async def newest_ids(self, tenant_id: str, after: int) -> Mapping[str | None, int]:
        async with self._uow.reading(tenant_id) as uow:
            return await uow.events.newest_ids(after)

    async def read(self, tenant_id: str, owner_id: str | None, after: int) -> Rows[tuple[DocumentEvent, Summary | None]]:
        async with self._uow.reading(tenant_id) as uow:
            events = await uow.events.after(after, owner_id, BATCH)
            return [(event.id, (event, await self._summary_for(uow, event))) for event in events]

    async def _summary_for(self, uow: UnitOfWork, event: DocumentEvent) -> Summary | None:
        if event.kind != "status" or event.status is not DocumentStatus.COMPLETED:
            return None
        return await uow.documents.find_summary(event.document_id)


def _seen_by(member: Principal) -> str | None:
    """Whose documents a member may see: None for everybody's."""
    return None if member.is_staff else member.user_id or ""


class DocumentService:
    """What members may know of documents and do with them: with their own, librarians with all."""

    def __init__(
        self,
        uow: UnitOfWorkFactory,
        documents: DocumentViews,
        bus: EventBus,
        storage: StorageProvider,
        room: Room,
        clock: Clock,
        authority: Authority,
        llm: LLMProvider,
    ) -> None:
        self._llm = llm
        self._room = room
        self._uow = uow
        self._documents = documents
        self._followers = Followers(bus, _DocumentNews(uow), authority)
        self._storage = storage
        self._clock = clock

    async def add(self, by: Principal, staged: StagedFile) -> DocumentView:
        """Sends a staged file on its way, without a catalogue entry.

        Raises DuplicateContent, which names the one that the member has already; others' private files do not matter. The staged
        file is then still the caller's to discard.
        """
        if (own := await self._named(by, staged)) is not None:
            raise own
        now = self._clock.now()
        document = Document.from_staged(str(uuid4()), staged, by.user_id, now)
        try:
            async with self._uow(by.tenant_id) as uow:
                await self._room.settle(uow, by, staged)
                await uow.documents.add(document)
                uow.events.append(status_event(document, None, None, now))
                await uow.enqueue(process_document(document, by.tenant_id, now))
                position = await uow.documents.queue_position(document)
        except DuplicateContent as duplicate:
            raise await self._named(by, staged) or duplicate from duplicate
        with suppress(Unavailable):  # the document is safe already; the job promotes it when the storage is back
            await self._storage.promote(document.staged_key, document.content_key)
        return DocumentView.of(document, None, position)

    async def list(self, by: Principal, wanted: DocumentFilter, page: PageRequest) -> Page[DocumentView]:
        """Documents, the newest first."""
        return await self._documents.list(by.tenant_id, replace(wanted, owner_id=_seen_by(by)), page)

    async def get(self, by: Principal, document_id: str) -> DocumentDetail:
        """One document. Raises DocumentNotFound, also for other people's."""
        return await self._documents.get(by.tenant_id, document_id, _seen_by(by))

    async def estimate(self, by: Principal, document: DocumentView) -> Estimate | None:
        """What the summary will take; None before the text is known, once the document is finished, and without a model."""
        if document.status in (DocumentStatus.COMPLETED, DocumentStatus.FAILED) or not document.word_count:
            return None
        return await self._llm.estimate(by.tenant_id, document.word_count)

    async def text(self, by: Principal, document_id: str, page: int | None) -> Sequence[Section]:
        """The extracted text, or one page of it. Raises DocumentNotFound."""
        return await self._documents.text(by.tenant_id, document_id, _seen_by(by), page)

    async def retry(self, by: Principal, document_id: str) -> DocumentView:
        """Sends a failed document through the pipeline again. Raises DocumentNotFound, NotFailed."""
        now = self._clock.now()
        async with self._uow(by.tenant_id) as uow:
            document, book = await self._visible(uow, by, document_id)
            previous = document.retry(now)
            await uow.documents.remove_results(document.id)
            uow.events.append(status_event(document, book.id if book else None, previous, now, "tried again by hand"))
            await uow.enqueue(process_document(document, by.tenant_id, now))
            return await self._view(uow, document, book)

    async def remove(self, by: Principal, document_id: str) -> None:
        """Deletes a document with all that came of it; work on it stops. Raises DocumentNotFound, DocumentHasBook."""
        now = self._clock.now()
        async with self._uow(by.tenant_id) as uow:
            document, book = await self._visible(uow, by, document_id)
            if book is not None:
                raise DocumentHasBook(book_id=book.id)
            await uow.documents.remove(document)
            await uow.cancel_jobs(lock_of(document.id), now)
            await uow.enqueue(delete_files(document.id, by.tenant_id, now, key=document.staged_key))
            await uow.enqueue(index_document(document.id, by.tenant_id, now))

    def follow(self, by: Principal, after: int | None) -> AsyncIterator[tuple[DocumentEvent, Summary | None] | None]:
        """Events after the id `after` (from now on when it is None), then each as it happens, until the server goes down.

        Yields None when there was no news for a while, so that the caller may look whether anybody still listens. A completed
        document's event comes with its summary. Raises InvalidToken once `by` has signed out, or has another role.
        """
        return self._followers.follow(by.tenant_id, _seen_by(by), after, by)

    async def _named(self, by: Principal, staged: StagedFile) -> DuplicateContent | None:
        own = await self._documents.own(by.tenant_id, staged.sha256, by.user_id)
        return DuplicateContent(document_id=own.document_id, book_id=own.book_id) if own else None

    async def _visible(self, uow: UnitOfWork, by: Principal, document_id: str) -> tuple[Document, Book | None]:
        document = await uow.documents.get(document_id)
        if not by.is_staff and document.uploaded_by != by.user_id:
            raise DocumentNotFound
        return document, await uow.books.find_by_document(document.id)

    async def _view(self, uow: UnitOfWork, document: Document, book: Book | None) -> DocumentView:
        waits = document.status is DocumentStatus.PENDING
        position = await uow.documents.queue_position(document) if waits else None
        return DocumentView.of(document, book.id if book else None, position)
