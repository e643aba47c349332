"""/books/{id}/analysis: what all reviews of a book say together."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from luminalib.api.deps import ReaderDep, ServicesDep
from luminalib.api.problems import documented
from luminalib.domain.books import BookNotFound
from luminalib.domain.consensus_views import ConsensusStatus, ConsensusView
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.intelligence import Sentiment

router = APIRouter(prefix="/books", tags=["reviews"])


class HistogramOut(BaseModel):
    """The ratings of all reviews, exact at any time; `mean` is null while there is none."""

    mean: float | None = Field(examples=[4.2])
    count: int = Field(examples=[5])
    histogram: dict[str, int] = Field(examples=[{"1": 0, "2": 0, "3": 1, "4": 2, "5": 2}])


class AspectOut(BaseModel):
    """What readers judge, what most of them think of it, and in which reviews."""

    name: str = Field(examples=["pacing"])
    sentiment: Sentiment
    mentions: int = Field(examples=[3])
    review_ids: list[str]


class ConsensusOut(BaseModel):
    """The rolling consensus.

    `status`: empty without reviews, pending while some are unread (with what was known before), completed, or failed with the
    reason in `error`. The numbers are exact in each case.
    """

    status: ConsensusStatus
    consensus: str | None = Field(examples=["The characters stay with readers; the middle of the book divides them."])
    sentiment: Sentiment | None
    rating: HistogramOut
    aspects: list[AspectOut]
    praise: list[str] = Field(description="Sentences of reviews.")
    criticism: list[str] = Field(description="Sentences of reviews.")
    review_count: int = Field(examples=[5])
    provider: str | None = Field(examples=["extractive"])
    model: str | None
    prompt: str | None
    updated_at: datetime | None
    error: str | None = None

    @classmethod
    def of(cls, found: ConsensusView) -> "ConsensusOut":
        """The analysis as it is sent."""
        kept = found.words
        ratings = found.ratings
        return cls(
            status=found.status,
            consensus=kept.text or None if kept else None,
            sentiment=found.sentiment,
            rating=HistogramOut(
                mean=ratings.mean, count=ratings.count, histogram={str(stars): count for stars, count in ratings.histogram.items()}
            ),
            aspects=[
                AspectOut(name=aspect.name, sentiment=aspect.sentiment, mentions=aspect.mentions, review_ids=[*ids])
                for aspect, ids in found.aspects
            ],
            praise=[*kept.praise] if kept else [],
            criticism=[*kept.criticism] if kept else [],
            review_count=ratings.count,
            provider=kept.provider or None if kept else None,
            model=kept.model or None if kept else None,
            prompt=kept.prompt or None if kept else None,
            updated_at=kept.updated_at if kept else None,
            error=kept.error if kept else None,
        )


@router.get("/{book_id}/analysis", responses=documented(Unauthenticated, BookNotFound))
async def get_analysis(book_id: UUID, by: ReaderDep, services: ServicesDep) -> ConsensusOut:
    """What all reviews of a book say together: exact numbers, aspects with the reviews that judge them, and prose about them."""
    return ConsensusOut.of(await services.consensus.analysis(by, str(book_id)))
