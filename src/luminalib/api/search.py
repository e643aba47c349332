"""/search: inside the books."""

from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from luminalib.api.deps import PrincipalDep, ReaderDep, ServicesDep
from luminalib.api.fields import PlainText
from luminalib.api.glossary import BOOK, DOCUMENT
from luminalib.api.json import Json
from luminalib.api.problems import documented
from luminalib.domain.catalogue import SuggestionKind
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.search import LONGEST_QUESTION, MOST_CHOSEN, NoMeanings, NothingToSearch, PassageView, SearchMode
from luminalib.ports.embedder import EmbedderUnavailable
from luminalib.ports.passage_index import PassageIndexUnavailable
from luminalib.services.search import FoundPassage, SearchAnswer, SearchRequest

MOST = 50
router = APIRouter(tags=["search"])


class HighlightOut(BaseModel):
    """Where a word of the question stands in the snippet, in characters."""

    start: int
    stop: int


class PlaceOut(BaseModel):
    """Where a passage stands: `start` and `stop` are offsets in the document's whole text, in characters."""

    heading: str | None = Field(description="The title of the chapter, where it has one.", examples=["Chapter 4"])
    start: int = Field(examples=[48211])
    stop: int = Field(examples=[49580])
    percent: float = Field(description="How far into the document.", examples=[34.2])
    anchor: str | None = Field(description="In an EPUB: the file of the chapter, and its element.", examples=["OEBPS/c4.xhtml#ch4"])

    @classmethod
    def of(cls, view: PassageView) -> Self:
        """The place as it is sent."""
        passage = view.passage
        return cls(heading=passage.heading, start=passage.start, stop=passage.stop, percent=view.percent, anchor=view.anchor)


class FoundOut(BaseModel):
    """A passage. `page` is a page of a PDF, a chapter of an EPUB, about a page of a text, as in GET /documents/{id}/text."""

    passage_id: str
    document_id: str
    book_id: str | None
    title: str
    page: int
    place: PlaceOut
    snippet: str = Field(description="At most 300 characters of it.")
    highlights: list[HighlightOut]
    text: str | None = Field(description="The whole passage, for who has the book on loan, its owner and librarians.")
    score: float = Field(description="0 to 1 within this answer.", examples=[0.87])
    why: list[str] = Field(description="What found it: words, meaning or both.", examples=[["words", "meaning"]])

    @classmethod
    def of(cls, found: FoundPassage) -> Self:
        """The passage as it is sent."""
        view = found.view
        return cls(
            passage_id=view.passage.id,
            document_id=view.passage.document_id,
            book_id=view.book_id,
            title=view.title,
            page=view.passage.page,
            place=PlaceOut.of(view),
            snippet=found.snippet.text,
            highlights=[HighlightOut(start=start, stop=stop) for start, stop in found.snippet.highlights],
            text=found.text,
            score=round(found.score, 4),
            why=list(found.why),
        )


class SearchOut(BaseModel):
    """What was found, the best first."""

    items: list[FoundOut]
    mode: SearchMode = Field(description="How was searched.")
    total: int = Field(description="How many passages have any of the telling words; counted to 1,000.")
    total_is_capped: bool = Field(description="Whether there are more than `total`.")
    note: str | None = Field(description="What could not be done, such as searching by meaning while the model is away.")

    @classmethod
    def of(cls, answer: SearchAnswer) -> Self:
        """The answer as it is sent."""
        found = answer.retrieved
        items = [FoundOut.of(item) for item in answer.items]
        return cls(items=items, mode=found.mode, total=found.total, total_is_capped=found.is_capped, note=found.note)


class SuggestionOut(BaseModel):
    """How somebody who types may go on."""

    kind: SuggestionKind = Field(description="What it completes to.", examples=["title"])
    text: str = Field(description="How it is written.", examples=["Alice's Adventures in Wonderland"])
    book_id: str | None = Field(None, description="Of a title, its book.", examples=[BOOK])


class SuggestionsOut(BaseModel):
    """Completions, the likeliest first."""

    items: list[SuggestionOut]


@router.get("/search/suggest", response_model=SuggestionsOut, responses=documented(Unauthenticated))
async def suggest(
    by: ReaderDep,
    services: ServicesDep,
    q: Annotated[PlainText, Query(min_length=1, max_length=200, description="What has been typed so far.", examples=["ali"])],
    limit: Annotated[int, Query(ge=1, le=20, description="How many completions.")] = 8,
) -> Json:
    """Completes what is typed to titles, authors, series and tags of the catalogue."""
    return Json({"items": await services.books.suggest(by, q, limit)})


@router.get(
    "/search",
    responses=documented(Unauthenticated, NothingToSearch, NoMeanings, EmbedderUnavailable, PassageIndexUnavailable),
)
async def search_passages(
    by: PrincipalDep,
    services: ServicesDep,
    q: Annotated[str, Query(min_length=1, max_length=LONGEST_QUESTION, description="Words, a question, or a “phrase” in quotes.")],
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many passages.")] = 10,
    book_id: Annotated[
        list[UUID] | None, Query(max_length=MOST_CHOSEN, description="Only in these books; repeatable.", examples=[[BOOK]])
    ] = None,
    document_id: Annotated[
        list[UUID] | None, Query(max_length=MOST_CHOSEN, description="Only in these documents; repeatable.", examples=[[DOCUMENT]])
    ] = None,
    mode: Annotated[SearchMode, Query(description="auto uses whatever the library has.")] = SearchMode.AUTO,
    group: Annotated[Literal["book"] | None, Query(description="book: the best passage of each book.")] = None,
) -> SearchOut:
    """Passages of the library's books, and of your own documents, that speak of what you ask: with the place where they stand.

    Of books that you have not borrowed you see short quotations.
    """
    wanted = SearchRequest(
        q=q,
        limit=limit,
        mode=mode,
        book_ids=[str(one) for one in book_id or ()],
        document_ids=[str(one) for one in document_id or ()],
        group_by_book=group == "book",
    )
    return SearchOut.of(await services.search.search(by, wanted))
