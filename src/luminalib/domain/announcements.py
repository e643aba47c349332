"""What the library announces to other systems: each event as little as possible, with the place where the rest can be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from luminalib.domain.books import Book
from luminalib.domain.consensus import Consensus
from luminalib.domain.documents import Document, DocumentStatus
from luminalib.domain.holds import Hold
from luminalib.domain.loans import Loan
from luminalib.domain.reviews import Review


class EventType(StrEnum):
    """What can be announced."""

    DOCUMENT_COMPLETED = "document.completed"
    DOCUMENT_FAILED = "document.failed"
    BOOK_CREATED = "book.created"
    BOOK_UPDATED = "book.updated"
    BOOK_REMOVED = "book.removed"
    LOAN_OPENED = "loan.opened"
    LOAN_CLOSED = "loan.closed"
    LOAN_OVERDUE = "loan.overdue"
    HOLD_READY = "hold.ready"
    REVIEW_CREATED = "review.created"
    REVIEW_UPDATED = "review.updated"
    REVIEW_REMOVED = "review.removed"
    CONSENSUS_UPDATED = "consensus.updated"
    INQUIRY_CREATED = "inquiry.created"
    INQUIRY_QUALIFIED = "inquiry.qualified"
    QUOTA_REACHED = "quota.reached"


@dataclass(frozen=True, kw_only=True, slots=True)
class Announcement:
    """An event: `data` are ids and a few facts, `path` is where the library shows the whole, `text` says it to people."""

    type: EventType
    data: Mapping[str, Any]
    path: str
    text: str
    at: datetime


def document_finished(document: Document, book_id: str | None, at: datetime) -> Announcement:
    """A document is completed or has failed."""
    has_failed = document.status is DocumentStatus.FAILED
    return Announcement(
        type=EventType.DOCUMENT_FAILED if has_failed else EventType.DOCUMENT_COMPLETED,
        data={
            "document_id": document.id,
            "book_id": book_id,
            "status": document.status.value,
            "error": document.error_code if has_failed else None,
        },
        path=f"/documents/{document.id}",
        text=f"“{document.filename}” {'could not be processed' if has_failed else 'has been processed'}.",
        at=at,
    )


_BOOK_DEEDS = {
    EventType.BOOK_CREATED: "is in the catalogue",
    EventType.BOOK_UPDATED: "was changed",
    EventType.BOOK_REMOVED: "was removed",
}


def about_book(kind: EventType, book: Book, at: datetime) -> Announcement:
    """A book was added, changed or removed."""
    return Announcement(
        type=kind,
        data={"book_id": book.id, "document_id": book.document_id, "title": book.title},
        path=f"/books/{book.id}",
        text=f"“{book.title}” {_BOOK_DEEDS[kind]}.",
        at=at,
    )


_LOAN_DEEDS = {
    EventType.LOAN_OPENED: "was borrowed",
    EventType.LOAN_CLOSED: "is back",
    EventType.LOAN_OVERDUE: "is overdue",
}


def about_loan(kind: EventType, loan: Loan, title: str, at: datetime) -> Announcement:
    """A loan was opened or closed, or is overdue."""
    return Announcement(
        type=kind,
        data={
            "loan_id": loan.id,
            "book_id": loan.book_id,
            "user_id": loan.user_id,
            "state": loan.state.value,
            "due_at": written(loan.due_at),
        },
        path=f"/loans?scope=library&book_id={loan.book_id}",
        text=f"“{title}” {_LOAN_DEEDS[kind]}.",
        at=at,
    )


def hold_is_ready(hold: Hold, title: str, at: datetime) -> Announcement:
    """A copy is kept for who waited."""
    return Announcement(
        type=EventType.HOLD_READY,
        data={
            "hold_id": hold.id,
            "book_id": hold.book_id,
            "user_id": hold.user_id,
            "ready_until": written(hold.ready_until) if hold.ready_until else None,
        },
        path=f"/holds?scope=library&book_id={hold.book_id}",
        text=f"“{title}” is ready for the next in line.",
        at=at,
    )


def about_review(kind: EventType, review: Review, title: str, at: datetime) -> Announcement:
    """A review was written, changed or taken back."""
    deed = {EventType.REVIEW_CREATED: "has a new review", EventType.REVIEW_UPDATED: "has a changed review"}
    return Announcement(
        type=kind,
        data={"review_id": review.id, "book_id": review.book_id, "user_id": review.user_id, "rating": review.rating},
        path=f"/books/{review.book_id}/reviews",
        text=f"“{title}” {deed.get(kind, 'has one review less')} ({review.rating} of 5 stars).",
        at=at,
    )


def consensus_updated(consensus: Consensus, review_count: int, title: str, at: datetime) -> Announcement:
    """What readers say together was worded anew."""
    return Announcement(
        type=EventType.CONSENSUS_UPDATED,
        data={"book_id": consensus.book_id, "review_count": review_count},
        path=f"/books/{consensus.book_id}/analysis",
        text=f"What readers say of “{title}” was summed up anew ({review_count} reviews).",
        at=at,
    )


def about_inquiry(kind: EventType, inquiry_id: str, intent: str, state: str, score: int | None, at: datetime) -> Announcement:
    """An inquiry came in, or was qualified."""
    deed = "came in" if kind is EventType.INQUIRY_CREATED else "was qualified"
    return Announcement(
        type=kind,
        data={"inquiry_id": inquiry_id, "intent": intent, "state": state, "score": score},
        path=f"/inquiries/{inquiry_id}",
        text=f"An inquiry ({intent}) {deed}" + (f" with a score of {score}." if score is not None else "."),
        at=at,
    )


def quota_reached(quota: str, limit: int, used: int, at: datetime) -> Announcement:
    """A quota is used up, or nearly."""
    return Announcement(
        type=EventType.QUOTA_REACHED,
        data={"quota": quota, "limit": limit, "used": used},
        path="/usage",
        text=f"{used} of {limit} are used: {quota}.",
        at=at,
    )


def written(at: datetime) -> str:
    """An instant as the API writes it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
