"""The transaction that makes changes one."""

from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from luminalib.domain.jobs import Job
from luminalib.ports.persistence.agents import AgentRunRepository
from luminalib.ports.persistence.app_passwords import AppPasswordRepository
from luminalib.ports.persistence.audit import AuditLog
from luminalib.ports.persistence.auth import SessionRepository, UserRepository
from luminalib.ports.persistence.books import BookRepository
from luminalib.ports.persistence.consensus import ConsensusRepository
from luminalib.ports.persistence.conversations import ConversationRepository
from luminalib.ports.persistence.crm import CrmRepository
from luminalib.ports.persistence.documents import DocumentRepository
from luminalib.ports.persistence.events import EventLog
from luminalib.ports.persistence.grants import GrantRepository
from luminalib.ports.persistence.holds import HoldRepository
from luminalib.ports.persistence.idempotency import ReceiptRepository
from luminalib.ports.persistence.incoming import IncomingRepository
from luminalib.ports.persistence.inquiries import InquiryRepository
from luminalib.ports.persistence.inspection import FileIndex
from luminalib.ports.persistence.llm import LLMLedger
from luminalib.ports.persistence.loans import LoanRepository
from luminalib.ports.persistence.notices import NoticeLog
from luminalib.ports.persistence.one_time_links import OneTimeLinkRepository
from luminalib.ports.persistence.passages import PassageRepository
from luminalib.ports.persistence.preferences import PreferencesRepository
from luminalib.ports.persistence.quotas import QuotaCounters
from luminalib.ports.persistence.recommendations import RecommendationRepository
from luminalib.ports.persistence.reviews import ReviewRepository
from luminalib.ports.persistence.tastes import TasteLog
from luminalib.ports.persistence.tenants import TenantRepository
from luminalib.ports.persistence.uploads import UploadRepository
from luminalib.ports.persistence.webhooks import Outbox, WebhookRepository


class UnitOfWork(AbstractAsyncContextManager["UnitOfWork"]):
    """One short transaction of one tenant: leaving the context commits, an exception rolls back.

    Entities that came out of a repository are saved when they were changed. Hints go out after the commit.
    """

    users: UserRepository
    sessions: SessionRepository
    app_passwords: AppPasswordRepository
    links: OneTimeLinkRepository
    grants: GrantRepository
    preferences: PreferencesRepository
    audit: AuditLog
    books: BookRepository
    consensus: ConsensusRepository
    conversations: ConversationRepository
    documents: DocumentRepository
    inquiries: InquiryRepository
    agents: AgentRunRepository
    llm: LLMLedger
    loans: LoanRepository
    holds: HoldRepository
    notices: NoticeLog
    passages: PassageRepository
    quotas: QuotaCounters
    receipts: ReceiptRepository
    reviews: ReviewRepository
    uploads: UploadRepository
    files: FileIndex
    tastes: TasteLog
    tenants: TenantRepository
    recommendations: RecommendationRepository
    events: EventLog
    outbox: Outbox
    webhooks: WebhookRepository
    incoming: IncomingRepository
    crm: CrmRepository

    @abstractmethod
    async def enqueue(self, job: Job) -> None:
        """Adds a job to the ledger in this transaction; does nothing when one with its `queueing_lock` waits already."""

    @abstractmethod
    async def cancel_jobs(self, lock: str, at: datetime) -> None:
        """Ends the jobs with that lock, waiting or running, in this transaction; those that run stop after the commit."""

    @abstractmethod
    async def has_running_job(self, lock: str) -> bool:
        """Whether a job with that lock is at work."""

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
