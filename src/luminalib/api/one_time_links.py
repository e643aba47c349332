"""Password resets and invitations: links that work once."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StringConstraints

from luminalib.api.deps import AddressDep, PrincipalDep, ServicesDep
from luminalib.api.fields import Body, Password, PlainText, Secret
from luminalib.api.hosts import address_of
from luminalib.api.json import Json
from luminalib.api.paging import PageDep, PageOf, page_of
from luminalib.api.problems import documented
from luminalib.domain.auth import NotAllowed, Role, TooManyRequests, UserNotFound, WeakPassword
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.one_time_links import InvalidLink, InvitationNotFound, SignupClosed, TooManyInvitations
from luminalib.steps.one_time_links import NewLink

router = APIRouter()
RESET_PAGE, JOIN_PAGE = "/reset-password", "/join"
LinkToken = Annotated[Secret, StringConstraints(min_length=1, max_length=512)]


class PasswordResetBody(Body):
    """The token of the link, and the password from now on."""

    token: LinkToken = Field(description="What stands behind the # of the link.", examples=["b3Jl-Yx2n0mKQxW4h0cOJq1"])
    new_password: Password


class LinkOut(BaseModel):
    """A link that works once. It is shown this once: hand it on in a way that only one person reads."""

    url: str = Field(description="To be opened in a browser.", examples=["https://library.example.org/reset-password#b3Jl-Yx2n0mK"])
    token: str = Field(description="The same for programs.", examples=["b3Jl-Yx2n0mKQxW4h0cOJq1"])
    expires_at: datetime = Field(description="Until when it works.")


class InvitationBody(Body):
    """Whom to invite."""

    role: Role = Field(Role.MEMBER, description="What the account may do.")
    days: Annotated[int, Field(ge=1, le=90, description="For how many days the link works.")] = 7
    note: Annotated[PlainText, StringConstraints(max_length=200)] | None = Field(
        None, description="For whom it is; only admins see it.", examples=["Grace, reading group"]
    )


class InvitationOut(BaseModel):
    """An invitation that still works."""

    id: str
    role: Role
    note: str | None = Field(description="For whom it is.", examples=["Grace, reading group"])
    created_by: str | None = Field(description="Which admin made it.")
    created_at: datetime
    expires_at: datetime = Field(description="Until when it works.")


class NewInvitationOut(InvitationOut, LinkOut):
    """A new invitation with its link, shown this once."""


def link_of(request: Request, page: str, made: NewLink) -> LinkOut:
    """The link to a page of ours, under the name that the request came to."""
    # The token stands in the fragment, which browsers keep to themselves: no log has it.
    url = address_of(request, request.url.replace(path=page, query="", fragment=made.secret))
    return LinkOut(url=url, token=made.secret, expires_at=made.record.expires_at)


@router.post(
    "/auth/password-reset", status_code=204, tags=["accounts"], responses=documented(InvalidLink, WeakPassword, TooManyRequests)
)
async def reset_password(body: PasswordResetBody, services: ServicesDep, address: AddressDep) -> None:
    """Sets a password by a link that an admin made. All sessions and app passwords of the account end."""
    await services.links.reset(body.token.get_secret_value(), body.new_password, address=address)


@router.post(
    "/users/{user_id}/password-reset",
    status_code=201,
    tags=["administration"],
    responses=documented(Unauthenticated, NotAllowed, UserNotFound),
)
async def offer_password_reset(user_id: UUID, request: Request, by: PrincipalDep, services: ServicesDep) -> LinkOut:
    """Makes a link by which a member sets a forgotten password anew. It works once, for 24 hours; an earlier one ends."""
    return link_of(request, RESET_PAGE, await services.links.offer_reset(by, str(user_id)))


@router.post(
    "/invitations",
    status_code=201,
    tags=["administration"],
    responses=documented(Unauthenticated, NotAllowed, SignupClosed, TooManyInvitations),
)
async def invite(body: InvitationBody, request: Request, by: PrincipalDep, services: ServicesDep) -> NewInvitationOut:
    """Makes a link by which one person signs up, with the role that it names. Where sign-up is open only the role matters."""
    made = await services.links.invite(by, body.role, timedelta(days=body.days), body.note)
    shown = InvitationOut.model_validate(made.record, from_attributes=True)
    return NewInvitationOut(**shown.model_dump() | link_of(request, JOIN_PAGE, made).model_dump())


@router.get(
    "/invitations",
    response_model=PageOf[InvitationOut],
    tags=["administration"],
    responses=documented(Unauthenticated, NotAllowed),
)
async def list_invitations(request: Request, by: PrincipalDep, services: ServicesDep, page: PageDep) -> Json:
    """Invitations that still work, the newest first, without their links."""
    return page_of(await services.links.invitations(by, page), page, request)


@router.delete(
    "/invitations/{invitation_id}",
    status_code=204,
    tags=["administration"],
    responses=documented(Unauthenticated, NotAllowed, InvitationNotFound),
)
async def withdraw_invitation(invitation_id: UUID, by: PrincipalDep, services: ServicesDep) -> None:
    """Withdraws an invitation; its link stops working at once."""
    await services.links.withdraw(by, str(invitation_id))
