"""The catalogue: adding, finding, describing and removing books."""

from collections.abc import AsyncIterator, Container, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import uuid4

from luminalib.domain.announcements import EventType, about_book
from luminalib.domain.auth import Principal
from luminalib.domain.books import (
    Book,
    BookDetails,
    BookFile,
    BookFilter,
    BookNotFound,
    BookView,
    NothingToRank,
    require_editor,
    require_reader,
)
from luminalib.domain.catalogue import FacetKind, FoundBooks, Suggestion
from luminalib.domain.covers import CoverImage, CoverKind, CoverNotFound
from luminalib.domain.documents import (
    Document,
    DocumentHasBook,
    DocumentNotFound,
    DuplicateContent,
    ExtractionFailed,
    StagedFile,
)
from luminalib.domain.errors import Unavailable
from luminalib.domain.filenames import title_from_filename
from luminalib.domain.holds import HoldState
from luminalib.domain.loans import BookOnLoan, CopiesOut
from luminalib.domain.media import MediaType
from luminalib.domain.notices import NoticeKind, hold_over
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.pipeline import delete_files, index_document, process_document, status_event
from luminalib.domain.texts import EmbeddedMetadata
from luminalib.domain.versions import require_version, version_of
from luminalib.ports.clock import Clock
from luminalib.ports.covers import CoverArtist
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory
from luminalib.ports.storage import StorageProvider
from luminalib.ports.text import TextExtractor
from luminalib.ports.views import BookViews, DocumentViews
from luminalib.steps.circulation import serve_next
from luminalib.steps.loan_policies import LoanPolicies
from luminalib.steps.room import Room

AT_ONCE = 20
"""Books whose words are written anew in one transaction."""


class BookService:
    """What the catalogue desk does."""

    def __init__(
        self,
        uow: UnitOfWorkFactory,
        books: BookViews,
        documents: DocumentViews,
        storage: StorageProvider,
        extractor: TextExtractor,
        artist: CoverArtist,
        room: Room,
        policies: LoanPolicies,
        clock: Clock,
    ) -> None:
        self._room = room
        self._uow = uow
        self._books = books
        self._documents = documents
        self._policies = policies
        self._storage = storage
        self._extractor = extractor
        self._artist = artist
        self._clock = clock

    async def add(self, by: Principal, staged: StagedFile, details: BookDetails) -> BookView:
        """Makes a book of a staged file; what `details` leave out is read from the file, else the title from its name.

        Raises DuplicateContent, InvalidIsbn or SeriesMissing; the staged file is then still the caller's to discard.
        """
        await self._refuse_duplicate(by, staged.sha256)
        details = await self._complete(details, staged.key, staged.media_type, staged.filename)
        now = self._clock.now()
        document = Document.from_staged(str(uuid4()), staged, by.user_id, now, is_catalogued=True)
        book = Book.from_details(str(uuid4()), document.id, details, by.user_id, now)
        try:
            async with self._uow(by.tenant_id) as uow:
                await self._room.settle(uow, by, staged)
                await self._room.shelve(uow, by)
                await uow.documents.add(document)
                await uow.books.add(book)
                uow.outbox.append(about_book(EventType.BOOK_CREATED, book, now))
                uow.events.append(status_event(document, book.id, None, now))
                await uow.enqueue(process_document(document, by.tenant_id, now))
        except DuplicateContent:  # somebody was faster between the look and the leap
            await self._refuse_duplicate(by, staged.sha256)
            raise
        await self._promote(document)
        return await self.get(by, book.id)

    async def make_of(self, by: Principal, document_id: str, details: BookDetails) -> BookView:
        """Makes a catalogue entry of a document that has none; what `details` leave out is read from the file.

        Raises DocumentNotFound, DocumentHasBook, InvalidIsbn, and DuplicateContent when the catalogue has these bytes.
        """
        async with self._uow.reading(by.tenant_id) as uow:
            document = await uow.documents.get(document_id)
        if not by.is_staff and document.uploaded_by != by.user_id:
            raise DocumentNotFound
        await self._promote(document)
        details = await self._complete(details, document.content_key, document.media_type, document.filename)
        now = self._clock.now()
        if not document.is_catalogued:
            await self._refuse_duplicate(by, document.sha256, also_own=False)
        async with self._uow(by.tenant_id) as uow:
            document = await uow.documents.get(document_id)
            if (existing := await uow.books.find_by_document(document.id)) is not None:
                raise DocumentHasBook(book_id=existing.id)
            details = replace(details, language=details.language or document.language)
            book = Book.from_details(str(uuid4()), document.id, details, by.user_id, now)
            document.enter_catalogue()
            await self._room.shelve(uow, by)
            await uow.books.save()  # the content is claimed before the catalogue is held, as by whoever adds the same as a new book
            await uow.books.add(book)
            uow.outbox.append(about_book(EventType.BOOK_CREATED, book, now))
            await uow.enqueue(index_document(document.id, by.tenant_id, now))
        return await self.get(by, book.id)

    async def list(self, by: Principal, wanted: BookFilter, page: PageRequest, counted: Sequence[FacetKind] = ()) -> Page[BookView]:
        """A page of the catalogue; with `counted` a FoundBooks: what the whole list's books have most. Raises NothingToRank."""
        if wanted.sort == "relevance" and not wanted.q:
            raise NothingToRank
        found = await self._books.list(by.tenant_id, wanted, page)
        if not counted:
            return found
        facets = await self._books.facets(by.tenant_id, wanted, counted)
        meant = found.did_you_mean if isinstance(found, FoundBooks) else None
        return FoundBooks(found.items, found.total, found.is_estimate, meant, facets)

    async def suggest(self, by: Principal, q: str, limit: int) -> Sequence[Suggestion]:
        """How somebody who types may go on."""
        return await self._books.suggest(by.tenant_id, q, limit)

    async def reword(self, tenant_id: str) -> None:
        """Lets books be found that an older version has written, a few at a time, so that nobody waits for them all."""
        last = ""
        while True:
            async with self._uow.reading(tenant_id) as uow:  # who writes does not wait while all books are looked through
                found = await uow.books.outworded(AT_ONCE, last)
            if not found:
                return
            async with self._uow(tenant_id) as uow:
                await uow.books.reword(found)
            last = found[-1]

    async def get(self, by: Principal, book_id: str) -> BookView:
        """One book. Raises BookNotFound."""
        return await self._books.get(by.tenant_id, book_id)

    async def describe(self, by: Principal, book_id: str, changes: dict[str, Any], seen: Container[str] | None = None) -> BookView:
        """Changes the named parts of the details; new copies go to who waits. `seen` are versions that may be changed.

        Raises BookNotFound, NotAllowed, Outdated, InvalidIsbn, SeriesMissing, CopiesOut.
        """
        policy = await self._policies.of(by.tenant_id)
        now = self._clock.now()
        async with self._uow(by.tenant_id) as uow:
            book = await uow.books.get(book_id)
            require_editor(by, book)
            require_version(version_of(book.updated_at), seen)
            book.describe(book.details.changed(changes), now)
            copies_out = await uow.loans.count_open(book_id=book.id)
            copies_ready = sum(hold.state is HoldState.READY for hold in await uow.holds.line(book.id))
            if book.copies_total < copies_out + copies_ready:
                raise CopiesOut(copies_out=copies_out, copies_ready=copies_ready)
            await serve_next(uow, book, book.copies_total - copies_out, policy, now)
            uow.outbox.append(about_book(EventType.BOOK_UPDATED, book, now))
        return await self.get(by, book_id)

    async def replace_content(self, by: Principal, book_id: str, staged: StagedFile) -> BookView:
        """Puts another file in the book's place and starts the pipeline again. Raises as `add`, `describe`, and QuotaExceeded."""
        await self._refuse_duplicate(by, staged.sha256)
        now = self._clock.now()
        document_id = (await self.get(by, book_id)).document_id
        async with self._uow(by.tenant_id) as uow:
            document, book = await _held(uow, by, book_id, document_id)
            await self._room.exchange(uow, by, staged, document.byte_size)
            await uow.enqueue(delete_files(document.id, by.tenant_id, now, key=document.content_key))
            if document.cover_key:
                await uow.enqueue(delete_files(document.id, by.tenant_id, now, key=document.cover_key))
            previous = document.replace_content(staged, now)
            await uow.documents.remove_results(document.id)
            await uow.enqueue(index_document(document.id, by.tenant_id, now))
            uow.events.append(status_event(document, book.id, previous, now, "new content"))
            uow.outbox.append(about_book(EventType.BOOK_UPDATED, book, now))
            await uow.enqueue(process_document(document, by.tenant_id, now))
        await self._promote(document)
        return await self.get(by, book_id)

    async def remove(self, by: Principal, book_id: str, seen: Container[str] | None = None) -> None:
        """Takes the book away with its file, text and summary; files go by a job. `seen` as in `describe`.

        Raises BookNotFound, NotAllowed, Outdated, BookOnLoan.
        """
        document_id = (await self.get(by, book_id)).document_id
        async with self._uow(by.tenant_id) as uow:
            document, book = await _held(uow, by, book_id, document_id)
            require_version(version_of(book.updated_at), seen)
            if copies_out := await uow.loans.count_open(book_id=book.id):
                raise BookOnLoan(copies_out=copies_out)
            await self._tell_who_waited(uow, book)
            await uow.books.remove(book)
            uow.outbox.append(about_book(EventType.BOOK_REMOVED, book, self._clock.now()))
            await uow.documents.remove(document)
            await uow.enqueue(delete_files(document.id, by.tenant_id, self._clock.now(), key=document.staged_key))
            await uow.enqueue(index_document(document.id, by.tenant_id, self._clock.now()))

    async def _tell_who_waited(self, uow: UnitOfWork, book: Book) -> None:
        """Tells each in line that the book has gone, and takes back that a copy is ready."""
        line = await uow.holds.line(book.id)
        await uow.notices.withdraw(NoticeKind.HOLD_READY, [hold.id for hold in line])
        for hold in line:
            uow.notices.append(hold_over(hold, book.title, NoticeKind.BOOK_REMOVED, self._clock.now()))

    async def require_editor(self, by: Principal, book_id: str) -> None:
        """Raises BookNotFound or NotAllowed unless `by` may change the book; asked before a file is taken in for it."""
        require_editor(by, await self.get(by, book_id))

    async def open_content(self, by: Principal, book_id: str) -> BookFile:
        """The book's file, which `by` may read. Raises BookNotFound, LoanRequired."""
        file = await self._books.file(by.tenant_id, book_id, by.user_id)
        require_reader(by, file)
        await self._storage.promote(file.staged_key, file.content_key)
        return file

    async def find_cover(self, by: Principal, book_id: str) -> BookFile:
        """The book's file, which has a `cover_name`. Raises BookNotFound, CoverNotFound."""
        file = await self._books.file(by.tenant_id, book_id, by.user_id)
        if file.cover.kind is CoverKind.NONE:
            raise CoverNotFound
        return file

    async def read_cover(self, file: BookFile) -> CoverImage:
        """The image that the file brought, else one that is drawn."""
        if file.cover_key is None:
            return await self._artist.draw(file.title, file.authors)
        return CoverImage("image/webp", b"".join([chunk async for chunk in self._storage.read(file.cover_key)]))

    def read(self, file: BookFile, start: int, stop: int) -> AsyncIterator[bytes]:
        """The bytes of an opened file from `start` up to `stop`."""
        return self._storage.read(file.content_key, start, stop)

    async def _complete(self, details: BookDetails, key: str, media_type: MediaType, filename: str) -> BookDetails:
        found = EmbeddedMetadata()
        with suppress(ExtractionFailed):  # the pipeline will say what is wrong with the file
            async with self._storage.local_file(key) as path:
                found = await self._extractor.probe(path, media_type)
        # Which language it is in only its text tells: many programs declare their own.
        details = details.completed_by(replace(found, language=None))
        return details if details.title else replace(details, title=title_from_filename(filename))

    async def _refuse_duplicate(self, by: Principal, sha256: str, *, also_own: bool = True) -> None:
        """Raises DuplicateContent when the catalogue or the member has these bytes; names no document that they may not see."""
        holder = await self._documents.catalogued(by.tenant_id, sha256)
        if holder is None and also_own:
            holder = await self._documents.own(by.tenant_id, sha256, by.user_id)
        if holder:
            is_seen = by.is_staff or holder.owner_id == by.user_id
            facts = {"document_id": holder.document_id} if is_seen else {}
            raise DuplicateContent(**facts, book_id=holder.book_id)

    async def _promote(self, document: Document) -> None:
        # The book is safe already; when the storage is away now, the pipeline promotes the file later.
        with suppress(Unavailable):
            await self._storage.promote(document.staged_key, document.content_key)


async def _held(uow: UnitOfWork, by: Principal, book_id: str, document_id: str) -> tuple[Document, Book]:
    """A book that `by` may change, held after its document as in the pipeline: in another order each would wait for the other."""
    try:
        document = await uow.documents.get(document_id)
    except DocumentNotFound:
        raise BookNotFound from None
    book = await uow.books.get(book_id)
    require_editor(by, book)
    return document, book
