"""/webhooks: other systems that are told of events."""

from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, StringConstraints

from luminalib.api.deps import PrincipalDep, ServicesDep
from luminalib.api.fields import Body, Moment, Patch, PlainText
from luminalib.api.json import Json
from luminalib.api.paging import PageDep, PageOf, page_of
from luminalib.api.problems import documented
from luminalib.domain.announcements import EventType
from luminalib.domain.auth import NotAllowed
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.paging import Page
from luminalib.domain.webhooks import (
    AddressRefused,
    DisabledReason,
    MessageNotFound,
    TooManyWebhooks,
    WebhookFormat,
    WebhookNotFound,
    WebhookView,
)
from luminalib.services.webhooks import NewWebhook

router = APIRouter(prefix="/webhooks", tags=["webhooks"])
WORDS = "Types of events, all of them when it is empty."
TYPES = ["book.created", "loan.overdue"]
MESSAGE = "5a1e3c1c-30f5-4c8e-8d52-3f8a3a6f7c1d"


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_fine = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.fragment and parts.port != 0
    except ValueError:
        is_fine = False
    if not is_fine or any(char.isspace() for char in url):
        raise ValueError("should be an address such as https://example.org/hooks/library")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not contain a name or a password: messages are signed instead")
    return url


Address = Annotated[
    PlainText,
    StringConstraints(max_length=2000),
    AfterValidator(_address),
    Field(description="Where messages are posted to.", examples=["https://example.org/hooks/library"]),
]
Description = Annotated[
    Annotated[PlainText, StringConstraints(max_length=200)] | None,
    Field(description="For whom or what it is.", examples=["The reading room's board"]),
]
Types = Annotated[list[EventType], Field(max_length=len(EventType), description=WORDS, examples=[TYPES])]


class WebhookBody(Body):
    """A new webhook."""

    url: Address
    types: Types = Field(default_factory=list)
    description: Description = None
    format: WebhookFormat = Field(
        WebhookFormat.STANDARD, description="`slack` sends a line of text as its incoming webhooks take it."
    )


class WebhookPatch(Patch):
    """What is to change."""

    url: Address = ""
    types: Types = Field(default_factory=list)
    description: Description = None
    is_enabled: Annotated[bool, Strict()] = Field(
        default=True, description="False: nothing is sent any more; what waits is kept.", examples=[False]
    )


class WebhookOut(BaseModel):
    """A webhook, without its secret."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    url: str = Field(description="Where messages are posted to.", examples=["https://example.org/hooks/library"])
    types: list[EventType] = Field(description=WORDS, examples=[TYPES])
    description: str | None = Field(description="For whom or what it is.", examples=["The reading room's board"])
    format: WebhookFormat = Field(description="How messages are written.", examples=["standard"])
    is_enabled: bool = Field(description="Whether it is told of events.", examples=[True])
    disabled_reason: DisabledReason | None = Field(
        description="Why it is told nothing: by hand, it said 410 Gone, or five days of nothing but failures.", examples=["failing"]
    )
    failing_since: datetime | None = Field(
        description="Since when nothing has arrived; null when the last message has.", examples=["2026-05-12T09:30:00Z"]
    )
    circuit: Literal["closed", "open"] = Field(
        description="`open`: after several failures in a row nothing is sent for a while.", examples=["closed"]
    )
    circuit_open_until: datetime | None = Field(description="When it will be tried again.", examples=["2026-05-12T09:30:00Z"])
    created_by: str | None = Field(description="Which admin made it.")
    created_at: datetime
    updated_at: datetime


class NewWebhookOut(WebhookOut):
    """A webhook with its secret, shown this once."""

    secret: str = Field(
        description="Signs messages (Standard Webhooks). It is shown this once.",
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="],
    )


class AttemptOut(BaseModel):
    """One attempt to deliver a message."""

    model_config = ConfigDict(from_attributes=True)

    message_id: str = Field(description="The message, as in the header `webhook-id`.", examples=[MESSAGE])
    type: str = Field(description="What it told of.", examples=["loan.opened"])
    attempt: int = Field(description="Which attempt it was, from 1.", examples=[1])
    at: datetime
    status: int | None = Field(description="The answer's HTTP status; null without one.", examples=[204])
    ms: int = Field(description="How long it took, in milliseconds.", examples=[38])
    error: str | None = Field(description="What went wrong before there was an answer.", examples=["The connection was cut."])
    response: str = Field(description="The beginning of the answer, 2 kB at most.", examples=["ok"])


class RecoverBody(Body):
    """From when on."""

    since: Moment


class RecoveredOut(BaseModel):
    """What will be sent."""

    count: int = Field(description="How many messages had been missed.", examples=[12])


def _shown(webhook: WebhookView) -> dict[str, object]:
    """As it is sent; `open_until` of the past says nothing."""
    found = {name: getattr(webhook, name) for name in WebhookOut.model_fields if not name.startswith("circuit")}
    return {**found, "circuit": "open" if webhook.open_until else "closed", "circuit_open_until": webhook.open_until}


def _new(made: NewWebhook) -> NewWebhookOut:
    return NewWebhookOut.model_validate({**_shown(made.webhook), "secret": made.secret})


@router.post("", status_code=201, responses=documented(Unauthenticated, NotAllowed, AddressRefused, TooManyWebhooks))
async def add_webhook(body: WebhookBody, by: PrincipalDep, services: ServicesDep) -> NewWebhookOut:
    """Has an address told of events from now on. The secret is in this answer only.

    Messages are signed and tried again by the Standard Webhooks specification; a receiver answers 2xx within 15 seconds, and does
    the same message (`webhook-id`) once, however often it comes.
    """
    return _new(await services.webhooks.add(by, body.url, body.types, body.description, body.format))


@router.get("", response_model=PageOf[WebhookOut], responses=documented(Unauthenticated, NotAllowed))
async def list_webhooks(request: Request, by: PrincipalDep, services: ServicesDep, page: PageDep) -> Json:
    """All webhooks, the oldest first."""
    found = await services.webhooks.list(by, page)
    return page_of(Page([_shown(one) for one in found.items], found.total), page, request)


@router.get("/{webhook_id}", response_model=WebhookOut, responses=documented(Unauthenticated, NotAllowed, WebhookNotFound))
async def get_webhook(webhook_id: UUID, by: PrincipalDep, services: ServicesDep) -> Json:
    """One webhook."""
    return Json(_shown(await services.webhooks.get(by, str(webhook_id))))


@router.patch(
    "/{webhook_id}",
    response_model=WebhookOut,
    responses=documented(Unauthenticated, NotAllowed, WebhookNotFound, AddressRefused),
)
async def change_webhook(webhook_id: UUID, body: WebhookPatch, by: PrincipalDep, services: ServicesDep) -> Json:
    """Changes a webhook, or disables it."""
    return Json(_shown(await services.webhooks.change(by, str(webhook_id), body.model_dump(exclude_unset=True))))


@router.delete("/{webhook_id}", status_code=204, responses=documented(Unauthenticated, NotAllowed, WebhookNotFound))
async def remove_webhook(webhook_id: UUID, by: PrincipalDep, services: ServicesDep) -> None:
    """Deletes a webhook with its attempts and all that waits for it."""
    await services.webhooks.remove(by, str(webhook_id))


@router.post("/{webhook_id}/rotate", responses=documented(Unauthenticated, NotAllowed, WebhookNotFound))
async def rotate_webhook_secret(webhook_id: UUID, by: PrincipalDep, services: ServicesDep) -> NewWebhookOut:
    """Makes a new secret, in this answer only. For 24 hours messages carry the signature of the old one, too."""
    return _new(await services.webhooks.rotate(by, str(webhook_id)))


@router.post("/{webhook_id}/test", responses=documented(Unauthenticated, NotAllowed, WebhookNotFound))
async def test_webhook(webhook_id: UUID, by: PrincipalDep, services: ServicesDep) -> AttemptOut:
    """Sends a message of type `webhook.test` now, also when it is disabled, and says what came back."""
    return AttemptOut.model_validate(await services.webhooks.test(by, str(webhook_id)))


@router.post("/{webhook_id}/enable", response_model=WebhookOut, responses=documented(Unauthenticated, NotAllowed, WebhookNotFound))
async def enable_webhook(webhook_id: UUID, by: PrincipalDep, services: ServicesDep) -> Json:
    """Sends again, beginning with what has waited. What came while it was disabled is sent by `recover`."""
    return Json(_shown(await services.webhooks.change(by, str(webhook_id), {"is_enabled": True})))


@router.get(
    "/{webhook_id}/attempts",
    response_model=PageOf[AttemptOut],
    responses=documented(Unauthenticated, NotAllowed, WebhookNotFound),
)
async def list_attempts(webhook_id: UUID, request: Request, by: PrincipalDep, services: ServicesDep, page: PageDep) -> Json:
    """What was sent to a webhook, the newest first. Kept for 30 days."""
    found = await services.webhooks.attempts(by, str(webhook_id), page)
    shown = [{name: getattr(one, name) for name in AttemptOut.model_fields} for one in found.items]
    return page_of(Page(shown, found.total), page, request)


@router.post(
    "/{webhook_id}/messages/{message_id}/redeliver",
    status_code=202,
    responses=documented(Unauthenticated, NotAllowed, WebhookNotFound, MessageNotFound),
)
async def redeliver_message(webhook_id: UUID, message_id: UUID, by: PrincipalDep, services: ServicesDep) -> None:
    """Has a message sent once more, with its own `webhook-id`."""
    await services.webhooks.redeliver(by, str(webhook_id), str(message_id))


@router.post("/{webhook_id}/recover", status_code=202, responses=documented(Unauthenticated, NotAllowed, WebhookNotFound))
async def recover_messages(webhook_id: UUID, body: RecoverBody, by: PrincipalDep, services: ServicesDep) -> RecoveredOut:
    """Has everything sent that it has missed since a moment: what failed, and what came while it was disabled."""
    return RecoveredOut(count=await services.webhooks.recover(by, str(webhook_id), body.since))
