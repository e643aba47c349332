"""What webhooks are sent: the messages, under `webhooks` in the OpenAPI document."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Header
from pydantic import BaseModel, Field

from luminalib.api.glossary import BOOK, DOCUMENT, LOAN, USER
from luminalib.domain.announcements import EventType

router = APIRouter(tags=["webhooks"])


class EventData(BaseModel):
    """What it is about."""

    url: str = Field(
        description="Where the library shows the whole: a path, absolute with LUMINALIB_PUBLIC_URL.",
        examples=[f"https://library.example.org/books/{BOOK}"],
    )


class Event(BaseModel):
    """A message."""

    timestamp: datetime = Field(description="When it happened.", examples=["2026-05-12T09:30:00Z"])
    sequence: int = Field(description="Numbers the tenant's messages in the order of their commits.", examples=[1204])


class DocumentEventData(EventData):
    """The document."""

    document_id: str
    book_id: str | None
    status: Literal["completed", "failed"]
    error: str | None = Field(description="What was wrong with it; null when it is completed.", examples=["encrypted"])


class DocumentEvent(Event):
    """A document has been processed."""

    type: Literal["document.completed", "document.failed"] = Field(description="What happened.", examples=["document.completed"])
    data: DocumentEventData = Field(description="What it is about.")


class BookEventData(EventData):
    """The book."""

    book_id: str
    document_id: str
    title: str


class BookEvent(Event):
    """The catalogue has changed."""

    type: Literal["book.created", "book.updated", "book.removed"] = Field(description="What happened.", examples=["book.created"])
    data: BookEventData = Field(description="What it is about.")


class LoanEventData(EventData):
    """The loan."""

    loan_id: str = Field(description="Its id.", examples=[LOAN])
    book_id: str
    user_id: str | None = Field(description="Who has borrowed it.", examples=[USER])
    state: Literal["open", "closed"]
    due_at: datetime


class LoanEvent(Event):
    """A book was borrowed or is back, or should be."""

    type: Literal["loan.opened", "loan.closed", "loan.overdue"] = Field(description="What happened.", examples=["loan.opened"])
    data: LoanEventData = Field(description="What it is about.")


class HoldEventData(EventData):
    """The hold."""

    hold_id: str = Field(description="Its id.", examples=[LOAN])
    book_id: str
    user_id: str = Field(description="Who has waited.", examples=[USER])
    ready_until: datetime | None


class HoldEvent(Event):
    """A copy is kept for who has waited."""

    type: Literal["hold.ready"] = Field(description="What happened.")
    data: HoldEventData = Field(description="What it is about.")


class ReviewEventData(EventData):
    """The review, without its text."""

    review_id: str = Field(description="Its id.", examples=[LOAN])
    book_id: str
    user_id: str = Field(description="Who wrote it.", examples=[USER])
    rating: int


class ReviewEvent(Event):
    """A review was written, changed or taken back."""

    type: Literal["review.created", "review.updated", "review.removed"] = Field(
        description="What happened.", examples=["review.created"]
    )
    data: ReviewEventData = Field(description="What it is about.")


class ConsensusEventData(EventData):
    """The book and its reviews."""

    book_id: str
    review_count: int


class ConsensusEvent(Event):
    """What readers say together was worded anew."""

    type: Literal["consensus.updated"] = Field(description="What happened.")
    data: ConsensusEventData = Field(description="What it is about.")


class InquiryEventData(EventData):
    """The inquiry, without its text."""

    inquiry_id: str = Field(description="Its id.", examples=[DOCUMENT])
    intent: str = Field(description="What it is about.", examples=["partnership"])
    state: str = Field(description="How far it has come.", examples=["qualified"])
    score: int | None = Field(description="How promising it is, 0 to 100; null while nobody has judged.", examples=[72])


class InquiryEvent(Event):
    """An inquiry came in, or was qualified."""

    type: Literal["inquiry.created", "inquiry.qualified"] = Field(description="What happened.", examples=["inquiry.created"])
    data: InquiryEventData = Field(description="What it is about.")


class QuotaEventData(EventData):
    """The quota."""

    quota: str = Field(description="Which one.", examples=["documents_per_day"])
    limit: int = Field(description="How much there is.", examples=[100])
    used: int = Field(description="How much of it is used.", examples=[80])


class QuotaEvent(Event):
    """A quota is used up, or nearly."""

    type: Literal["quota.reached"] = Field(description="What happened.")
    data: QuotaEventData = Field(description="What it is about.")


Id = Annotated[str, Header(alias="webhook-id", description="The same at every attempt: do each once.", examples=[DOCUMENT])]
Sent = Annotated[int, Header(alias="webhook-timestamp", description="When it was sent, in seconds.", examples=[1778578200])]
Signed = Annotated[
    str,
    Header(
        alias="webhook-signature",
        description="`v1,` and the HMAC-SHA-256 of id, timestamp and body with a full stop between, in base64; two while a secret"
        " rotates.",
        examples=["v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="],
    ),
]
Version = Annotated[str, Header(alias="webhook-api-version", description="The version of the messages.", examples=["1"])]

SCHEMAS: dict[str, type[Event]] = {
    "document": DocumentEvent,
    "book": BookEvent,
    "loan": LoanEvent,
    "hold": HoldEvent,
    "review": ReviewEvent,
    "consensus": ConsensusEvent,
    "inquiry": InquiryEvent,
    "quota": QuotaEvent,
}
"""By the first word of a type."""


def _receiver(kind: type[Event]) -> Callable[..., None]:
    def receive(body: kind, webhook_id: Id, sent: Sent, signed: Signed, version: Version) -> None:  # type: ignore[valid-type]
        del body, webhook_id, sent, signed, version

    receive.__doc__ = f"{(kind.__doc__ or '').strip()} Answer 2xx within 15 seconds, or it is sent again."
    return receive


for one in EventType:
    router.add_api_route(
        one.value,
        _receiver(SCHEMAS[one.partition(".")[0]]),
        methods=["POST"],
        name=one.replace(".", "_"),
        status_code=204,
        response_description="It has arrived.",
    )
