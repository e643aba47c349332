"""/notices and /me/stream: what the library lets a member know."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict, Field

from luminalib.api.deps import FollowerDep, ReaderDep, ServicesDep, stream_seat
from luminalib.api.fields import MAX_EVENT_ID
from luminalib.api.json import Json
from luminalib.api.paging import PageDep, PageOf, page_of
from luminalib.api.problems import documented
from luminalib.domain.auth import InvalidToken, TooManyStreams
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.notices import NoticeKind
from luminalib.domain.paging import Page

router = APIRouter(tags=["circulation"])


class NoticeOut(BaseModel):
    """A message: a loan is due soon or overdue, a copy is ready, a hold is over, a webhook was disabled. `subject_id` is its id."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: NoticeKind
    book_id: str | None = Field(description="The book that it is about; null when it is about none.")
    subject_id: str
    text: str = Field(examples=["“The Lighthouse Keeper's Ledger” is ready for you until 12 May 2026, 09:30 UTC. Borrow it."])
    until: datetime = Field(description="When the loan is or was due, until when the copy is kept, or when the hold ended.")
    at: datetime


@router.get("/notices", response_model=PageOf[NoticeOut], responses=documented(Unauthenticated))
async def list_notices(request: Request, by: ReaderDep, services: ServicesDep, page: PageDep) -> Json:
    """Your notices, the newest first. Each thing is said at most once in 24 hours, and kept for 90 days."""
    found = await services.notices.list(by, page)
    shown = [{name: getattr(notice, name) for name in NoticeOut.model_fields} for notice in found.items]
    return page_of(Page(shown, found.total), page, request)


@router.get(
    "/me/stream",
    response_class=EventSourceResponse,
    dependencies=[Depends(stream_seat)],
    responses=documented(Unauthenticated, TooManyStreams),
)
async def stream_notices(
    request: Request,
    by: FollowerDep,
    services: ServicesDep,
    last_event_id: Annotated[
        int | None, Header(ge=0, le=MAX_EVENT_ID, description="Resume after this notice; 0 replays all. Without it: from now on.")
    ] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events of your notices, named after their kind, in order, none lost."""
    with suppress(InvalidToken):  # the stream ends; who connects again is told why
        async for notice in services.notices.follow(by, last_event_id):
            if notice is not None:
                sent = NoticeOut.model_validate(notice).model_dump_json()
                yield ServerSentEvent(id=str(notice.id), event=notice.kind, raw_data=sent)
            elif await request.is_disconnected():
                return
