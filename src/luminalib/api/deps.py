"""What routers are given: the services, and who asks."""

from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Query, Request
from fastapi.security import HTTPBasic, OAuth2PasswordBearer
from starlette.requests import HTTPConnection

from luminalib.api.turns import Turns, keep_turn
from luminalib.domain.app_passwords import BadAppPassword
from luminalib.domain.auth import Principal, TicketPurpose
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.tenants import tenant_of_host
from luminalib.services.agents import AgentService
from luminalib.services.app_passwords import AppPasswordService
from luminalib.services.auth import AuthService
from luminalib.services.books import BookService
from luminalib.services.consensus import ConsensusService
from luminalib.services.conversations import ConversationService
from luminalib.services.crm import CrmService
from luminalib.services.doctor import DoctorService
from luminalib.services.documents import DocumentService
from luminalib.services.feedback import FeedbackService
from luminalib.services.figures import FigureService
from luminalib.services.grants import GrantService
from luminalib.services.health import HealthService
from luminalib.services.holds import HoldService
from luminalib.services.incoming import IncomingService
from luminalib.services.inquiries import InquiryService
from luminalib.services.intake import IntakeService
from luminalib.services.intelligence import IntelligenceService
from luminalib.services.llm import LLMService
from luminalib.services.loans import LoanService
from luminalib.services.notices import NoticeService
from luminalib.services.one_time_links import OneTimeLinkService
from luminalib.services.passages import PassageService
from luminalib.services.profile import ProfileService
from luminalib.services.recommendations import RecommendationService, TrainingService
from luminalib.services.reviews import ReviewService
from luminalib.services.search import SearchService
from luminalib.services.streams import StreamService
from luminalib.services.tenant_files import TenantExportService, TenantImportService
from luminalib.services.tenants import TenantService
from luminalib.services.uploads import UploadService
from luminalib.services.usage import UsageService
from luminalib.services.users import UserService
from luminalib.services.webhooks import WebhookService

MAX_ADDRESS = 64
READING = frozenset({"GET", "HEAD", "OPTIONS"})
PIECES = "/uploads"
"""Pieces of files have limits of their own."""
READER_CHALLENGES = ("Bearer", 'Basic realm="LuminaLib", charset="UTF-8"')
"""What a 401 of a reading route offers, so that devices ask for a password."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """All use cases; the container fills it."""

    agents: AgentService
    app_passwords: AppPasswordService
    auth: AuthService
    books: BookService
    consensus: ConsensusService
    conversations: ConversationService
    crm: CrmService
    doctor: DoctorService
    documents: DocumentService
    feedback: FeedbackService
    figures: FigureService
    grants: GrantService
    health: HealthService
    holds: HoldService
    incoming: IncomingService
    inquiries: InquiryService
    intake: IntakeService
    intelligence: IntelligenceService
    links: OneTimeLinkService
    llm: LLMService
    loans: LoanService
    notices: NoticeService
    passages: PassageService
    profile: ProfileService
    recommendations: RecommendationService
    reviews: ReviewService
    streams: StreamService
    search: SearchService
    tenants: TenantService
    tenant_exports: TenantExportService
    tenant_imports: TenantImportService
    uploads: UploadService
    training: TrainingService
    usage: UsageService
    users: UserService
    webhooks: WebhookService


def services_in(request: HTTPConnection) -> Services:
    """The services of the server that a request came to."""
    return cast("Services", request.app.state.services)


def address_in(request: HTTPConnection) -> str | None:
    """The network address that a request came from, behind as many proxies as are trusted to say so."""
    trusted: int = request.app.state.trusted_proxies
    if trusted:
        hops = [hop.strip() for hop in ",".join(request.headers.getlist("X-Forwarded-For")).split(",") if hop.strip()]
        if len(hops) >= trusted:
            return hops[-trusted][:MAX_ADDRESS]
    return request.client.host if request.client else None


async def services_of(request: Request) -> Services:
    """The services, as a dependency: a coroutine, because FastAPI sends functions to a thread."""
    return services_in(request)


async def client_address(request: Request) -> str | None:
    """The network address, as a dependency."""
    return address_in(request)


async def host_tenant(request: Request) -> str | None:
    """The tenant that the host's name says, below `LUMINALIB_TENANT_DOMAIN`."""
    domain: str = request.app.state.tenant_domain
    return tenant_of_host(request.url.hostname or "", domain) if domain else None


class LoggedIn(OAuth2PasswordBearer):
    """The one dependency of most routes: who asks. It documents the security scheme and does the work in a single step.

    What members change is counted here, so that no route can forget it: each deed leaves rows behind.
    """

    async def __call__(self, request: Request) -> Principal:  # type: ignore[override]  # it gives more than the token
        """Raises Unauthenticated, InvalidToken or TooManyRequests."""
        token = await super().__call__(request)
        if not token and request.headers.get("Authorization", "").lower().startswith("basic "):
            raise Unauthenticated(
                "HTTP Basic is for app passwords, which read only. Log in here: send `Authorization: Bearer <access token>`."
            )
        if not token:
            raise Unauthenticated
        services = services_in(request)
        by = await services.auth.authenticate(token, address=address_in(request))
        if request.method not in READING and not request.url.path.startswith(PIECES):
            await services.auth.count_deed(by)
        await _admit(request, by)
        await _note_deed(request, by)
        return by


async def _admit(request: Request, by: Principal) -> None:
    """Counts the request, and waits for its turn where several libraries ask. Raises QuotaExceeded."""
    await services_in(request).usage.count_request(by)
    turns: Turns = request.app.state.turns
    keep_turn(request.scope, await turns.take(by.tenant_id))


async def _note_deed(request: Request, by: Principal) -> None:
    """What is asked for by a support grant is on record before it is done."""
    if by.acting_from is not None:
        await services_in(request).grants.note(by, f"{request.method} {request.url.path}")


logged_in = LoggedIn(
    tokenUrl="/auth/login",
    refreshUrl="/auth/refresh",
    scheme_name="bearer",
    description="People log in here: the account's e-mail address as username, and its password.",
    auto_error=False,
)


class Reading(HTTPBasic):
    """Who reads: a log-in, or a device with an app password by HTTP Basic in UTF-8 (RFC 7617).

    In one step, as each further dependency costs every request; the document names both schemes.
    """

    async def __call__(self, request: Request) -> Principal:  # type: ignore[override]  # it gives more than the header
        """Raises Unauthenticated, InvalidToken, BadAppPassword or TooManyRequests."""
        request.state.challenges = READER_CHALLENGES
        by = _basic_of(request)
        if by is None:
            return await logged_in(request)
        email, secret = by
        services = services_in(request)
        known = await services.app_passwords.authenticate(email, secret, address=address_in(request))
        await _admit(request, known)
        return known


def _basic_of(request: Request) -> tuple[str, str] | None:
    """Address and secret, None without a Basic header. Raises BadAppPassword for one that is none. Addresses need not be ASCII."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        email, colon, secret = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError as error:
        raise BadAppPassword from error
    if not colon:
        raise BadAppPassword
    return email, secret


reading = Reading(
    scheme_name="device",
    description="For devices, reading only: the e-mail address and an **app password** (`POST /auth/me/app-passwords`), "
    "not the account's own password.",
)


TicketDep = Annotated[
    str | None,
    Query(
        max_length=512,
        description="Instead of the header, a ticket of `POST /auth/tickets`, for clients that cannot send one.",
        examples=["3f0a5c1e.1778578200.9b524c548a0f"],
    ),
]


class Following(LoggedIn):
    """Who follows a stream: a log-in, or a ticket for streams in the address."""

    async def __call__(self, request: Request, ticket: TicketDep = None) -> Principal:  # type: ignore[override]  # as above
        """Raises Unauthenticated or InvalidToken."""
        if ticket is None:
            return await super().__call__(request)
        return await _by_ticket(request, ticket, TicketPurpose.STREAM)


class Viewing(Reading):
    """Who looks at covers and files: as `Reading`, or by a ticket for them in the address."""

    async def __call__(self, request: Request, ticket: TicketDep = None) -> Principal:  # type: ignore[override]  # as above
        """Raises Unauthenticated, InvalidToken, BadAppPassword or TooManyRequests."""
        if ticket is None:
            return await super().__call__(request)
        return await _by_ticket(request, ticket, TicketPurpose.MEDIA)


async def _by_ticket(request: Request, ticket: str, purpose: TicketPurpose) -> Principal:
    services = services_in(request)
    by = await services.auth.admit_ticket(ticket, purpose, address=address_in(request))
    await _admit(request, by)
    await _note_deed(request, by)
    return by


following = Following(tokenUrl="/auth/login", refreshUrl="/auth/refresh", scheme_name="bearer", auto_error=False)
viewing = Viewing(scheme_name="device")
following.model, viewing.model = logged_in.model, reading.model  # the document has one of each


async def stream_seat(request: Request, by: Annotated[Principal, Depends(following)]) -> AsyncIterator[None]:
    """A place among the account's streams, held until the answer has ended. Raises TooManyStreams."""
    with services_in(request).streams.seat(by):
        yield


ServicesDep = Annotated[Services, Depends(services_of)]
HostTenantDep = Annotated[str | None, Depends(host_tenant)]
AddressDep = Annotated[str | None, Depends(client_address)]
PrincipalDep = Annotated[Principal, Depends(logged_in)]
ReaderDep = Annotated[Principal, Depends(reading)]
FollowerDep = Annotated[Principal, Depends(following)]
ViewerDep = Annotated[Principal, Depends(viewing)]
