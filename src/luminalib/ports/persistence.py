"""What the core keeps: repositories, and the unit of work that makes their changes one."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from luminalib.domain.app_passwords import AppPassword
from luminalib.domain.audit import AuditEvent
from luminalib.domain.auth import Session, User
from luminalib.domain.books import Book, BookFilter, BookView
from luminalib.domain.documents import Document, DocumentEvent
from luminalib.domain.intelligence import Summary
from luminalib.domain.jobs import Job
from luminalib.domain.loans import Loan, LoanFilter
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.preferences import Preferences
from luminalib.domain.texts import Section


class UserRepository(ABC):
    """Accounts of the tenant."""

    @abstractmethod
    async def add(self, user: User) -> None:
        """Keeps a new account. Leaving the unit of work raises EmailTaken when there is one with its address."""

    @abstractmethod
    async def find(self, user_id: str) -> User | None:
        """The account, if it exists."""

    @abstractmethod
    async def find_by_email(self, email: str) -> User | None:
        """The account with this normalised address, if there is one."""

    @abstractmethod
    async def has_admin(self, besides: str | None = None) -> bool:
        """Whether the tenant has an active admin, other than the account `besides`."""

    @abstractmethod
    async def list(self, page: PageRequest) -> Page[User]:
        """All accounts, the oldest first."""


class SessionRepository(ABC):
    """Log-ins."""

    @abstractmethod
    async def add(self, session: Session) -> None:
        """Keeps a new log-in."""

    @abstractmethod
    async def find(self, session_id: str) -> Session | None:
        """The log-in, if it exists; locked against parallel refreshes in a unit of work that writes."""

    @abstractmethod
    async def end_all(self, user_id: str, at: datetime, besides: str | None = None) -> None:
        """Ends the account's open log-ins, except `besides`."""

    @abstractmethod
    async def prune(self, user_id: str, before: datetime, keep: int) -> None:
        """Deletes the account's log-ins that were over before then, and the oldest beyond `keep`."""


class AppPasswordRepository(ABC):
    """Passwords for devices."""

    @abstractmethod
    async def add(self, app_password: AppPassword) -> None:
        """Keeps a new one."""

    @abstractmethod
    async def find_by_digest(self, digest: str) -> AppPassword | None:
        """The one whose secret has this digest, if any."""

    @abstractmethod
    async def list(self, user_id: str) -> list[AppPassword]:
        """The account's, oldest first."""

    @abstractmethod
    async def remove(self, app_password: AppPassword) -> None:
        """Deletes one."""


class PreferencesRepository(ABC):
    """What members say they like."""

    @abstractmethod
    async def get(self, user_id: str) -> Preferences:
        """The account's preferences; empty ones when it has stated none."""

    @abstractmethod
    async def save(self, preferences: Preferences) -> None:
        """Keeps them in place of those before."""

    @abstractmethod
    async def remove(self, user_id: str) -> None:
        """Forgets them."""


class AuditLog(ABC):
    """The append-only record of security events."""

    @abstractmethod
    async def append(self, event: AuditEvent) -> None:
        """Adds a row."""

    @abstractmethod
    async def list(self, page: PageRequest) -> Page[AuditEvent]:
        """Rows, the newest first."""

    @abstractmethod
    async def forget(self, before: datetime) -> None:
        """Deletes the rows from before then."""


class BookRepository(ABC):
    """The catalogue."""

    @abstractmethod
    async def add(self, book: Book) -> None:
        """Keeps a new book."""

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
    async def list(self, wanted: BookFilter, page: PageRequest) -> Page[BookView]:
        """Books that match, in the order that `wanted.sort` names."""

    @abstractmethod
    async def remove(self, book: Book) -> None:
        """Takes a book out of the catalogue."""


class LoanRepository(ABC):
    """Loans, open and closed."""

    @abstractmethod
    async def add(self, loan: Loan) -> None:
        """Keeps a new loan. Leaving the unit of work raises AlreadyOnLoan when the member has the book."""

    @abstractmethod
    async def find_open(self, user_id: str, book_id: str) -> Loan | None:
        """The member's open loan of a book, if any."""

    @abstractmethod
    async def count_open(self, *, user_id: str | None = None, book_id: str | None = None) -> int:
        """How many loans of a member, of a book, or of both are open."""

    @abstractmethod
    async def close_all(self, user_id: str, at: datetime) -> None:
        """Takes back everything that a member has."""

    @abstractmethod
    async def list(self, wanted: LoanFilter, page: PageRequest) -> Page[Loan]:
        """Loans that match, the newest first."""


class DocumentRepository(ABC):
    """Uploaded files and what was read out of them."""

    @abstractmethod
    async def add(self, document: Document) -> None:
        """Keeps a new document. Leaving the unit of work raises DuplicateContent when another has the same bytes."""

    @abstractmethod
    async def get(self, document_id: str) -> Document:
        """Raises DocumentNotFound."""

    @abstractmethod
    async def find_by_digest(self, sha256: str) -> Document | None:
        """The document with exactly these bytes, if the library has it."""

    @abstractmethod
    async def has_staged(self, key: str) -> bool:
        """Whether some document's file was staged under `key`."""

    @abstractmethod
    async def queue_position(self, document: Document) -> int:
        """How many documents wait before this one."""

    @abstractmethod
    async def remove(self, document: Document) -> None:
        """Deletes it with its text, summary and events."""

    @abstractmethod
    async def replace_text(self, document_id: str, sections: Sequence[Section]) -> None:
        """Keeps the sections in place of what was there."""

    @abstractmethod
    async def sections(self, document_id: str, page: int | None = None) -> list[Section]:
        """The text in reading order, or one page of it."""

    @abstractmethod
    async def save_summary(self, summary: Summary) -> None:
        """Keeps the summary in place of what was there."""

    @abstractmethod
    async def find_summary(self, document_id: str) -> Summary | None:
        """The document's summary, if it has one."""

    @abstractmethod
    async def remove_results(self, document_id: str) -> None:
        """Deletes text and summary, for new content."""


class EventLog(ABC):
    """The append-only log of what happened to documents."""

    @abstractmethod
    def append(self, event: DocumentEvent) -> None:
        """Adds a row at the commit, with an id greater than that of every row committed before."""

    @abstractmethod
    async def after(self, event_id: int, owner_id: str | None, limit: int) -> list[DocumentEvent]:
        """The next rows, oldest first: those of `owner_id`'s documents, or of all when it is None."""

    @abstractmethod
    async def latest_id(self) -> int:
        """The id of the newest row, 0 when there is none."""

    @abstractmethod
    async def history(self, document_id: str) -> list[DocumentEvent]:
        """The status changes of one document, oldest first."""


class UnitOfWork(AbstractAsyncContextManager["UnitOfWork"]):
    """One short transaction of one tenant: leaving the context commits, an exception rolls back.

    Entities that came out of a repository are saved when they were changed. Hints go out after the commit.
    """

    users: UserRepository
    sessions: SessionRepository
    app_passwords: AppPasswordRepository
    preferences: PreferencesRepository
    audit: AuditLog
    books: BookRepository
    documents: DocumentRepository
    loans: LoanRepository
    events: EventLog

    @abstractmethod
    async def enqueue(self, job: Job) -> None:
        """Adds a job to the ledger in this transaction; does nothing when one with its `queueing_lock` waits already."""

    @abstractmethod
    async def lock(self, name: str) -> None:
        """Makes other transactions that lock the same name wait until this one has ended."""


class UnitOfWorkFactory(ABC):
    """Opens units of work."""

    @abstractmethod
    def __call__(self, tenant_id: str) -> UnitOfWork:
        """A unit of work that may write."""

    @abstractmethod
    def reading(self, tenant_id: str) -> UnitOfWork:
        """A unit of work that only reads; it never waits for writers."""


class Database(ABC):
    """The database as operators see it."""

    @abstractmethod
    async def check(self) -> None:
        """Returns when it answers; raises Unavailable with what to do otherwise."""
