"""/books/{id}/reviews: what readers say."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, StringConstraints

from luminalib.api.deps import PrincipalDep, ReaderDep, ServicesDep
from luminalib.api.fields import Body
from luminalib.api.json import Json
from luminalib.api.paging import PageDep, PageOf, page_of
from luminalib.api.problems import documented
from luminalib.domain.books import BookNotFound
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.intelligence import Sentiment
from luminalib.domain.reviews import (
    TEXT_MAX,
    AlreadyReviewed,
    NeverBorrowed,
    ReviewNotFound,
    ReviewView,
    clean_text,
    says_something,
)

router = APIRouter(prefix="/books/{book_id}/reviews", tags=["reviews"])
EXAMPLE_TEXT = "The storm chapters are worth the slow start; the keeper stays with you."


def _clean(text: Any) -> Any:
    return clean_text(text) if isinstance(text, str) else text


def _says_something(text: str) -> str:
    if not says_something(text):
        raise ValueError("must hold at least one letter or picture")
    return text


class ReviewBody(Body):
    """An opinion."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rating": 4, "text": EXAMPLE_TEXT}]})
    rating: Annotated[int, Strict(), Field(ge=1, le=5)]
    text: Annotated[
        str,
        BeforeValidator(_clean),
        StringConstraints(max_length=TEXT_MAX),
        AfterValidator(_says_something),
        Field(min_length=1, description="At least one letter or picture. Control characters are taken out."),
    ]


class ReviewOut(BaseModel):
    """One reader's opinion; `sentiment` is null until the text has been read by the language engine."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    book_id: str
    user_id: str
    display_name: str = Field(examples=["Ada"])
    rating: int = Field(examples=[4])
    text: str = Field(examples=[EXAMPLE_TEXT])
    sentiment: Sentiment | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, view: ReviewView) -> "ReviewOut":
        """The review as it is sent."""
        return cls.model_validate(view, from_attributes=True)


@router.post("", status_code=201, responses=documented(Unauthenticated, BookNotFound, NeverBorrowed, AlreadyReviewed))
async def add_review(book_id: UUID, body: ReviewBody, by: PrincipalDep, services: ServicesDep) -> ReviewOut:
    """Reviews a book that you have or had on loan, once; later changes go to `/reviews/mine`."""
    return ReviewOut.of(await services.reviews.add(by, str(book_id), body.rating, body.text))


@router.get("", response_model=PageOf[ReviewOut], responses=documented(Unauthenticated, BookNotFound))
async def list_reviews(book_id: UUID, request: Request, by: ReaderDep, services: ServicesDep, page: PageDep) -> Json:
    """A book's reviews, the newest first."""
    found = await services.reviews.list(by, str(book_id), page)
    return page_of(found, page, request)


@router.put("/mine", responses=documented(Unauthenticated, BookNotFound, ReviewNotFound))
async def change_review(book_id: UUID, body: ReviewBody, by: PrincipalDep, services: ServicesDep) -> ReviewOut:
    """Puts another opinion in the place of yours."""
    return ReviewOut.of(await services.reviews.change(by, str(book_id), body.rating, body.text))


@router.delete("/mine", status_code=204, responses=documented(Unauthenticated, BookNotFound, ReviewNotFound))
async def remove_review(book_id: UUID, by: PrincipalDep, services: ServicesDep) -> None:
    """Takes your review back."""
    await services.reviews.remove(by, str(book_id))
