"""The way of a document from its bytes to its summary: pending, processing, analyzing, completed or failed."""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from itertools import takewhile

from luminalib.domain.announcements import EventType, about_book, document_finished
from luminalib.domain.books import Book
from luminalib.domain.document_views import WAITING
from luminalib.domain.documents import Document, DocumentNotFound, DocumentStatus, ExtractionFailed
from luminalib.domain.errors import LuminaError, Unavailable
from luminalib.domain.filenames import title_from_filename
from luminalib.domain.intelligence import Summary
from luminalib.domain.jobs import Job
from luminalib.domain.pipeline import index_document, status_event
from luminalib.domain.texts import ExtractedText, Section
from luminalib.ports.clock import Clock
from luminalib.ports.llm import LLMProvider, SummaryRequest
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory
from luminalib.ports.storage import StorageProvider
from luminalib.ports.text import TextExtractor
from luminalib.steps.progress import progress_of
from luminalib.steps.room import Room

_S = DocumentStatus


class PipelineService:
    """Does the job `process_document`, again from wherever a crash has left it."""

    def __init__(
        self,
        uow: UnitOfWorkFactory,
        storage: StorageProvider,
        extractor: TextExtractor,
        llm: LLMProvider,
        room: Room,
        clock: Clock,
    ) -> None:
        self._room = room
        self._uow = uow
        self._storage = storage
        self._extractor = extractor
        self._llm = llm
        self._clock = clock

    async def process(self, job: Job) -> None:
        """Takes the document to its final state. Raises Unavailable when a service it needs is away, and says so in its history."""
        try:
            await self._process(job)
        except Unavailable as reason:
            await self._wait(job, reason)
            raise

    async def _process(self, job: Job) -> None:
        async with self._uow.reading(job.tenant_id) as uow:
            document, book = await self._load(uow, job)
            if document is None or document.is_finished:
                return
            request = None
            if document.status is _S.ANALYZING:
                request = _request(job, document, book, await uow.documents.sections(document.id))
        if request is None:
            try:
                request = await self._read(job, document, book)
            except ExtractionFailed as reason:  # trying again would not help
                await self.give_up(job, reason)
                return
        if request is not None:
            await self._analyse(job, request)

    async def retry_later(self, job: Job, error: Exception) -> None:
        """Puts the document back in line after a first failure."""
        await self._step(job, _S.PENDING, detail=f"will be tried again: {_reason(error)[1]}")

    async def give_up(self, job: Job, error: Exception) -> None:
        """Records that the document has failed, and why."""
        code, sentence = _reason(error)
        await self._step(job, _S.FAILED, detail=sentence, error=(code, sentence))

    async def _read(self, job: Job, document: Document, book: Book | None) -> SummaryRequest | None:
        """Keeps the text; None when the document was deleted, replaced or moved on meanwhile."""
        if document.status is _S.PENDING:
            await self._step(job, _S.PROCESSING)
        await self._storage.promote(document.staged_key, document.content_key)
        language = book.language if book else None
        async with (
            self._storage.local_file(document.content_key) as path,
            progress_of(self._uow, job, self._clock) as on_progress,
        ):
            extracted = await self._extractor.extract(path, document.media_type, on_progress, language)
            cover = await self._extractor.cover(path, document.media_type)
        # A small file can hold a large text; the database must not be what fills the disk.
        await self._room.require_space(sum(len(section.text.encode()) for section in extracted.sections))
        if cover:
            await self._storage.put(document.key_for_cover, _whole(cover))
        async with self._uow(job.tenant_id) as uow:
            current = await self._current(uow, job)
            if current is None:
                return None
            stored, book = current
            await uow.documents.replace_text(stored.id, extracted.sections)
            await uow.enqueue(index_document(stored.id, job.tenant_id, self._clock.now()))
            if _take_over(stored, book, extracted, self._clock.now()) and book:
                uow.outbox.append(about_book(EventType.BOOK_UPDATED, book, self._clock.now()))
            stored.cover_key = stored.key_for_cover if cover else None
            self._move(uow, stored, book, _S.ANALYZING, detail="; ".join(extracted.notes) or None)
            return _request(job, stored, book, extracted.sections)

    async def _analyse(self, job: Job, request: SummaryRequest) -> None:
        async with progress_of(self._uow, job, self._clock) as on_progress:
            result = await self._llm.summarise(request, on_progress)
        async with self._uow(job.tenant_id) as uow:
            current = await self._current(uow, job)
            if current is None:
                return
            stored, book = current
            await uow.documents.save_summary(Summary.of(stored.id, result, self._clock.now()))
            self._move(uow, stored, book, _S.COMPLETED)

    async def _wait(self, job: Job, reason: Unavailable) -> None:
        """Tells once what the document waits for, however often it is tried again."""
        detail = f"{WAITING}{reason.detail}"
        with suppress(Unavailable):  # the database itself may be what is away
            async with self._uow(job.tenant_id) as uow:
                document, book = await self._load(uow, job)
                if document is None or document.is_finished:
                    return
                history = await uow.events.history(document.id)
                told = [event.detail for event in takewhile(lambda event: event.previous is event.status, reversed(history))]
                if detail not in told:
                    book_id = book.id if book else None
                    uow.events.append(status_event(document, book_id, document.status, self._clock.now(), detail))

    async def _load(self, uow: UnitOfWork, job: Job) -> tuple[Document | None, Book | None]:
        try:
            document = await uow.documents.get(job.payload["document_id"])
        except DocumentNotFound:  # deleted meanwhile
            return None, None
        if document.content_key != job.payload["content_key"]:  # replaced meanwhile: another job is for what came
            return None, None
        return document, await uow.books.find_by_document(document.id)

    async def _current(self, uow: UnitOfWork, job: Job) -> tuple[Document, Book | None] | None:
        """The document as it is now; None when it was deleted, replaced or moved on while work was under way."""
        stored, book = await self._load(uow, job)
        if stored is None or stored.is_finished:
            return None
        return stored, book

    async def _step(
        self, job: Job, status: DocumentStatus, *, detail: str | None = None, error: tuple[str, str] | None = None
    ) -> None:
        async with self._uow(job.tenant_id) as uow:
            document, book = await self._load(uow, job)
            if document is not None and not document.is_finished:
                self._move(uow, document, book, status, detail=detail, error=error)

    def _move(
        self,
        uow: UnitOfWork,
        document: Document,
        book: Book | None,
        status: DocumentStatus,
        *,
        detail: str | None = None,
        error: tuple[str, str] | None = None,
    ) -> None:
        now = self._clock.now()
        previous = document.move_to(status, now, error=error)
        uow.events.append(status_event(document, book.id if book else None, previous, now, detail))
        if document.is_finished:
            uow.outbox.append(document_finished(document, book.id if book else None, now))


def _request(job: Job, document: Document, book: Book | None, sections: Sequence[Section]) -> SummaryRequest:
    return SummaryRequest(
        tenant_id=job.tenant_id,
        subject=document.id,
        title=book.title if book else document.filename,
        authors=tuple(book.authors) if book else (),
        language=document.language,
        sections=sections,
    )


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _take_over(document: Document, book: Book | None, extracted: ExtractedText, at: datetime) -> bool:
    """Notes what the file turned out to be, and fills what nobody has said about the book; whether that has changed it."""
    document.page_count = len(extracted.sections)
    document.word_count = extracted.word_count
    document.language = extracted.language or extracted.metadata.language
    if book is None:
        return False
    before = said = book.details
    if said.title == title_from_filename(document.filename):  # nobody has said better
        said = replace(said, title=extracted.metadata.title or said.title)
    known = said.completed_by(extracted.metadata)
    book.describe(replace(known, language=known.language or document.language), at)
    return book.details != before


def _reason(error: Exception) -> tuple[str, str]:
    """The code and the sentence that people see."""
    if isinstance(error, ExtractionFailed):
        return error.code, error.detail
    if isinstance(error, LuminaError):
        return error.slug, error.detail
    return "internal", f"The document could not be processed ({type(error).__name__}); the server's log has the details."
