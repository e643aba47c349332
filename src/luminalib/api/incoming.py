"""/webhooks/in and /webhook-sources: other systems that tell the library something."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field, StringConstraints

from luminalib.api.deps import PrincipalDep, ServicesDep
from luminalib.api.fields import Body, Secret
from luminalib.api.json import Json
from luminalib.api.paging import PageDep, PageOf, page_of
from luminalib.api.problems import documented
from luminalib.domain.auth import NotAllowed
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.incoming import (
    BadSignature,
    Scheme,
    Sent,
    SourceExists,
    SourceIncomplete,
    SourceNotFound,
    TooManySources,
    Unusable,
)

router = APIRouter(tags=["webhooks"])
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
KEY = "main.wJ0mVxA2vW3mV5n1QX0c9d4y"
SCHEMES = (
    "How the sender shows who it is: `standard` (Standard Webhooks), `hubspot` (its signature, version 3), `github`"
    " (`X-Hub-Signature-256`), `header` (the secret itself in a header)."
)


class SourceBody(Body):
    """A new source."""

    name: Name = Field(description="Stands in its address: lower case, digits, hyphens.", examples=["website"])
    scheme: Scheme = Field(Scheme.STANDARD, description=SCHEMES)
    secret: Annotated[Secret, StringConstraints(min_length=16, max_length=512)] | None = Field(
        None, description="What the sender signs with; made when none is given.", examples=["a secret of the sender's own"]
    )
    header: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$")] | None = Field(
        None, description="For `header`: which one; X-Webhook-Secret by default.", examples=["X-Gitlab-Token"]
    )


class SourceOut(BaseModel):
    """A source, without its secret and its address."""

    id: str
    name: str = Field(description="Stands in its address.", examples=["website"])
    scheme: Scheme = Field(description=SCHEMES, examples=["standard"])
    header: str | None = Field(description="The header with the secret, for `header`.", examples=["x-webhook-secret"])
    created_by: str | None = Field(description="Which admin made it.")
    created_at: datetime


class NewSourceOut(SourceOut):
    """A source with its address and its secret, shown this once."""

    url: str = Field(
        description="Where it posts to: a path, absolute with LUMINALIB_PUBLIC_URL.",
        examples=[f"https://library.example.org/webhooks/in/website/{KEY}"],
    )
    secret: str = Field(description="What the sender signs with.", examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="])


class TakenOut(BaseModel):
    """Whether it is new."""

    is_new: bool = Field(description="False when the same message had come before.", examples=[True])


@router.post(
    "/webhook-sources",
    status_code=201,
    responses=documented(Unauthenticated, NotAllowed, SourceExists, SourceIncomplete, TooManySources),
)
async def add_webhook_source(body: SourceBody, by: PrincipalDep, services: ServicesDep) -> NewSourceOut:
    """Lets another system send inquiries. Its address and its secret are in this answer only.

    It sends JSON with `message`, and with `name`, `email`, `phone`, `region`, `source` where they are known; also in `data`.
    """
    secret = body.secret.get_secret_value() if body.secret else None
    made = await services.incoming.add_source(by, body.name, body.scheme, secret, body.header)
    shown = SourceOut.model_validate(made.source, from_attributes=True)
    return NewSourceOut(**shown.model_dump(), url=services.incoming.uri_of(made.path), secret=made.secret)


@router.get("/webhook-sources", response_model=PageOf[SourceOut], responses=documented(Unauthenticated, NotAllowed))
async def list_webhook_sources(request: Request, by: PrincipalDep, services: ServicesDep, page: PageDep) -> Json:
    """All sources, the oldest first."""
    return page_of(await services.incoming.sources(by, page), page, request)


@router.delete("/webhook-sources/{source_id}", status_code=204, responses=documented(Unauthenticated, NotAllowed, SourceNotFound))
async def remove_webhook_source(source_id: UUID, by: PrincipalDep, services: ServicesDep) -> None:
    """Takes no more from a source, and deletes what has come from it."""
    await services.incoming.remove_source(by, str(source_id))


@router.post(
    "/webhooks/in/{source}/{key}",
    status_code=202,
    responses=documented(SourceNotFound, BadSignature, Unusable) | {200: {"model": TakenOut, "description": "It had come before."}},
)
async def receive_webhook(
    source: Annotated[str, Path(max_length=64, description="The source's name.", examples=["website"])],
    key: Annotated[str, Path(max_length=200, description="The key of its address.", examples=[KEY])],
    request: Request,
    response: Response,
    services: ServicesDep,
) -> TakenOut:
    """Takes a message of a source, signed as the source signs, 1 MiB at most. The same message again is 200 and does nothing."""
    tenant_id, found = await services.incoming.find(source, key)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    headers = {name.lower(): value for name, value in request.headers.items()}
    sent = Sent(method=request.method, uri=services.incoming.uri_of(path), headers=headers, body=await request.body())
    is_new = await services.incoming.receive(tenant_id, found, sent)
    if not is_new:
        response.status_code = 200
    return TakenOut(is_new=is_new)
