"""/recommendations, and books like one book."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from luminalib.api.deps import PrincipalDep, ReaderDep, ServicesDep
from luminalib.api.fields import Body
from luminalib.api.problems import documented
from luminalib.api.schemas import BookOut
from luminalib.domain.books import BookNotFound
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.recommendations import Reason, ReasonKind, Strategy, sentence
from luminalib.domain.tastes import Verdict
from luminalib.services.recommendations.answers import Answer, Recommended

router = APIRouter(tags=["recommendations"])
LimitDep = Annotated[int, Query(ge=1, le=100, description="How many books.")]


class ReasonOut(BaseModel):
    """One reason: a sentence, and the book, tag, author or series of yours that it speaks of."""

    kind: ReasonKind
    text: str = Field(examples=["Because you liked “The Lighthouse Keeper's Ledger”"])
    book_id: str | None = None
    tag: str | None = None
    author: str | None = None
    series: str | None = None

    @classmethod
    def of(cls, reason: Reason, titles: dict[str, str]) -> "ReasonOut":
        """The reason as it is sent."""
        named = {reason.kind.value: reason.name} if reason.name else {}
        return cls(kind=reason.kind, text=sentence(reason, titles), book_id=reason.book_id, **named)


class RecommendationOut(BaseModel):
    """A book and why it is on the list, the strongest reason first. Scores compare books of one answer and strategy."""

    book: BookOut
    rank: int = Field(examples=[1], description="The place on the list, from 1.")
    score: float = Field(examples=[0.42])
    reasons: list[ReasonOut]
    strategy: Strategy
    explanation: dict[str, float] | None = Field(
        default=None,
        description="With `?explain=true`: what the score is the sum of.",
        examples=[{"community": 0.21, "content": 0.17, "taste": 0.0, "onward": 0.06, "variety": -0.02}],
    )

    @classmethod
    def of(cls, rank: int, item: Recommended, titles: dict[str, str], *, explain: bool) -> "RecommendationOut":
        """The recommendation as it is sent."""
        pick = item.pick
        parts = {name: round(amount, 6) for name, amount in (*pick.candidate.parts.items(), ("variety", -pick.penalty))}
        return cls(
            book=BookOut.of(item.view),
            rank=rank,
            score=round(pick.candidate.score - pick.penalty, 6),
            reasons=[ReasonOut.of(reason, titles) for reason in pick.candidate.reasons],
            strategy=pick.strategy,
            explanation=parts if explain else None,
        )


class ModelOut(BaseModel):
    """What recommended: `hybrid` with the version of its model, or `tfidf`, which has none."""

    name: str = Field(examples=["hybrid"])
    version: int | None = Field(examples=[3])


class RecommendationsOut(BaseModel):
    """Books for you. `strategy` is that of the first: `personal`, `taste`, `popular` or `new`; a newcomer gets what there is."""

    items: list[RecommendationOut]
    strategy: Strategy
    model: ModelOut
    generated_at: datetime

    @classmethod
    def of(cls, answer: Answer, *, explain: bool) -> "RecommendationsOut":
        """The answer as it is sent."""
        return cls(
            items=[RecommendationOut.of(rank, item, answer.titles, explain=explain) for rank, item in enumerate(answer.items, 1)],
            strategy=answer.strategy,
            model=ModelOut(name=answer.recommender, version=answer.model),
            generated_at=answer.generated_at,
        )


class SimilarOut(BaseModel):
    """Books like one book, the most alike first."""

    items: list[RecommendationOut]
    model: ModelOut


class FeedbackBody(Body):
    """What you say to a recommendation."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"book_id": "781e66a8-52b8-4f0e-a1a1-7d6b3fd7a0a5", "verdict": "not_interested"}]}
    )
    book_id: UUID
    verdict: Verdict


@router.get("/recommendations", responses=documented(Unauthenticated))
async def list_recommendations(
    by: PrincipalDep,
    services: ServicesDep,
    limit: LimitDep = 10,
    explain: Annotated[bool, Query(description="Whether to say what each score is the sum of.")] = False,  # noqa: FBT002
) -> RecommendationsOut:
    """What to read next: books that you have not had, with reasons. What you borrow, rate or say counts from the next answer on."""
    return RecommendationsOut.of(await services.recommendations.recommend(by, limit), explain=explain)


@router.post("/recommendations/feedback", status_code=204, responses=documented(Unauthenticated, BookNotFound))
async def give_feedback(body: FeedbackBody, by: PrincipalDep, services: ServicesDep) -> None:
    """Says that you have read a book, or that it is not for you. It is not recommended again."""
    await services.recommendations.tell(by, str(body.book_id), body.verdict)


@router.get("/books/{book_id}/similar", responses=documented(Unauthenticated, BookNotFound))
async def list_similar_books(book_id: UUID, by: ReaderDep, services: ServicesDep, limit: LimitDep = 10) -> SimilarOut:
    """Books like this one, without those that have a tag which you exclude."""
    answer = await services.recommendations.similar(by, str(book_id), limit)
    items = [RecommendationOut.of(rank, item, answer.titles, explain=False) for rank, item in enumerate(answer.items, 1)]
    return SimilarOut(items=items, model=ModelOut(name=answer.recommender, version=answer.model))
