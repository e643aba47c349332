"""/auth: accounts and log-ins."""

import re
import unicodedata
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from luminalib.api.deps import AddressDep, HostTenantDep, PrincipalDep, ServicesDep
from luminalib.api.fields import Body, Password, PlainText, Secret
from luminalib.api.problems import documented
from luminalib.api.schemas import UserOut
from luminalib.domain.auth import (
    EMAIL_MAX,
    MAIN_TENANT,
    TICKET_LIFE,
    BadCredentials,
    EmailTaken,
    InvalidToken,
    TicketPurpose,
    TooManyRequests,
    WeakPassword,
)
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.normalisation import normalised
from luminalib.domain.one_time_links import InvalidLink, InvitationRequired, SignupClosed
from luminalib.domain.tenants import SLUG_MAX, TenantNotFound, TenantSuspended
from luminalib.services.auth import Tokens

router = APIRouter(prefix="/auth", tags=["accounts"])
_INVISIBLE = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_NO_ADDRESS = frozenset('<>()[],;:\\"')


def _plain_address(email: str) -> str:
    """Refuses what nobody sees, and what is no address but a list, a name or a comment."""
    shown = normalised(email, "NFKC", most=EMAIL_MAX)
    if (
        not _ADDRESS.fullmatch(shown)
        or _NO_ADDRESS.intersection(shown)
        or any(unicodedata.category(character) in _INVISIBLE for character in shown)
    ):
        raise ValueError("must be a plain address such as ada@example.org")
    return email


Email = Annotated[
    PlainText,
    StringConstraints(min_length=3, max_length=EMAIL_MAX),
    AfterValidator(_plain_address),
]


TenantName = Annotated[
    Annotated[PlainText, StringConstraints(max_length=SLUG_MAX)] | None,
    Field(description="The library's short name, where the installation has several; its host says it, too.", examples=["main"]),
]


class SignupRequest(Body):
    """A new account."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"email": "ada@example.org", "password": "a long walk by the sea", "display_name": "Ada"}]}
    )
    email: Email
    password: Password
    display_name: Annotated[PlainText, StringConstraints(max_length=200)] | None = None
    tenant: TenantName = None
    invitation: Annotated[PlainText, StringConstraints(min_length=1, max_length=512)] | None = Field(
        None, description="The token of an invitation, where the library asks for one.", examples=["b3Jl-Yx2n0mKQxW4h0cOJq1"]
    )


class LoginRequest(BaseModel):
    """E-mail address (or `username`, as OAuth2 calls it) and password; more is not read, as forms of OAuth2 have more."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "ada@example.org", "password": "a long walk by the sea"}]})
    email: Annotated[PlainText, StringConstraints(max_length=EMAIL_MAX)] = Field(validation_alias=AliasChoices("email", "username"))
    password: Password
    tenant: TenantName = None


class RefreshRequest(Body):
    """The refresh token of the last log-in or refresh."""

    refresh_token: Annotated[Secret, StringConstraints(max_length=512)]


class TokensOut(BaseModel):
    """Send the access token as `Authorization: Bearer …`; it works for `expires_in` seconds."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 -- the name of a scheme
    expires_in: int = Field(examples=[3600])
    refresh_token: str

    @classmethod
    def of(cls, tokens: Tokens) -> "TokensOut":
        """The pair as it is sent."""
        return cls(access_token=tokens.access_token, expires_in=tokens.expires_in, refresh_token=tokens.refresh_token)


# The form is what the security scheme's flow means by its tokenUrl; generators of clients trip over a second kind of body.
_LOGIN_BODY = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/LoginRequest"}}}}
}


async def login_request(request: Request) -> LoginRequest:
    """The credentials, from JSON or from an OAuth2 password form."""
    try:
        if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return LoginRequest.model_validate(dict(await request.form()))
        return LoginRequest.model_validate_json(await request.body())
    except ValidationError as error:
        raise RequestValidationError([{**e, "loc": ("body", *e["loc"])} for e in error.errors()]) from None


@router.post(
    "/signup",
    status_code=201,
    responses=documented(
        EmailTaken, SignupClosed, InvitationRequired, InvalidLink, WeakPassword, TooManyRequests, TenantNotFound, TenantSuspended
    ),
)
async def sign_up(body: SignupRequest, services: ServicesDep, address: AddressDep, host_tenant: HostTenantDep) -> UserOut:
    """Makes an account. The first of an installation becomes `admin`, later ones `member`, or what their invitation says."""
    made = await services.auth.signup(
        body.email,
        body.password,
        body.display_name,
        address=address,
        invitation=body.invitation,
        tenant_id=body.tenant or host_tenant,
    )
    return UserOut.of(made)


@router.post("/login", openapi_extra=_LOGIN_BODY, responses=documented(BadCredentials, TooManyRequests, TenantSuspended))
async def log_in(request: Request, services: ServicesDep, address: AddressDep, host_tenant: HostTenantDep) -> TokensOut:
    """Opens a session. Takes JSON, or the OAuth2 password form that Swagger UI's Authorize button sends."""
    await services.auth.admit(address)
    credentials = await login_request(request)
    tenant_id = credentials.tenant or host_tenant or MAIN_TENANT
    return TokensOut.of(await services.auth.login(credentials.email, credentials.password, address=address, tenant_id=tenant_id))


@router.post("/refresh", responses=documented(InvalidToken, TooManyRequests))
async def refresh_tokens(body: RefreshRequest, services: ServicesDep, address: AddressDep) -> TokensOut:
    """A new pair of tokens. Each refresh token is for one use; a second use ends the session."""
    return TokensOut.of(await services.auth.refresh(body.refresh_token.get_secret_value(), address=address))


class TicketBody(Body):
    """What the ticket is for."""

    purpose: TicketPurpose = Field(description="Streams of events, or covers and files of books.", examples=["stream"])


class TicketOut(BaseModel):
    """A pass for clients that cannot send a header, such as `EventSource` and `<img>`."""

    ticket: str = Field(description="To be sent as `?ticket=…`.", examples=["3f0a5c1e.1778578200.9b524c548a0f"])
    expires_in: int = Field(description="For how many seconds it may be shown; what it has opened goes on.", examples=[60])


@router.post("/tickets", status_code=201, responses=documented(Unauthenticated))
async def create_ticket(body: TicketBody, by: PrincipalDep, services: ServicesDep) -> TicketOut:
    """Makes a ticket that stands for your session for a minute, in the address of streams or of covers and files only."""
    ticket = services.auth.ticket(by, body.purpose)
    return TicketOut(ticket=ticket, expires_in=int(TICKET_LIFE.total_seconds()))


@router.post("/signout", status_code=204, responses=documented(Unauthenticated))
async def sign_out(by: PrincipalDep, services: ServicesDep) -> None:
    """Ends the session; its access and refresh tokens stop working at once. Who acts by a support grant ends that."""
    await (services.auth.signout(by) if by.acting_from is None else services.grants.leave(by))
