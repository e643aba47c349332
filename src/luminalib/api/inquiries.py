"""/inquiries: what people write to the library, and what becomes of it."""

from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Query, Request, Response

from luminalib.api.deps import AddressDep, PrincipalDep, ServicesDep
from luminalib.api.fields import PlainText
from luminalib.api.inquiry_fields import (
    AcceptedOut,
    InquiryBatch,
    InquiryBody,
    InquiryDetailOut,
    InquiryOut,
    InquiryPatch,
    StrangerBody,
    budget_of,
)
from luminalib.api.json import Json
from luminalib.api.paging import PageDep, PageOf, page_of
from luminalib.api.problems import documented
from luminalib.domain.auth import NotAllowed, TooManyRequests
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.inquiries import (
    InquiriesClosed,
    InquiryFilter,
    InquiryNotFound,
    InquiryState,
    InvalidContact,
    TooManyInquiries,
)
from luminalib.domain.triage import InquiryIntent

router = APIRouter(tags=["inquiries"])
BATCH_BYTES = 8 * 2**20
"""A batch of the longest messages is larger than other bodies may be."""


WaitQuery = Annotated[
    float, Query(ge=0, le=60, description="How many seconds to wait for a language model's opinion.", examples=[5])
]
LATER: dict[str, Any] = {"model": InquiryOut, "description": "Kept and read by rules; a language model has yet to look."}


def request_id() -> str | None:
    """The id of this request, as its log lines and its answer carry it."""
    found = structlog.contextvars.get_contextvars().get("request_id")
    return str(found) if found else None


@router.post(
    "/inquiries",
    status_code=201,
    responses={**documented(Unauthenticated, InvalidContact, TooManyInquiries), 202: LATER},
)
async def send_inquiry(
    body: InquiryBody, by: PrincipalDep, services: ServicesDep, response: Response, wait: WaitQuery = 0.0
) -> InquiryOut:
    """Takes an inquiry in: reads what it wants and who wrote it, and keeps both with how sure that is.

    Rules and what was learnt answer at once. Where a language model is configured it looks, too, in the background: 202 says that
    it has not yet, and `Location` has what comes of it.
    """
    (made,) = await services.inquiries.receive(by, [body.new], request_id())
    made = await services.inquiries.settled(by, made, wait)
    response.headers["Location"] = f"/inquiries/{made.id}"
    response.status_code = 202 if made.awaits_model else 201
    return InquiryOut.model_validate(made)


@router.post("/inquiries/batch", status_code=202, responses=documented(Unauthenticated, InvalidContact, TooManyInquiries))
async def send_inquiries(body: InquiryBatch, by: PrincipalDep, services: ServicesDep) -> AcceptedOut:
    """Takes up to 500 in, all or none."""
    made = await services.inquiries.receive(by, [one.new for one in body.inquiries], request_id())
    return AcceptedOut(accepted=len(made))


@router.post("/tenants/{slug}/inquiries", status_code=202, responses=documented(InquiriesClosed, InvalidContact, TooManyRequests))
async def send_inquiry_as_stranger(slug: str, body: StrangerBody, services: ServicesDep, address: AddressDep) -> AcceptedOut:
    """Takes an inquiry without an account, where `LUMINALIB_INQUIRIES__PUBLIC` allows it. What it is read as is not told."""
    if not body.website:
        await services.inquiries.receive_from_stranger(slug, body.new, address, request_id())
    return AcceptedOut(accepted=1)


@router.get("/inquiries", response_model=PageOf[InquiryOut], responses=documented(Unauthenticated, NotAllowed))
async def list_inquiries(
    request: Request,
    by: PrincipalDep,
    services: ServicesDep,
    page: PageDep,
    intent: Annotated[InquiryIntent | None, Query(description="Only those that want this.", examples=["sales"])] = None,
    state: Annotated[
        InquiryState | None, Query(description="Only those that have come this far.", examples=["needs_review"])
    ] = None,
    q: Annotated[PlainText | None, Query(max_length=200, description="A part of the message, the name or the address.")] = None,
    min_confidence: Annotated[
        float | None, Query(ge=0, le=1, description="Only those that are at least so sure.", examples=[0.7])
    ] = None,
) -> Json:
    """All inquiries, the newest first, for librarians and admins."""
    wanted = InquiryFilter(intent=intent, state=state, q=q, min_confidence=min_confidence)
    return page_of(await services.inquiries.list(by, wanted, page), page, request)


@router.get("/inquiries/{inquiry_id}", responses=documented(Unauthenticated, InquiryNotFound))
async def get_inquiry(inquiry_id: UUID, by: PrincipalDep, services: ServicesDep) -> InquiryDetailOut:
    """An inquiry with each step that it made. Members see their own."""
    found = await services.inquiries.get(by, str(inquiry_id))
    shown = InquiryOut.model_validate(found.inquiry)
    return InquiryDetailOut.model_validate({**shown.model_dump(), "audit": list(found.audit)}, from_attributes=True)


@router.patch("/inquiries/{inquiry_id}", responses=documented(Unauthenticated, NotAllowed, InquiryNotFound, InvalidContact))
async def correct_inquiry(inquiry_id: UUID, body: InquiryPatch, by: PrincipalDep, services: ServicesDep) -> InquiryOut:
    """Says what an inquiry is. An intent is kept as a label: from 20 of each the library learns to tell them apart itself."""
    changes: dict[str, Any] = {name: getattr(body, name) for name in body.model_fields_set}
    if "budget" in changes:
        changes["budget"] = budget_of(body.budget)
    return InquiryOut.model_validate(await services.inquiries.correct(by, str(inquiry_id), changes, request_id()))
