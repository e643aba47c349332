"""/users and /audit: for admins."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, Strict

from luminalib.api.deps import PrincipalDep, ServicesDep
from luminalib.api.fields import Moment, Patch, PlainText
from luminalib.api.json import Json
from luminalib.api.paging import PageDep, PageOf, page_of
from luminalib.api.problems import documented
from luminalib.api.schemas import UserOut
from luminalib.domain.audit import AuditAction, AuditFilter
from luminalib.domain.auth import AccountFilter, LastAdmin, NotAllowed, Role, UserNotFound
from luminalib.domain.errors import Unauthenticated

router = APIRouter(tags=["administration"])


class UserPatch(Patch):
    """What to change of an account; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "librarian"}]})
    role: Role = Role.MEMBER
    is_active: Annotated[bool, Strict()] = True


class AuditOut(BaseModel):
    """A security event."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    action: AuditAction
    at: datetime
    actor_id: str | None = Field(description="Who did it; null when nobody was logged in.")
    subject_id: str | None = Field(description="Whose account it is about; null when none is known.")
    address: str | None = Field(description="The network address it came from.")
    detail: str | None


@router.get("/users", response_model=PageOf[UserOut], responses=documented(Unauthenticated, NotAllowed))
async def list_users(
    request: Request,
    by: PrincipalDep,
    services: ServicesDep,
    page: PageDep,
    q: Annotated[PlainText | None, Query(max_length=200, description="A part of the name or the address.")] = None,
    role: Annotated[Role | None, Query(description="Only accounts with this role.")] = None,
    is_active: Annotated[bool | None, Query(description="Only open or only closed accounts.")] = None,
) -> Json:
    """All accounts, the oldest first."""
    found = await services.users.list(by, AccountFilter(q=q, role=role, is_active=is_active), page)
    return page_of(found, page, request)


@router.patch("/users/{user_id}", responses=documented(Unauthenticated, NotAllowed, UserNotFound, LastAdmin))
async def change_user(user_id: UUID, body: UserPatch, by: PrincipalDep, services: ServicesDep) -> UserOut:
    """Gives an account another role, closes or opens it. Takes effect with its next request."""
    given = body.model_fields_set
    role = body.role if "role" in given else None
    is_active = body.is_active if "is_active" in given else None
    return UserOut.of(await services.users.change(by, str(user_id), role, is_active=is_active))


@router.get("/audit", response_model=PageOf[AuditOut], responses=documented(Unauthenticated, NotAllowed))
async def list_audit_events(
    request: Request,
    by: PrincipalDep,
    services: ServicesDep,
    page: PageDep,
    action: Annotated[AuditAction | None, Query(description="Only events of this kind.")] = None,
    user_id: Annotated[UUID | None, Query(description="Only what this account did, or what is about it.")] = None,
    since: Annotated[Moment | None, Query(description="From then on.")] = None,
    until: Annotated[Moment | None, Query(description="Before then.")] = None,
) -> Json:
    """Security events, the newest first."""
    wanted = AuditFilter(action=action, user_id=str(user_id) if user_id else None, since=since, until=until)
    found = await services.users.audit(by, wanted, page)
    return page_of(found, page, request)
