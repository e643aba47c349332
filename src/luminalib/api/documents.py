"""/documents: files on their way through the pipeline, with or without a catalogue entry."""

from collections.abc import AsyncIterator
from dataclasses import fields, replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from luminalib.api.book_fields import BookPatch
from luminalib.api.deps import PrincipalDep, ReaderDep, ServicesDep
from luminalib.api.fields import PlainText
from luminalib.api.json import Json
from luminalib.api.multipart import MalformedUpload, MissingFile, read_files
from luminalib.api.paging import PageDep, PageOf, page_of
from luminalib.api.problems import Problem, body_of, documented
from luminalib.api.schemas import AnalysisOut, BookOut, ErrorOut
from luminalib.domain.auth import NotAllowed, Principal, TooManyRequests
from luminalib.domain.books import BookDetails, InvalidIsbn
from luminalib.domain.document_views import DocumentView, detail_for
from luminalib.domain.documents import (
    DocumentFilter,
    DocumentHasBook,
    DocumentNotFound,
    DocumentStatus,
    DuplicateContent,
    EmptyFile,
    FileTooLarge,
    NotFailed,
)
from luminalib.domain.errors import LuminaError, Unauthenticated
from luminalib.domain.media import UnsupportedMediaType

QUEUE_POSITION = "How many documents are ahead of it; null when it does not wait (any more)."
router = APIRouter(prefix="/documents", tags=["documents"])


class StepOut(BaseModel):
    """A state that the document came to."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    status: DocumentStatus
    at: datetime
    detail: str | None


class DocumentOut(BaseModel):
    """An uploaded file on its way through the pipeline."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    filename: str
    media_type: str
    byte_size: int
    sha256: str
    status: DocumentStatus
    progress: int
    queue_position: int | None = Field(None, description=QUEUE_POSITION, examples=[0])
    error: ErrorOut | None = None
    page_count: int | None
    word_count: int | None
    language: str | None
    book_id: str | None = None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, view: DocumentView) -> "DocumentOut":
        """The document as it is sent."""
        return cls.model_validate(view, from_attributes=True)


class DocumentDetailOut(DocumentOut):
    """A document with its history and, when completed, its analysis."""

    history: list[StepOut] = []
    analysis: AnalysisOut | None = None


class RejectedOut(BaseModel):
    """A file that was not taken, and why."""

    filename: str
    problem: Problem


class UploadOut(BaseModel):
    """What became of the files of an upload, in their order."""

    accepted: list[DocumentOut]
    rejected: list[RejectedOut]


class EstimateOut(BaseModel):
    """What the summary will take."""

    model_config = ConfigDict(from_attributes=True)

    calls: int = Field(description="Questions to the model.", examples=[14])
    tokens: int = Field(description="Read and written.", examples=[61_000])
    minutes: float | None = Field(description="At the measured speed; null as long as that is unknown.", examples=[46.2])


class StatusOut(BaseModel):
    """How far a document is, in short."""

    id: str
    status: DocumentStatus
    progress: int
    queue_position: int | None = Field(description=QUEUE_POSITION, examples=[0])
    detail: str | None = Field(description="The latest news of it, such as what it waits for.")
    error: ErrorOut | None
    estimate: EstimateOut | None = Field(
        description="What the summary will take of a model: told once the text is known, null when it is there and without a model."
    )
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


_NOT_YOURS = documented(Unauthenticated, DocumentNotFound)
_REFUSED = (TooManyRequests, EmptyFile, FileTooLarge, UnsupportedMediaType, DuplicateContent, MalformedUpload, MissingFile)
_FILES = {"type": "array", "items": {"type": "string", "format": "binary"}, "description": "PDF, EPUB or plain text files."}
_FORM = {"multipart/form-data": {"schema": {"type": "object", "required": ["files"], "properties": {"files": _FILES}}}}


@router.post(
    "/upload",
    status_code=201,
    openapi_extra={"requestBody": {"required": True, "content": _FORM}},
    responses=documented(Unauthenticated, NotAllowed, *_REFUSED),
)
async def upload_documents(request: Request, by: PrincipalDep, services: ServicesDep) -> UploadOut:
    """Sends one or many files through the pipeline. Each is judged by itself: a bad one does not keep the others out.

    When none is taken the answer is the first one's problem, with all of them in `rejected`.
    """
    services.intake.require_uploader(by)
    answer, first = UploadOut(accepted=[], rejected=[]), None
    async for filename, chunks in read_files(request):
        try:
            answer.accepted.append(await _take_in(by, services, filename, chunks))
        except LuminaError as error:
            first = first or error
            answer.rejected.append(RejectedOut(filename=filename, problem=Problem(**body_of(request, error))))
    if first is not None and not answer.accepted:
        first.facts["rejected"] = [one.model_dump(mode="json", exclude_none=True) for one in answer.rejected]
        raise first
    return answer


async def _take_in(by: Principal, services: ServicesDep, filename: str, chunks: AsyncIterator[bytes]) -> DocumentOut:
    staged = await services.intake.receive_document(by, filename, chunks)
    try:
        return DocumentOut.of(await services.documents.add(by, staged))
    except BaseException:
        await services.intake.discard(by, staged)
        raise


@router.get("", response_model=PageOf[DocumentOut], responses=documented(Unauthenticated))
async def list_documents(
    request: Request,
    by: ReaderDep,
    services: ServicesDep,
    page: PageDep,
    status: Annotated[DocumentStatus | None, Query(description="Only those in this state.")] = None,
    q: Annotated[PlainText | None, Query(max_length=200, description="Words of the file name.")] = None,
) -> Json:
    """Your documents, the newest first; librarians see all."""
    found = await services.documents.list(by, DocumentFilter(status=status, q=q), page)
    return page_of(found, page, request)


@router.get("/{document_id}", response_model=DocumentDetailOut, responses=_NOT_YOURS)
async def get_document(document_id: UUID, by: ReaderDep, services: ServicesDep) -> Json:
    """One document with its history and analysis."""
    found = await services.documents.get(by, str(document_id))
    shown = {field.name: getattr(found.document, field.name) for field in fields(found.document)}
    history = [replace(step, detail=detail_for(step.detail, is_staff=by.is_staff)) for step in found.history]
    return Json({**shown, "history": history, "analysis": found.analysis})


@router.get("/{document_id}/status", response_model=StatusOut, responses=_NOT_YOURS)
async def get_document_status(document_id: UUID, by: ReaderDep, services: ServicesDep) -> Json:
    """How far a document is."""
    found = await services.documents.get(by, str(document_id))
    names = ("id", "status", "progress", "queue_position", "error", "updated_at")
    shown = {name: getattr(found.document, name) for name in names}
    latest = found.history[-1].detail if found.history else None
    estimate = await services.documents.estimate(by, found.document)
    return Json({**shown, "detail": detail_for(latest, is_staff=by.is_staff), "estimate": estimate})


@router.get("/{document_id}/text", responses=_NOT_YOURS)
async def get_document_text(
    document_id: UUID,
    by: ReaderDep,
    services: ServicesDep,
    page: Annotated[int | None, Query(ge=1, le=1_000_000, description="Only this page, counted from 1.")] = None,
) -> TextOut:
    """The text that was read out of the file."""
    found = await services.documents.text(by, str(document_id), page)
    return TextOut(pages=[PageOut(page=s.page, title=s.title, start=s.start, text=s.text) for s in found])


@router.post("/{document_id}/retry", status_code=202, responses=documented(Unauthenticated, DocumentNotFound, NotFailed))
async def retry_document(document_id: UUID, by: PrincipalDep, services: ServicesDep) -> DocumentOut:
    """Sends a failed document through the pipeline again."""
    return DocumentOut.of(await services.documents.retry(by, str(document_id)))


@router.post(
    "/{document_id}/book",
    status_code=201,
    responses=documented(Unauthenticated, NotAllowed, DocumentNotFound, DocumentHasBook, InvalidIsbn),
)
async def make_book(
    document_id: UUID, response: Response, by: PrincipalDep, services: ServicesDep, body: BookPatch | None = None
) -> BookOut:
    """Makes a catalogue entry of a document. What the body leaves out is read from the file, the title at last from its name."""
    services.intake.require_uploader(by)
    details = BookDetails(**body.changes()) if body else BookDetails()
    view = await services.books.make_of(by, str(document_id), details)
    response.headers["Location"] = f"/books/{view.id}"
    return BookOut.of(view)


@router.delete("/{document_id}", status_code=204, responses=documented(Unauthenticated, DocumentNotFound, DocumentHasBook))
async def remove_document(document_id: UUID, by: PrincipalDep, services: ServicesDep) -> None:
    """Deletes a document with its file, text and history; work on it stops. A book's file goes with its book."""
    await services.documents.remove(by, str(document_id))
