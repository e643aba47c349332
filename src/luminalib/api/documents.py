"""/documents: the pipeline, seen by those who wait for it."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict, Field

from luminalib.api.deps import PrincipalDep, ReaderDep, ServicesDep
from luminalib.api.fields import MAX_EVENT_ID
from luminalib.api.problems import documented
from luminalib.api.schemas import AnalysisOut, ErrorOut, analysis_of, error_of
from luminalib.domain.documents import DocumentEvent, DocumentNotFound, DocumentStatus
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.intelligence import Summary
from luminalib.services.documents import DocumentView

router = APIRouter(prefix="/documents", tags=["documents"])


class StepOut(BaseModel):
    """A state that the document came to."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    status: DocumentStatus
    at: datetime
    detail: str | None


class DocumentOut(BaseModel):
    """An uploaded file on its way through the pipeline, with its history and, when completed, its analysis."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    filename: str
    media_type: str
    byte_size: int
    sha256: str
    status: DocumentStatus
    progress: int
    queue_position: int | None = None
    error: ErrorOut | None = None
    page_count: int | None
    word_count: int | None
    language: str | None
    book_id: str | None = None
    created_at: datetime
    updated_at: datetime
    history: list[StepOut] = []
    analysis: AnalysisOut | None = None

    @classmethod
    def of(cls, view: DocumentView) -> "DocumentOut":
        """The document as it is sent."""
        return cls.model_validate(view.document).model_copy(
            update={
                "error": error_of(view.document),
                "book_id": view.book_id,
                "queue_position": view.queue_position,
                "history": [StepOut.model_validate(event) for event in view.history],
                "analysis": analysis_of(view.summary),
            }
        )


class StatusOut(BaseModel):
    """How far a document is, in short."""

    id: str
    status: DocumentStatus
    progress: int
    queue_position: int | None
    detail: str | None = Field(description="The latest news of it, such as what it waits for.")
    error: ErrorOut | None
    updated_at: datetime


class PageOut(BaseModel):
    """A page of a PDF, a chapter of an EPUB, or about a page of a text; `start` is its offset in the whole text."""

    page: int
    title: str | None
    start: int
    text: str


class TextOut(BaseModel):
    """The text that was read out of a file."""

    pages: list[PageOut]


class EventOut(BaseModel):
    """What an event of the stream carries."""

    model_config = ConfigDict(from_attributes=True)

    document_id: str
    book_id: str | None
    status: DocumentStatus
    previous: DocumentStatus | None
    progress: int
    at: datetime
    detail: str | None
    analysis: AnalysisOut | None = None


_NOT_YOURS = documented(Unauthenticated, DocumentNotFound)


@router.get("/stream", response_class=EventSourceResponse, responses=documented(Unauthenticated))
async def stream_events(
    request: Request,
    by: PrincipalDep,
    services: ServicesDep,
    last_event_id: Annotated[
        int | None, Header(ge=0, le=MAX_EVENT_ID, description="Resume after this event; 0 replays all. Without it: from now on.")
    ] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events of all documents that you may see: each change of state as `event: status`, in order, none lost.

    Reconnect with the last `id` as `Last-Event-ID`, as browsers do, and the stream goes on where it ended.
    """
    async for news in services.documents.follow(by, last_event_id):
        if news is None:
            if await request.is_disconnected():
                return
            continue
        event, summary = news
        yield ServerSentEvent(id=str(event.id), event=event.kind, data=_data(event, summary))


def _data(event: DocumentEvent, summary: Summary | None) -> dict[str, Any]:
    sent = EventOut.model_validate(event).model_copy(update={"analysis": analysis_of(summary)})
    return sent.model_dump(mode="json", exclude=None if summary else {"analysis"})


@router.get("/{document_id}", responses=_NOT_YOURS)
async def get_document(document_id: UUID, by: ReaderDep, services: ServicesDep) -> DocumentOut:
    """One document with its history and analysis."""
    return DocumentOut.of(await services.documents.get(by, str(document_id)))


@router.get("/{document_id}/status", responses=_NOT_YOURS)
async def get_status(document_id: UUID, by: ReaderDep, services: ServicesDep) -> StatusOut:
    """How far a document is."""
    view = await services.documents.get(by, str(document_id))
    facts: dict[str, Any] = {name: getattr(view.document, name) for name in ("id", "status", "progress", "updated_at")}
    detail = view.history[-1].detail if view.history else None
    return StatusOut(**facts, queue_position=view.queue_position, detail=detail, error=error_of(view.document))


@router.get("/{document_id}/text", responses=_NOT_YOURS)
async def get_text(
    document_id: UUID,
    by: ReaderDep,
    services: ServicesDep,
    page: Annotated[int | None, Query(ge=1, le=1_000_000, description="Only this page, counted from 1.")] = None,
) -> TextOut:
    """The text that was read out of the file."""
    found = await services.documents.text(by, str(document_id), page)
    return TextOut(pages=[PageOut(page=s.page, title=s.title, start=s.start, text=s.text) for s in found])
