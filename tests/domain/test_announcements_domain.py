"""What receivers of webhooks build on: names of facts are added, never renamed or dropped."""

from datetime import UTC, datetime, timedelta

import pytest

from luminalib.domain.announcements import (
    Announcement,
    EventType,
    about_book,
    about_inquiry,
    about_loan,
    about_review,
    consensus_updated,
    document_finished,
    hold_is_ready,
    quota_reached,
)
from luminalib.domain.books import Book, BookDetails
from luminalib.domain.consensus import Consensus
from luminalib.domain.documents import Document, DocumentStatus, StagedFile
from luminalib.domain.holds import Hold
from luminalib.domain.loans import Loan
from luminalib.domain.media import MediaType
from luminalib.domain.reviews import Review

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(days=3)


def document(status: DocumentStatus) -> Document:
    staged = StagedFile(key="staging/x", filename="reef.pdf", media_type=MediaType.PDF, byte_size=3, sha256="0" * 64)
    made = Document.from_staged("d", staged, "u", NOW)
    made.status, made.error_code = status, "corrupt"
    return made


BOOK = Book.from_details("b", "d", BookDetails(title="The Reef"), None, NOW)
LOAN = Loan(id="l", book_id="b", user_id="u", borrowed_at=NOW, due_at=LATER)
CLOSED = Loan(id="l", book_id="b", user_id="u", borrowed_at=NOW, due_at=LATER, returned_at=NOW)
WAITING = Hold(id="h", book_id="b", user_id="u", number=1, placed_at=NOW)
READY = Hold(id="h", book_id="b", user_id="u", number=1, placed_at=NOW)
READY.make_ready(NOW, LATER - NOW)
REVIEW = Review(id="r", book_id="b", user_id="u", rating=4, text="", created_at=NOW, updated_at=NOW)
FINISHED = {"document_id": "d", "book_id": "b", "status": "completed", "error": None}
LENT = {"loan_id": "l", "book_id": "b", "user_id": "u", "state": "open", "due_at": "2026-01-05T03:04:05Z"}
KEPT = {"hold_id": "h", "book_id": "b", "user_id": "u", "ready_until": "2026-01-05T03:04:05Z"}
ASKED = {"inquiry_id": "i", "intent": "sales", "state": "new", "score": None}
NAMED = {"book_id": "b", "document_id": "d", "title": "The Reef"}
RATED = {"review_id": "r", "book_id": "b", "user_id": "u", "rating": 4}


@pytest.mark.parametrize(
    ("told", "kind", "data", "path", "text"),
    [
        (
            document_finished(document(DocumentStatus.COMPLETED), "b", NOW),
            "document.completed",
            FINISHED,
            "/documents/d",
            "“reef.pdf” has been processed.",
        ),
        (
            document_finished(document(DocumentStatus.FAILED), None, NOW),
            "document.failed",
            FINISHED | {"book_id": None, "status": "failed", "error": "corrupt"},
            "/documents/d",
            "“reef.pdf” could not be processed.",
        ),
        (about_book(EventType.BOOK_UPDATED, BOOK, NOW), "book.updated", NAMED, "/books/b", "“The Reef” was changed."),
        (
            about_loan(EventType.LOAN_OVERDUE, LOAN, "The Reef", NOW),
            "loan.overdue",
            LENT,
            "/loans?scope=library&book_id=b",
            "“The Reef” is overdue.",
        ),
        (
            about_loan(EventType.LOAN_CLOSED, CLOSED, "The Reef", NOW),
            "loan.closed",
            LENT | {"state": "closed"},
            "/loans?scope=library&book_id=b",
            "“The Reef” is back.",
        ),
        (
            hold_is_ready(READY, "The Reef", NOW),
            "hold.ready",
            KEPT,
            "/holds?scope=library&book_id=b",
            "“The Reef” is ready for the next in line.",
        ),
        (
            hold_is_ready(WAITING, "The Reef", NOW),
            "hold.ready",
            KEPT | {"ready_until": None},
            "/holds?scope=library&book_id=b",
            "“The Reef” is ready for the next in line.",
        ),
        (
            about_review(EventType.REVIEW_UPDATED, REVIEW, "The Reef", NOW),
            "review.updated",
            RATED,
            "/books/b/reviews",
            "“The Reef” has a changed review (4 of 5 stars).",
        ),
        (
            about_review(EventType.REVIEW_REMOVED, REVIEW, "The Reef", NOW),
            "review.removed",
            RATED,
            "/books/b/reviews",
            "“The Reef” has one review less (4 of 5 stars).",
        ),
        (
            consensus_updated(Consensus(book_id="b"), 7, "The Reef", NOW),
            "consensus.updated",
            {"book_id": "b", "review_count": 7},
            "/books/b/analysis",
            "What readers say of “The Reef” was summed up anew (7 reviews).",
        ),
        (
            about_inquiry(EventType.INQUIRY_CREATED, "i", "sales", "new", None, NOW),
            "inquiry.created",
            ASKED,
            "/inquiries/i",
            "An inquiry (sales) came in.",
        ),
        (
            about_inquiry(EventType.INQUIRY_QUALIFIED, "i", "sales", "qualified", 0, NOW),
            "inquiry.qualified",
            ASKED | {"state": "qualified", "score": 0},
            "/inquiries/i",
            "An inquiry (sales) was qualified with a score of 0.",
        ),
        (
            quota_reached("books", 10, 8, NOW),
            "quota.reached",
            {"quota": "books", "limit": 10, "used": 8},
            "/usage",
            "8 of 10 are used: books.",
        ),
    ],
)
def test_each_event_tells_the_same_facts(told: Announcement, kind: str, data: dict[str, object], path: str, text: str) -> None:
    assert (told.type, told.data, told.path, told.text, told.at) == (kind, data, path, text, NOW)
