"""What the core keeps: repositories, and the unit of work that makes their changes one."""

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
from luminalib.ports.persistence.unit_of_work import Database, UnitOfWork, UnitOfWorkFactory
from luminalib.ports.persistence.uploads import UploadRepository
from luminalib.ports.persistence.webhooks import Outbox, WebhookRepository

__all__ = [
    "AgentRunRepository",
    "AppPasswordRepository",
    "AuditLog",
    "BookRepository",
    "ConsensusRepository",
    "ConversationRepository",
    "CrmRepository",
    "Database",
    "DocumentRepository",
    "EventLog",
    "FileIndex",
    "GrantRepository",
    "HoldRepository",
    "IncomingRepository",
    "InquiryRepository",
    "LLMLedger",
    "LoanRepository",
    "NoticeLog",
    "OneTimeLinkRepository",
    "Outbox",
    "PassageRepository",
    "PreferencesRepository",
    "QuotaCounters",
    "ReceiptRepository",
    "RecommendationRepository",
    "ReviewRepository",
    "SessionRepository",
    "TasteLog",
    "TenantRepository",
    "UnitOfWork",
    "UnitOfWorkFactory",
    "UploadRepository",
    "UserRepository",
    "WebhookRepository",
]
