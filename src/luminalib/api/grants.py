"""/tenants/{slug}/grants for operators, /tenant/grants for a library's own admins."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StringConstraints

from luminalib.api.deps import PrincipalDep, ServicesDep
from luminalib.api.fields import Body, PlainText
from luminalib.api.json import Json
from luminalib.api.paging import PageDep, PageOf, page_of
from luminalib.api.problems import documented
from luminalib.api.tenants import SlugPath
from luminalib.domain.auth import NotAllowed, Role
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.grants import MOST_MINUTES, REASON_MAX, USUAL_MINUTES, GrantEnd, GrantNotFound, GrantOpen, NoGrantNeeded
from luminalib.domain.tenants import TenantNotFound, TenantSuspended

router = APIRouter(tags=["tenants"])
_REASON = "Why, for the library's admins and both audit logs."
_ROLE = "What the operator may do there: at most what admins may."


class GrantBody(Body):
    """What an operator wants to do in a library."""

    reason: Annotated[PlainText, StringConstraints(min_length=3, max_length=REASON_MAX)] = Field(
        description=_REASON, examples=["Ticket 4711: holds do not move up"]
    )
    minutes: Annotated[int, Field(strict=True, ge=1, le=MOST_MINUTES)] = Field(
        USUAL_MINUTES, description="After how many minutes it ends by itself.", examples=[30]
    )
    role: Literal["member", "librarian", "admin"] = Field("librarian", description=_ROLE, examples=["librarian"])


class GrantOut(BaseModel):
    """Leave for an operator to act in a library for a while."""

    id: str
    operator_email: str = Field(description="Whose it is.", examples=["ops@example.org"])
    user_id: str = Field(description="The guest account under which the operator's deeds stand in the library.")
    role: Role = Field(description=_ROLE, examples=["librarian"])
    reason: str = Field(description=_REASON, examples=["Ticket 4711: holds do not move up"])
    created_at: datetime
    expires_at: datetime = Field(description="When it ends by itself.")
    ended_at: datetime | None = Field(description="When it was ended before.")
    ended_by: GrantEnd | None = Field(description="Who ended it before.", examples=["library"])


class NewGrantOut(GrantOut):
    """A new grant, with the token that acts by it."""

    access_token: str = Field(description="To be sent as `Authorization: Bearer …`; shown this once.", examples=["eyJhbGciOi…"])
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 -- the name of a scheme
    expires_in: int = Field(description="The token's life in seconds.", examples=[1800])


@router.post(
    "/tenants/{slug}/grants",
    status_code=201,
    responses=documented(Unauthenticated, NotAllowed, TenantNotFound, TenantSuspended, NoGrantNeeded, GrantOpen),
)
async def open_grant(slug: SlugPath, body: GrantBody, by: PrincipalDep, services: ServicesDep) -> NewGrantOut:
    """Lets you act in a library for some minutes, in the sight of its admins. For operators.

    All admins get a notice, and each request with the token is in the library's audit log. It ends with its time, when you or an
    admin ends it, and with the log-in that you ask by. Nothing that lets somebody in can be made by it: no accounts, invitations,
    passwords, webhooks or connections.
    """
    grant, token = await services.grants.open(by, slug, body.reason, body.minutes, Role(body.role))
    shown = GrantOut.model_validate(grant, from_attributes=True)
    seconds = int((grant.expires_at - grant.created_at).total_seconds())
    return NewGrantOut(**shown.model_dump(), access_token=token, expires_in=seconds)


@router.get(
    "/tenants/{slug}/grants",
    response_model=PageOf[GrantOut],
    responses=documented(Unauthenticated, NotAllowed, TenantNotFound),
)
async def list_grants(slug: SlugPath, request: Request, by: PrincipalDep, services: ServicesDep, page: PageDep) -> Json:
    """All grants that there were for a library, the newest first. For operators."""
    return page_of(await services.grants.list(by, slug, page), page, request)


@router.delete(
    "/tenants/{slug}/grants/{grant_id}",
    status_code=204,
    responses=documented(Unauthenticated, NotAllowed, TenantNotFound, GrantNotFound),
)
async def end_grant(slug: SlugPath, grant_id: UUID, by: PrincipalDep, services: ServicesDep) -> None:
    """Ends a grant before its time; its token stops working at once. For operators."""
    await services.grants.end(by, slug, str(grant_id))


@router.get("/tenant/grants", response_model=PageOf[GrantOut], responses=documented(Unauthenticated, NotAllowed))
async def list_own_grants(request: Request, by: PrincipalDep, services: ServicesDep, page: PageDep) -> Json:
    """Which operators were let into your library, why and until when, the newest first. For admins."""
    return page_of(await services.grants.list_own(by, page), page, request)


@router.delete("/tenant/grants/{grant_id}", status_code=204, responses=documented(Unauthenticated, NotAllowed, GrantNotFound))
async def end_own_grant(grant_id: UUID, by: PrincipalDep, services: ServicesDep) -> None:
    """Ends an operator's grant for your library at once. For admins."""
    await services.grants.end_own(by, str(grant_id))
