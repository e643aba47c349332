"""The unit of work: one short transaction of one tenant."""

import sqlite3
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import Self

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db import jobs as ledger
from luminalib.adapters.db.agents import SqlAgentRunRepository
from luminalib.adapters.db.app_passwords import SqlAppPasswordRepository
from luminalib.adapters.db.audit import SqlAuditLog
from luminalib.adapters.db.auth import SqlSessionRepository, SqlUserRepository
from luminalib.adapters.db.books import SqlBookRepository
from luminalib.adapters.db.consensus import SqlConsensusRepository
from luminalib.adapters.db.conversations import SqlConversationRepository
from luminalib.adapters.db.crm import SqlCrmRepository
from luminalib.adapters.db.documents import SqlDocumentRepository
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.events import SqlEventLog
from luminalib.adapters.db.grants import SqlGrantRepository
from luminalib.adapters.db.holds import SqlHoldRepository
from luminalib.adapters.db.idempotency import SqlReceiptRepository
from luminalib.adapters.db.incoming import SqlIncomingRepository
from luminalib.adapters.db.inquiries import SqlInquiryRepository
from luminalib.adapters.db.inspection import SqlFileIndex
from luminalib.adapters.db.llm import SqlLLMLedger
from luminalib.adapters.db.loans import SqlLoanRepository
from luminalib.adapters.db.notices import SqlNoticeLog
from luminalib.adapters.db.one_time_links import SqlOneTimeLinkRepository
from luminalib.adapters.db.outages import UnstorableText, failure, is_outage
from luminalib.adapters.db.passages import SqlPassageRepository
from luminalib.adapters.db.preferences import SqlPreferencesRepository
from luminalib.adapters.db.quotas import SqlQuotaCounters
from luminalib.adapters.db.recommendations import SqlRecommendationRepository
from luminalib.adapters.db.reviews import SqlReviewRepository
from luminalib.adapters.db.tastes import SqlTasteLog
from luminalib.adapters.db.tenant_session import TenantSession
from luminalib.adapters.db.tenants import SqlTenantRepository
from luminalib.adapters.db.uploads import SqlUploadRepository
from luminalib.adapters.db.webhooks import Silence, SqlOutbox, SqlWebhookRepository
from luminalib.domain.auth import EmailTaken
from luminalib.domain.documents import DuplicateContent
from luminalib.domain.errors import LuminaError
from luminalib.domain.holds import AlreadyWaiting
from luminalib.domain.incoming import SourceExists
from luminalib.domain.jobs import Job
from luminalib.domain.loans import AlreadyOnLoan
from luminalib.domain.reviews import AlreadyReviewed
from luminalib.domain.tenants import SlugTaken
from luminalib.ports.clock import Clock
from luminalib.ports.events import EventBus, topic_of
from luminalib.ports.jobs import JobRunner
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory

CONSTRAINTS: MappingProxyType[str, type[LuminaError]] = MappingProxyType(
    {
        # PostgreSQL names the constraint, SQLite the columns.
        "uq_users_tenant_id_email": EmailTaken,
        "users.tenant_id, users.email": EmailTaken,
        "uq_documents_tenant_id_sha256": DuplicateContent,
        "documents.tenant_id, documents.claim": DuplicateContent,
        "uq_loans_open": AlreadyOnLoan,
        "loans.tenant_id, loans.book_id, loans.user_id": AlreadyOnLoan,
        "uq_holds_active": AlreadyWaiting,
        "holds.tenant_id, holds.book_id, holds.user_id": AlreadyWaiting,
        "uq_webhook_sources_tenant_id_name": SourceExists,
        "webhook_sources.tenant_id, webhook_sources.name": SourceExists,
        "uq_reviews_tenant_id_book_id_user_id": AlreadyReviewed,
        "reviews.tenant_id, reviews.book_id, reviews.user_id": AlreadyReviewed,
        "pk_tenants": SlugTaken,
        "tenants.tenant_id": SlugTaken,
    }
)
"""What a violated constraint means."""


class SqlUnitOfWork(UnitOfWork):
    """A database session; hints to the event bus, the job runner and the deliveries follow the commit."""

    def __init__(self, made_by: "SqlUnitOfWorkFactory", tenant_id: str, *, read_only: bool) -> None:
        self._database = made_by.database
        self._bus = made_by.bus
        self._clock = made_by.clock
        self._runner = made_by.runner
        self._wake_deliveries = made_by.wake_deliveries
        self._silence = made_by.silence
        self._tenant_id = tenant_id
        self._read_only = read_only
        self._has_jobs = False
        self._dropped: list[int] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Begins the transaction."""
        if not self._read_only:
            await self._stack.enter_async_context(self._database.write_gate())
        self._session = AsyncSession(
            self._database.reading if self._read_only else self._database.writing,
            sync_session_class=TenantSession,
            expire_on_commit=False,
            autoflush=False,
            info={"tenant_id": self._tenant_id, "read_only": self._read_only, "unsettled": set()},
        )
        self._stack.push_async_callback(self._session.close)
        self.users = SqlUserRepository(self._session)
        self.sessions = SqlSessionRepository(self._session)
        self.app_passwords = SqlAppPasswordRepository(self._session)
        self.links = SqlOneTimeLinkRepository(self._session)
        self.grants = SqlGrantRepository(self._session)
        self.tenants = SqlTenantRepository(self._session)
        self.preferences = SqlPreferencesRepository(self._session, self._tenant_id)
        self.audit = SqlAuditLog(self._session, self._tenant_id)
        self.books = SqlBookRepository(self._session)
        self.agents = SqlAgentRunRepository(self._session, self._tenant_id)
        self.inquiries = SqlInquiryRepository(self._session, self._tenant_id)
        self.llm = SqlLLMLedger(self._session, self._tenant_id)
        self.loans = SqlLoanRepository(self._session)
        self.holds = SqlHoldRepository(self._session)
        self.receipts = SqlReceiptRepository(self._session)
        self.notices = self._notices = SqlNoticeLog(self._session, self._tenant_id)
        self.conversations = SqlConversationRepository(self._session, self._tenant_id)
        self.passages = SqlPassageRepository(self._session, self._tenant_id)
        self.quotas = SqlQuotaCounters(self._session, self._tenant_id)
        self.reviews = SqlReviewRepository(self._session)
        self.consensus = SqlConsensusRepository(self._session, self._tenant_id)
        self.uploads = SqlUploadRepository(self._session)
        self.files = SqlFileIndex(self._session, self._tenant_id)
        self.tastes = SqlTasteLog(self._session, self._tenant_id)
        self.recommendations = SqlRecommendationRepository(self._session, self._tenant_id)
        self.documents = SqlDocumentRepository(self._session, self._tenant_id)
        self.events = self._log = SqlEventLog(self._session, self._tenant_id)
        self.outbox = self._outbox = SqlOutbox(self._session, self._tenant_id, self._silence)
        self.crm = SqlCrmRepository(self._session)
        self.incoming = SqlIncomingRepository(self._session, self._tenant_id)
        self.webhooks = self._webhooks = SqlWebhookRepository(self._session, self._tenant_id)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None) -> None:
        """Commits, or rolls back when there was an error; translates what the database says into the domain's errors."""
        try:
            async with self._stack:
                if error is None and not self._read_only:
                    await self._commit()
                    self._hint()
        except (DBAPIError, PoolExhausted, sqlite3.Error) as database_error:
            raise translate(database_error) from database_error
        if isinstance(error, (DBAPIError, OSError, PoolExhausted, sqlite3.Error)):
            raise translate(error) from error

    async def _commit(self) -> None:
        await self._session.flush()
        await self._notices.write_pending()
        await self._log.write_pending()
        await self._outbox.write_pending()
        await self._session.commit()

    def _hint(self) -> None:
        owners = self._log.owners
        for owner_id in {None, *owners} if owners else ():  # librarians follow everybody's documents
            self._bus.publish(topic_of("documents", self._tenant_id, owner_id))
        for user_id in self._notices.readers:
            self._bus.publish(topic_of("notices", self._tenant_id, user_id))
        for user_id in self._session.info["unsettled"]:
            self._bus.publish(topic_of("authority", self._tenant_id, user_id))
        if self._webhooks.has_new:
            self._silence.end(self._tenant_id)
        if self._wake_deliveries and (self._outbox.has_deliveries or self._webhooks.has_new):
            self._wake_deliveries()
        if self._runner:
            for job_id in self._dropped:
                self._runner.drop(job_id)
            if self._has_jobs:
                self._runner.wake()

    async def enqueue(self, job: Job) -> None:
        """See UnitOfWork."""
        await ledger.enqueue(self._session, job)
        self._has_jobs = True

    async def cancel_jobs(self, lock: str, at: datetime) -> None:
        """See UnitOfWork."""
        self._dropped += await ledger.cancel(self._session, self._tenant_id, lock, at)

    async def has_running_job(self, lock: str) -> bool:
        """See UnitOfWork."""
        return await ledger.is_running(self._session, self._tenant_id, lock)

    async def lock(self, name: str) -> None:
        """See UnitOfWork. SQLite has one writer anyway."""
        if not self._database.is_sqlite:
            await self._session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))))


def translate(error: Exception) -> Exception:
    """The domain's error for what the database says; the error itself when it is a fault of ours."""
    if isinstance(error, IntegrityError):
        return next((meaning() for name, meaning in CONSTRAINTS.items() if name in str(error.orig)), error)
    reason = failure(error)
    return reason if is_outage(error) or isinstance(reason, UnstorableText) else error


class SqlUnitOfWorkFactory(UnitOfWorkFactory):
    """Opens units of work on one database. `runner` and `wake_deliveries` are told of new jobs and messages once they are there."""

    def __init__(self, database: SqlDatabase, bus: EventBus, clock: Clock) -> None:
        self.database = database
        self.bus = bus
        self.clock = clock
        self.silence = Silence()
        self.runner: JobRunner | None = None
        self.wake_deliveries: Callable[[], None] | None = None

    def __call__(self, tenant_id: str) -> UnitOfWork:
        """See UnitOfWorkFactory."""
        return SqlUnitOfWork(self, tenant_id, read_only=False)

    def reading(self, tenant_id: str) -> UnitOfWork:
        """See UnitOfWorkFactory."""
        return SqlUnitOfWork(self, tenant_id, read_only=True)
