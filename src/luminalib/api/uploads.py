"""/uploads: resumable uploads by the tus 1.0 protocol (https://tus.io/protocols/resumable-upload)."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from email.utils import format_datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from starlette.requests import ClientDisconnect

from luminalib.api.book_fields import BookFields
from luminalib.api.deps import PrincipalDep, ServicesDep
from luminalib.api.json import Json
from luminalib.api.paging import PageDep, PageOf, page_of
from luminalib.api.problems import documented
from luminalib.domain.auth import NotAllowed, Principal, TooManyRequests
from luminalib.domain.books import InvalidIsbn
from luminalib.domain.documents import DuplicateContent, EmptyFile, FileTooLarge
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.media import UnsupportedMediaType
from luminalib.domain.paging import Page
from luminalib.domain.quotas import QuotaExceeded
from luminalib.domain.uploads import (
    METADATA_MAX,
    VERSION,
    MalformedMetadata,
    PieceTooSmall,
    TooManyUploads,
    Upload,
    UploadNotFound,
    WrongOffset,
    WrongVersion,
    parse_metadata,
)
from luminalib.ports.storage import StorageFull

EXTENSIONS = "creation,termination,expiration"
MAX_LENGTH = 2**53
PIECE = "application/offset+octet-stream"
BOOK_FIELDS = frozenset(BookFields.model_fields)
router = APIRouter(prefix="/uploads", tags=["uploads"])

VersionDep = Annotated[str | None, Header(alias="Tus-Resumable", description="The protocol's version: 1.0.0.", examples=[VERSION])]


class UploadStateOut(BaseModel):
    """How far an upload is, and what it became."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    filename: str
    length: int
    received: int
    expires_at: datetime
    document_id: str | None
    book_id: str | None


class ListedUploadOut(UploadStateOut):
    """An upload as lists show it, with whose it is."""

    user_id: str
    created_at: datetime


_BECOMES = (TooManyRequests, EmptyFile, UnsupportedMediaType, DuplicateContent, InvalidIsbn)
_NO_ROOM = (QuotaExceeded, StorageFull)


def _require_version(version: str | None) -> None:
    if version != VERSION:
        raise WrongVersion


def _tell(response: Response, upload: Upload) -> None:
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Upload-Offset"] = str(upload.received)
    response.headers["Upload-Expires"] = format_datetime(upload.expires_at, usegmt=True)
    for name, value in (("Upload-Document-Id", upload.document_id), ("Upload-Book-Id", upload.book_id)):
        if value:
            response.headers[name] = value


@router.options("", status_code=204)
async def describe_uploads(response: Response, services: ServicesDep) -> None:
    """What the server can do."""
    response.headers["Tus-Resumable"] = response.headers["Tus-Version"] = VERSION
    response.headers["Tus-Extension"] = EXTENSIONS
    response.headers["Tus-Max-Size"] = str(services.uploads.max_bytes)


@router.post(
    "",
    status_code=201,
    responses=documented(
        Unauthenticated, NotAllowed, WrongVersion, FileTooLarge, EmptyFile, MalformedMetadata, TooManyUploads, *_NO_ROOM
    ),
)
async def create_upload(
    response: Response,
    by: PrincipalDep,
    services: ServicesDep,
    upload_length: Annotated[int, Header(ge=0, le=MAX_LENGTH, description="The file's size in bytes.")],
    upload_metadata: Annotated[
        str,
        Header(
            max_length=METADATA_MAX,
            description="`key base64` pairs with commas between: `filename` (or `name`), and for a book any of title, author, isbn,"
            " language, published_year, description, tags, copies, series, series_index;"
            " `kind` (book or document) decides where these are left out.",
            examples=["filename c3RvcnkuZXB1Yg==,kind Ym9vaw=="],
        ),
    ] = "",
    version: VersionDep = None,
) -> None:
    """Announces a file. Its pieces go to the address in `Location`; what has arrived is kept for 24 hours."""
    _require_version(version)
    metadata = parse_metadata(upload_metadata)
    BookFields.parse(_fields(metadata))
    upload = await services.uploads.create(by, upload_length, metadata)
    response.headers["Location"] = f"/uploads/{upload.id}"
    _tell(response, upload)


@router.get("", response_model=PageOf[ListedUploadOut], responses=documented(Unauthenticated, NotAllowed))
async def list_uploads(
    request: Request,
    by: PrincipalDep,
    services: ServicesDep,
    page: PageDep,
    scope: Annotated[Literal["mine", "library"], Query(description="`library` shows everybody's, to admins.")] = "mine",
) -> Json:
    """Uploads, the newest first: unfinished ones hold their place and their share of the storage for 24 hours."""
    found = await services.uploads.list(by, page, whole_library=scope == "library")
    shown = [ListedUploadOut.model_validate(upload).model_dump() for upload in found.items]
    return page_of(Page(shown, found.total), page, request)


@router.head("/{upload_id}", responses=documented(Unauthenticated, WrongVersion, UploadNotFound, *_BECOMES))
async def get_upload_offset(
    upload_id: UUID, response: Response, by: PrincipalDep, services: ServicesDep, version: VersionDep = None
) -> None:
    """How many bytes have arrived: go on from there."""
    _require_version(version)
    upload = await _finish(by, services, await services.uploads.find(by, str(upload_id)))
    _tell(response, upload)
    response.headers["Upload-Length"] = str(upload.length)
    response.headers["Cache-Control"] = "no-store"


@router.get("/{upload_id}", responses=documented(Unauthenticated, UploadNotFound))
async def get_upload(upload_id: UUID, by: PrincipalDep, services: ServicesDep) -> UploadStateOut:
    """How far an upload is, and the ids of what it became."""
    return UploadStateOut.model_validate(await services.uploads.find(by, str(upload_id)))


@router.patch(
    "/{upload_id}",
    status_code=204,
    openapi_extra={"requestBody": {"required": True, "content": {PIECE: {"schema": {"type": "string", "format": "binary"}}}}},
    responses=documented(
        Unauthenticated, WrongVersion, UploadNotFound, WrongOffset, PieceTooSmall, FileTooLarge, StorageFull, *_BECOMES
    ),
)
async def send_piece(
    upload_id: UUID,
    request: Request,
    response: Response,
    by: PrincipalDep,
    services: ServicesDep,
    upload_offset: Annotated[int, Header(ge=0, le=MAX_LENGTH, description="Where the piece begins.")],
    version: VersionDep = None,
) -> None:
    """Sends the next piece. The last one is answered with `Upload-Document-Id` and, for a book, `Upload-Book-Id`."""
    _require_version(version)
    if request.headers.get("Content-Type", "").partition(";")[0].strip() != PIECE:
        raise UnsupportedMediaType(f"Send pieces as {PIECE}.")
    length = request.headers.get("Content-Length", "")
    announced = int(length) if length.isascii() and length.isdigit() else None
    upload = await services.uploads.append(by, str(upload_id), upload_offset, _until_it_breaks(request), announced)
    _tell(response, await _finish(by, services, upload))


@router.delete("/{upload_id}", status_code=204, responses=documented(Unauthenticated, WrongVersion, UploadNotFound))
async def remove_upload(
    upload_id: UUID, response: Response, by: PrincipalDep, services: ServicesDep, version: VersionDep = None
) -> None:
    """Gives an upload up; what it became stays. Admins may remove those of others."""
    _require_version(version)
    await services.uploads.remove(by, str(upload_id))
    response.headers["Tus-Resumable"] = VERSION


async def _until_it_breaks(request: Request) -> AsyncIterator[bytes]:
    with suppress(ClientDisconnect):  # what came so far counts; the client asks for the offset and goes on
        async for chunk in request.stream():
            yield chunk


def _fields(metadata: dict[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in metadata.items() if name in BOOK_FIELDS}


async def _finish(by: Principal, services: ServicesDep, upload: Upload) -> Upload:
    """Makes a book or a document of an upload that is whole and has not become anything yet."""
    if not upload.is_whole or upload.document_id:
        return upload
    staged = await services.intake.receive(
        by, upload.filename, services.uploads.content(by, upload), upload.length, is_counted=True
    )
    try:
        fields = _fields(upload.metadata)
        if upload.metadata.get("kind", "book" if fields else "document") == "book":
            book = await services.books.add(by, staged, BookFields.parse(fields))
            document_id, book_id = book.document_id, book.id
        else:
            document_id, book_id = (await services.documents.add(by, staged)).id, None
    except BaseException:
        await services.intake.discard(by, staged)
        raise
    return await services.uploads.complete(by, upload.id, document_id, book_id)
