"""/books: the catalogue."""

from dataclasses import fields
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from luminalib.api.book_fields import BookBody, BookFields, BookPatch
from luminalib.api.book_forms import CONTENT_FORM, UPLOAD_FORM
from luminalib.api.content import send_content
from luminalib.api.deps import PrincipalDep, ReaderDep, ServicesDep, ViewerDep, services_in
from luminalib.api.fields import PlainText
from luminalib.api.json import Json
from luminalib.api.multipart import MalformedUpload, MissingFile, UploadForm, announced_in, read_upload
from luminalib.api.paging import PageOf, page_of
from luminalib.api.preconditions import SeenDep, etag
from luminalib.api.problems import documented
from luminalib.api.queries import PageQuery, parameters_of, read_query
from luminalib.api.schemas import BookOut, SummaryOut, summary_json
from luminalib.domain.auth import NotAllowed, TooManyRequests
from luminalib.domain.books import BookFilter, BookNotFound, BookView, InvalidIsbn, LoanRequired, NothingToRank, SeriesMissing
from luminalib.domain.catalogue import FacetKind, FoundBooks
from luminalib.domain.covers import CoverNotFound
from luminalib.domain.documents import DocumentStatus, DuplicateContent, EmptyFile, FileTooLarge
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.loans import BookOnLoan, CopiesOut
from luminalib.domain.media import MediaType, UnsupportedMediaType
from luminalib.domain.versions import Outdated, VersionNotNamed, version_of

router = APIRouter(prefix="/books", tags=["books"])

SORTS = Literal[
    "relevance",
    "title",
    "-title",
    "author",
    "-author",
    "year",
    "-year",
    "created_at",
    "-created_at",
    "rating",
    "-rating",
    "loans",
    "-loans",
    "series",
    "-series",
]
_FILE_ERRORS = (TooManyRequests, EmptyFile, MalformedUpload, MissingFile, FileTooLarge, UnsupportedMediaType, DuplicateContent)


@router.post(
    "",
    status_code=201,
    openapi_extra=UPLOAD_FORM,
    responses=documented(Unauthenticated, NotAllowed, InvalidIsbn, SeriesMissing, *_FILE_ERRORS),
)
async def add_book(request: Request, response: Response, by: PrincipalDep, services: ServicesDep) -> BookOut:
    """Adds a book from its file. What the form leaves out is read from the file, the title at last from its name.

    The answer comes at once; text and summary follow in the background: watch `status`, or `GET /documents/stream`.
    """
    services.intake.require_uploader(by)
    form = UploadForm()
    try:
        staged = await read_upload(
            request, lambda name, chunks: services.intake.receive(by, name, chunks, announced_in(request)), form
        )
        view = await services.books.add(by, staged, BookFields.parse(form.fields))
    except BaseException:
        await services.intake.discard(by, form.staged)
        raise
    response.headers["Location"] = f"/books/{view.id}"
    return BookOut.of(view)


def _named(facets: str) -> str:
    if unknown := sorted({kind.strip() for kind in facets.split(",")} - set(FacetKind)):
        raise ValueError(f"{unknown[0]!r} is none of {', '.join(FacetKind)}; separate several by commas")
    return facets


class BookQuery(PageQuery):
    """Which books a list shows, and in which order."""

    q: Annotated[PlainText, StringConstraints(max_length=200)] | None = Field(
        None,
        description="Words or their beginnings, of title, series, authors, tags, ISBN, description and summary; each must be found."
        " What was misspelt is corrected when nothing has it as it stands.",
        examples=["mock turtle"],
    )
    author: Annotated[PlainText, StringConstraints(max_length=200)] | None = Field(
        None, description="Words of the authors' names: all must be found."
    )
    tag: Annotated[PlainText, StringConstraints(max_length=100)] | None = Field(None, description="A whole tag.")
    series: Annotated[PlainText, StringConstraints(max_length=200)] | None = Field(
        None, description="The whole name of a series; its volumes come in their order unless `sort` says otherwise."
    )
    language: Annotated[PlainText, StringConstraints(max_length=35)] | None = Field(
        None, description="A language's code, such as en."
    )
    year: int | None = Field(None, ge=-4000, le=2200, description="The year of publication.")
    status: DocumentStatus | None = Field(None, description="The state of the file's pipeline.")
    available: bool | None = Field(None, description="Whether a copy is in.")
    sort: SORTS | None = Field(
        None,
        description="A leading minus sorts the other way round. By default the newest come first; with `q` what fits best"
        " (`relevance`, of which the best 500 are listed), with `series` its volumes in their order.",
        examples=["-rating"],
    )
    facets: Annotated[PlainText, AfterValidator(_named)] | None = Field(
        None,
        json_schema_extra={"pattern": f"^({'|'.join(FacetKind)})(,({'|'.join(FacetKind)}))*$"},
        description="What the books of the list are counted by, separated by commas.",
        examples=["author,tag"],
    )

    @property
    def filter(self) -> BookFilter:
        """What is wanted, in the order that fits it best unless it names one."""
        sort = self.sort or ("relevance" if self.q else "series" if self.series else "-created_at")
        return BookFilter(sort=sort, **{name: getattr(self, name) for name in _FILTERS})

    @property
    def counted(self) -> list[FacetKind]:
        """What the books are counted by."""
        return [FacetKind(kind) for kind in dict.fromkeys(map(str.strip, self.facets.split(",")))] if self.facets else []


class FacetOut(BaseModel):
    """A value, and how many books of the list have it."""

    value: str | int = Field(description="The value, as the books have it.", examples=["Charles Dickens"])
    count: int = Field(description="How many books have it.", examples=[12])


class BookPage(PageOf[BookOut]):
    """A page of the catalogue."""

    did_you_mean: str | None = Field(
        None, description="What was looked for instead, when nothing was found as it was typed.", examples=["sherlock"]
    )
    facets: dict[FacetKind, list[FacetOut]] | None = Field(
        None,
        description="The most frequent values, where they were asked for; of a filtered list 5,000 books are counted at most.",
        examples=[{"tag": [{"value": "adventure", "count": 3}]}],
    )


@router.get(
    "",
    response_model=BookPage,
    responses=documented(Unauthenticated, NothingToRank),
    openapi_extra={"parameters": parameters_of(BookQuery)},
)
async def list_books(request: Request, by: ReaderDep) -> Json:
    """Lists the catalogue, or finds books in it."""
    query = read_query(BookQuery, request)
    found = await services_in(request).books.list(by, query.filter, query.wanted, query.counted)
    if not isinstance(found, FoundBooks):
        return page_of(found, query.wanted, request)
    return page_of(found, query.wanted, request, did_you_mean=found.did_you_mean, facets=found.facets)


_FILTERS = tuple(field.name for field in fields(BookFilter) if field.name != "sort")


def _versioned(response: Response, book: BookView) -> BookOut:
    response.headers.update(etag(version_of(book.updated_at)))
    return BookOut.of(book)


@router.get("/{book_id}", response_model=BookOut, responses=documented(Unauthenticated, BookNotFound))
async def get_book(book_id: UUID, request: Request, by: ReaderDep) -> Json:
    """One book."""
    book = await services_in(request).books.get(by, str(book_id))
    return Json(book, headers=etag(version_of(book.updated_at)))


@router.put(
    "/{book_id}",
    responses=documented(
        Unauthenticated, NotAllowed, BookNotFound, InvalidIsbn, SeriesMissing, CopiesOut, Outdated, VersionNotNamed
    ),
)
async def replace_book(
    book_id: UUID, body: BookBody, response: Response, by: PrincipalDep, services: ServicesDep, seen: SeenDep
) -> BookOut:
    """Replaces all that is said about a book. For its owner and librarians."""
    return _versioned(response, await services.books.describe(by, str(book_id), dict(body), seen))


@router.patch(
    "/{book_id}",
    responses=documented(
        Unauthenticated, NotAllowed, BookNotFound, InvalidIsbn, SeriesMissing, CopiesOut, Outdated, VersionNotNamed
    ),
)
async def change_book(
    book_id: UUID, body: BookPatch, response: Response, by: PrincipalDep, services: ServicesDep, seen: SeenDep
) -> BookOut:
    """Changes some of what is said about a book. For its owner and librarians."""
    return _versioned(response, await services.books.describe(by, str(book_id), body.changes(), seen))


@router.delete(
    "/{book_id}",
    status_code=204,
    responses=documented(Unauthenticated, NotAllowed, BookNotFound, BookOnLoan, Outdated, VersionNotNamed),
)
async def remove_book(book_id: UUID, by: PrincipalDep, services: ServicesDep, seen: SeenDep) -> None:
    """Removes a book with its file, text and summary. For its owner and librarians."""
    await services.books.remove(by, str(book_id), seen)


@router.put(
    "/{book_id}/content",
    openapi_extra=CONTENT_FORM,
    responses=documented(Unauthenticated, NotAllowed, BookNotFound, *_FILE_ERRORS),
)
async def replace_content(book_id: UUID, request: Request, by: PrincipalDep, services: ServicesDep) -> BookOut:
    """Replaces the book's file and starts the pipeline again. For its owner and librarians."""
    await services.books.require_editor(by, str(book_id))
    form = UploadForm()
    try:
        staged = await read_upload(
            request, lambda name, chunks: services.intake.receive(by, name, chunks, announced_in(request)), form
        )
        return BookOut.of(await services.books.replace_content(by, str(book_id), staged))
    except BaseException:
        await services.intake.discard(by, form.staged)
        raise


_BINARY = {"type": "string", "format": "binary"}
_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": {kind.value: {"schema": _BINARY} for kind in MediaType}},
    206: {"description": "The part of the file that `Range` asks for."},
    304: {"description": "You have it: `If-None-Match` names the present file."},
    416: {"description": "`Range` lies outside the file."},
}


@router.get(
    "/{book_id}/content",
    response_class=Response,
    responses={**documented(Unauthenticated, BookNotFound, LoanRequired), **_CONTENT},
)
async def download_content(book_id: UUID, request: Request, by: ViewerDep, services: ServicesDep) -> Response:
    """The book's file, whole or in ranges. For those who have it on loan, its owner and librarians."""
    file = await services.books.open_content(by, str(book_id))
    return send_content(request, file, services.books.read)


@router.get(
    "/{book_id}/cover",
    response_class=Response,
    responses={
        **documented(Unauthenticated, BookNotFound, CoverNotFound),
        200: {
            "description": "At most 600 x 900 pixels; SVG where we have no letters to draw the title with.",
            "content": {"image/webp": {"schema": _BINARY}, "image/svg+xml": {"schema": {"type": "string"}}},
        },
        304: {"description": "You have it: `If-None-Match` names the present cover."},
    },
)
async def get_cover(book_id: UUID, request: Request, by: ViewerDep, services: ServicesDep) -> Response:
    """The book's cover: the image that its file names, the first page of a PDF, else one that is drawn from title and authors.

    The book's `cover.kind` tells which: `found` or `drawn`.
    """
    file = await services.books.find_cover(by, str(book_id))
    headers = {"ETag": f'"cover-{file.cover_name}"', "Cache-Control": "private, max-age=3600"}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    image = await services.books.read_cover(file)
    return Response(image.content, media_type=image.media_type, headers=headers)


@router.get("/{book_id}/summary", response_model=SummaryOut, responses=documented(Unauthenticated, BookNotFound))
async def get_summary(book_id: UUID, by: ReaderDep, services: ServicesDep) -> Json:
    """What the book is about. `status` tells how far it is; the summary is there once it says `completed`."""
    return Json(summary_json(await services.intelligence.summary(by, str(book_id)), is_staff=by.is_staff))
