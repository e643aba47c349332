"""The use cases, given their adapters."""

from datetime import timedelta

from luminalib import __version__
from luminalib.adapters.db.tenant_rows import SqlTenantRows
from luminalib.adapters.tenant_files import ZipTenantFiles, sealer_of
from luminalib.api.deps import Services
from luminalib.container.adapters import Adapters
from luminalib.container.agents import agent_service
from luminalib.container.incoming import incoming_service
from luminalib.container.inquiries import inquiry_service
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.llm import Price
from luminalib.domain.loans import LoanPolicy
from luminalib.services.app_passwords import AppPasswordService
from luminalib.services.auth import AuthService, AuthTools
from luminalib.services.books import BookService
from luminalib.services.consensus import ConsensusService
from luminalib.services.conversations import ConversationService
from luminalib.services.crm import CrmService, CrmTools
from luminalib.services.doctor import DoctorService
from luminalib.services.documents import DocumentService
from luminalib.services.feedback import FeedbackService
from luminalib.services.figures import FigureService
from luminalib.services.grants import GrantService
from luminalib.services.health import HealthService
from luminalib.services.holds import HoldService
from luminalib.services.intake import IntakeService
from luminalib.services.intelligence import IntelligenceService
from luminalib.services.llm import LLMService
from luminalib.services.loans import LoanService
from luminalib.services.notices import NoticeService
from luminalib.services.one_time_links import LinkTools, OneTimeLinkService
from luminalib.services.passages import PassageService
from luminalib.services.profile import ProfileService
from luminalib.services.recommendations import (
    ImpressionNotes,
    RankingLoader,
    RecommendationService,
    TrainingPolicy,
    TrainingService,
)
from luminalib.services.reviews import ReviewService
from luminalib.services.search import SearchService
from luminalib.services.streams import StreamService
from luminalib.services.tenant_files import TenantExportService, TenantFileTools, TenantImportService
from luminalib.services.tenants import TenantService
from luminalib.services.uploads import UploadService
from luminalib.services.usage import UsageService
from luminalib.services.users import UserService
from luminalib.services.webhooks import WebhookService, WebhookTools
from luminalib.settings import Settings
from luminalib.steps.indexing import IndexTools
from luminalib.steps.loan_policies import LoanPolicies


def make_services(
    settings: Settings,
    a: Adapters,
    health: HealthService,
    notes: ImpressionNotes,
    conversations: ConversationService,
    webhooks: WebhookTools,
    crm: CrmTools,
) -> Services:
    """All services of the API."""
    tools = AuthTools(
        uow=a.uow,
        hasher=a.hasher,
        signer=a.signer,
        common=a.common,
        limiter=a.limiter,
        lookup=a.lookup,
        tenants=a.tenants,
        quotas=a.quotas,
        clock=a.clock,
    )
    policies = loan_policies(settings, a)
    tenant_files = _tenant_file_tools(a)
    return Services(
        agents=agent_service(settings, a, _prices(settings)),
        app_passwords=AppPasswordService(a.uow, a.signer, a.limiter, a.clock, a.tenants),
        auth=AuthService(
            tools,
            access_life=timedelta(minutes=settings.access_minutes),
            refresh_life=timedelta(days=settings.session_days),
        ),
        books=BookService(a.uow, a.views.books, a.views.documents, a.storage, a.extractor, a.artist, a.room, policies, a.clock),
        conversations=conversations,
        consensus=ConsensusService(a.uow, a.views.reviews, a.llm, a.clock),
        doctor=DoctorService(a.uow, a.storage, index_tools(a), a.clock),
        documents=DocumentService(a.uow, a.views.documents, a.bus, a.storage, a.room, a.clock, a.authority, a.llm),
        feedback=FeedbackService(a.uow, a.views.books, a.clock),
        figures=FigureService(a.views.figures, a.clock, a.database.connections_in_use, tenant_id=MAIN_TENANT),
        grants=GrantService(a.uow, a.views.grants, a.lookup, a.tenants, a.signer, a.clock),
        health=health,
        holds=HoldService(a.uow, a.views.holds, policies, a.clock),
        incoming=incoming_service(settings, a),
        inquiries=inquiry_service(settings, a),
        intake=IntakeService(
            a.uow,
            a.storage,
            a.limiter,
            a.room,
            max_bytes=settings.max_upload_mib * 2**20,
            max_document_bytes=settings.max_document_mib * 2**20,
            members_may_upload=settings.members_may_upload,
        ),
        intelligence=IntelligenceService(a.views.books),
        links=_links(a),
        llm=LLMService(a.uow, a.llm, a.clock, _prices(settings)),
        loans=LoanService(a.uow, a.views.loans, policies, a.clock),
        notices=NoticeService(a.uow, a.views.notices, a.bus, policies, a.clock, a.authority),
        passages=passage_service(a),
        profile=ProfileService(a.uow, a.hasher, a.common, a.limiter, policies, a.clock),
        recommendations=RecommendationService(
            a.uow,
            a.views.recommendations,
            a.views.books,
            RankingLoader(a.uow, a.views.recommendations, a.storage, a.recommender, a.clock),
            notes,
            a.clock,
        ),
        reviews=ReviewService(a.uow, a.views.reviews, a.clock),
        search=SearchService(a.uow, a.views.passages, a.retriever),
        tenants=TenantService(a.uow, a.register, a.tenants, a.signer, a.clock, a.llm),
        tenant_exports=TenantExportService(tenant_files),
        tenant_imports=TenantImportService(tenant_files),
        streams=StreamService(per_account=settings.connections.streams_per_account),
        uploads=UploadService(
            a.uow,
            a.storage,
            a.limiter,
            a.room,
            a.clock,
            max_bytes=settings.max_upload_mib * 2**20,
            members_may_upload=settings.members_may_upload,
        ),
        training=training_service(settings, a),
        usage=UsageService(a.uow, a.tenants, a.quotas, a.clock, _prices(settings), settings.llm_currency),
        users=UserService(a.uow, a.views.users, policies, a.quotas, a.clock),
        webhooks=WebhookService(webhooks),
        crm=CrmService(crm),
    )


def _links(a: Adapters) -> OneTimeLinkService:
    tools = LinkTools(
        uow=a.uow,
        tenants=a.tenants,
        invitations=a.views.invitations,
        hasher=a.hasher,
        signer=a.signer,
        common=a.common,
        limiter=a.limiter,
        clock=a.clock,
    )
    return OneTimeLinkService(tools)


def _tenant_file_tools(a: Adapters) -> TenantFileTools:
    return TenantFileTools(
        uow=a.uow,
        register=a.register,
        tenants=a.tenants,
        rows=SqlTenantRows(a.database),
        files=ZipTenantFiles(),
        storage=a.storage,
        index=index_tools(a),
        sealer=a.sealer,
        sealer_of=sealer_of,
        clock=a.clock,
        product=__version__,
    )


def _prices(settings: Settings) -> dict[str, Price]:
    return {model: Price(tokens_in=given, tokens_out=taken) for model, (given, taken) in settings.prices.items()}


def loan_policies(settings: Settings, a: Adapters) -> LoanPolicies:
    """The libraries' rules of circulation."""
    loans = settings.loans
    house = LoanPolicy(
        period=timedelta(days=loans.period_days),
        max_loans=loans.max_per_member,
        max_renewals=loans.max_renewals,
        renew_from_due=loans.renew_from == "due",
        period_when_awaited=timedelta(days=loans.period_days_when_awaited),
        grace=timedelta(days=loans.grace_days),
        max_holds=loans.max_holds_per_member,
        hold_shelf=timedelta(days=loans.hold_shelf_days),
        due_soon=timedelta(days=loans.due_soon_days),
    )
    return LoanPolicies(a.tenants, house)


def index_tools(a: Adapters) -> IndexTools:
    """What indexing needs."""
    return IndexTools(uow=a.uow, index=a.index, embedder=a.embedder, sentences=a.sentences)


def passage_service(a: Adapters) -> PassageService:
    """Who makes passages and keeps their index."""
    return PassageService(index_tools(a), a.splitter, a.clock)


def training_service(settings: Settings, a: Adapters) -> TrainingService:
    """Who trains the recommender, and when."""
    when = settings.recommendations
    policy = TrainingPolicy(events=when.train_after_events, pause=timedelta(minutes=when.train_after_minutes))
    return TrainingService(a.uow, a.views.recommendations, a.storage, a.recommender, policy, a.clock)
