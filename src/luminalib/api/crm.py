"""/crm: contacts of inquiries, in step with other systems."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, SecretStr, Strict, StringConstraints

from luminalib.api.deps import PrincipalDep, ServicesDep
from luminalib.api.fields import Body, Patch, Secret
from luminalib.api.json import Json
from luminalib.api.paging import PageDep, PageOf, page_of
from luminalib.api.problems import documented
from luminalib.api.webhooks import Address
from luminalib.domain.auth import NotAllowed
from luminalib.domain.crm import OURS, ConnectionIncomplete, ConnectionNotFound, CrmKind, SyncState, TooManyConnections
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.webhooks import AddressRefused

router = APIRouter(prefix="/crm/connections", tags=["crm"])
MAPPING = {"email": "email", "first_name": "firstname", "last_name": "lastname"}
Ours = Annotated[str, StringConstraints(pattern=f"^({'|'.join(OURS)})$")]
Theirs = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,99}$")]
Mapping = Annotated[
    dict[Ours, Theirs],
    Field(min_length=1, description=f"Which fields go there, and their names there: of {', '.join(OURS)}.", examples=[MAPPING]),
]
Token = Annotated[Secret, StringConstraints(min_length=1, max_length=2000)]
URL = "https://api.hubapi.com"


class CrmConnectionBody(Body):
    """A new connection."""

    kind: CrmKind = Field(
        description="`hubspot`; `carddav`, an address book; `webhook`, whatever takes a signed message.",
        examples=["hubspot"],
    )
    url: Address | None = Field(None, description="Its address; HubSpot's own without one.", examples=[URL])
    token: Token | None = Field(
        None,
        description="A private app's token; `user:password`; or a secret that signs (`whsec_…`). It is never shown.",
        examples=["pat-…"],
    )
    mapping: Mapping | None = Field(
        None, description="From our names of fields to theirs; the usual ones without it.", examples=[MAPPING]
    )


class CrmConnectionPatch(Patch):
    """What is to change."""

    url: Address | None = Field(None, description="Its address.", examples=[URL])
    token: Token = Field(SecretStr("-"), description="A new token; it is never shown.", examples=["pat-…"])
    mapping: Mapping = Field(default_factory=dict)
    is_enabled: Annotated[bool, Strict()] = Field(
        default=True, description="False: nothing is told or looked up; what waits is kept.", examples=[False]
    )


class CrmConnectionOut(BaseModel):
    """A connection, without its token."""

    id: str
    kind: CrmKind = Field(description="The kind of system.", examples=["hubspot"])
    url: str | None = Field(description="Its address; null for the usual one.", examples=[URL])
    mapping: dict[str, str] = Field(description="From our names of fields to theirs.", examples=[MAPPING])
    is_enabled: bool = Field(description="Whether it is kept in step.", examples=[True])
    synced_at: datetime | None = Field(description="When it was last in step.", examples=["2026-05-12T09:30:00Z"])
    open_until: datetime | None = Field(
        description="Until when it is left in peace after failures.", examples=["2026-05-12T09:30:00Z"]
    )
    created_by: str | None = Field(description="Which admin made it.")
    created_at: datetime
    updated_at: datetime


class CrmSyncOut(BaseModel):
    """One sync."""

    at: datetime
    state: SyncState = Field(description="How it went; pending while it waits or is tried again.", examples=["success"])
    pushed: int = Field(description="How many contacts were told of.", examples=[3])
    pulled: int = Field(description="How many contacts had been changed there.", examples=[1])
    conflicts: int = Field(description="How often both sides had changed a contact.", examples=[0])
    error: str | None = Field(description="What went wrong.", examples=["The other system asks for patience (429)."])


class CrmContactOut(BaseModel):
    """A contact."""

    email: str
    fields: dict[str, str] = Field(description="What is known of it, by our names.", examples=[{"name": "Grace Hopper"}])
    remote_id: str | None = Field(description="Its id there; null before it was told of.", examples=["512"])
    is_dirty: bool = Field(description="Whether there is something to be told.", examples=[False])
    error: str | None = Field(description="Why the other system does not take it.", examples=["The other system refuses (400)."])
    removed_at: datetime | None = Field(description="When it was removed there.", examples=["2026-05-12T09:30:00Z"])
    updated_at: datetime


@router.post(
    "", status_code=201, responses=documented(Unauthenticated, NotAllowed, ConnectionIncomplete, AddressRefused, TooManyConnections)
)
async def add_crm_connection(body: CrmConnectionBody, by: PrincipalDep, services: ServicesDep) -> CrmConnectionOut:
    """Keeps contacts of qualified inquiries in step with another system from now on."""
    token = body.token.get_secret_value() if body.token else None
    made = await services.crm.add(by, body.kind, body.url, token, body.mapping)
    return CrmConnectionOut.model_validate(made, from_attributes=True)


@router.get("", response_model=PageOf[CrmConnectionOut], responses=documented(Unauthenticated, NotAllowed))
async def list_crm_connections(request: Request, by: PrincipalDep, services: ServicesDep, page: PageDep) -> Json:
    """All connections, the oldest first."""
    return page_of(await services.crm.list(by, page), page, request)


@router.get(
    "/{connection_id}", response_model=CrmConnectionOut, responses=documented(Unauthenticated, NotAllowed, ConnectionNotFound)
)
async def get_crm_connection(connection_id: UUID, by: PrincipalDep, services: ServicesDep) -> Json:
    """One connection."""
    return Json(await services.crm.get(by, str(connection_id)))


@router.patch(
    "/{connection_id}",
    response_model=CrmConnectionOut,
    responses=documented(Unauthenticated, NotAllowed, ConnectionNotFound, ConnectionIncomplete, AddressRefused),
)
async def change_crm_connection(connection_id: UUID, body: CrmConnectionPatch, by: PrincipalDep, services: ServicesDep) -> Json:
    """Changes a connection, or disables it. Failures of before are forgotten."""
    changes = body.model_dump(exclude_unset=True)
    if "token" in changes:
        changes["token"] = body.token.get_secret_value()
    return Json(await services.crm.change(by, str(connection_id), changes))


@router.delete("/{connection_id}", status_code=204, responses=documented(Unauthenticated, NotAllowed, ConnectionNotFound))
async def remove_crm_connection(connection_id: UUID, by: PrincipalDep, services: ServicesDep) -> None:
    """Deletes a connection with what is known of its contacts; there they stay."""
    await services.crm.remove(by, str(connection_id))


@router.post("/{connection_id}/sync", status_code=202, responses=documented(Unauthenticated, NotAllowed, ConnectionNotFound))
async def sync_crm_connection(connection_id: UUID, by: PrincipalDep, services: ServicesDep) -> None:
    """Has it brought in step now; otherwise that is done with each change of ours, and every 15 minutes."""
    await services.crm.request(by, str(connection_id))


@router.get(
    "/{connection_id}/syncs",
    response_model=PageOf[CrmSyncOut],
    responses=documented(Unauthenticated, NotAllowed, ConnectionNotFound),
)
async def list_crm_syncs(connection_id: UUID, request: Request, by: PrincipalDep, services: ServicesDep, page: PageDep) -> Json:
    """What was done, the newest first. Kept for 30 days."""
    return page_of(await services.crm.syncs(by, str(connection_id), page), page, request)


@router.get(
    "/{connection_id}/contacts",
    response_model=PageOf[CrmContactOut],
    responses=documented(Unauthenticated, NotAllowed, ConnectionNotFound),
)
async def list_crm_contacts(connection_id: UUID, request: Request, by: PrincipalDep, services: ServicesDep, page: PageDep) -> Json:
    """Contacts with their counterparts there, by address."""
    return page_of(await services.crm.contacts(by, str(connection_id), page), page, request)
