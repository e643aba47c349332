"""Documents as they are shown: frozen, and in the shape of the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from luminalib.domain.documents import Document, DocumentStatus
from luminalib.domain.intelligence import Sentiment
from luminalib.domain.media import MediaType


@dataclass(frozen=True, slots=True)
class ErrorView:
    """Why a document failed: a code for programs, a sentence for people."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class AnalysisView:
    """What a language engine said about a text, which one, and how many of the text's parts it has read (None: not in parts)."""

    summary: str
    key_topics: Sequence[str]
    sentiment: Sentiment
    insights: Sequence[str]
    action_items: Sequence[str]
    provider: str
    model: str
    prompt: str
    parts: int | None
    parts_read: int | None
    generated_at: datetime


@dataclass(frozen=True, slots=True)
class Holder:
    """The document that has some bytes already: whose it is (None: the house's), and the book that was made of it."""

    document_id: str
    owner_id: str | None
    book_id: str | None


@dataclass(frozen=True, slots=True)
class SummaryView:
    """How far a book is, why it failed if it did, and its summary once it has one.

    `latest` is the newest detail of its history: what it waits for, as long as nothing has happened since.
    """

    status: DocumentStatus
    error: ErrorView | None
    analysis: AnalysisView | None
    latest: str | None = None

    def waits_for(self, *, is_staff: bool) -> str | None:
        """What the work waits for, if it does: in full for those who run the library, without its insides for all others."""
        if self.status in (DocumentStatus.COMPLETED, DocumentStatus.FAILED) or not is_waiting(self.latest):
            return None
        return (self.latest or "").removeprefix(WAITING) if is_staff else WAITING_FOR_MEMBERS


WAITING = "waiting: "
"""How the detail of an event begins that says what a document waits for."""
WAITING_FOR_MEMBERS = "A part of the library that reads books does not answer now. The work goes on by itself once it does."


def is_waiting(detail: str | None) -> bool:
    """Whether the detail of an event says what a document waits for."""
    return (detail or "").startswith(WAITING)


def detail_for(detail: str | None, *, is_staff: bool) -> str | None:
    """The detail of an event as it is shown: the library's insides are for those who run it."""
    return f"{WAITING}{WAITING_FOR_MEMBERS}" if is_waiting(detail) and not is_staff else detail


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document with its book's id, and its place in the queue, from 0, while it waits."""

    id: str
    filename: str
    media_type: MediaType
    byte_size: int
    sha256: str
    status: DocumentStatus
    progress: int
    queue_position: int | None
    error: ErrorView | None
    page_count: int | None
    word_count: int | None
    language: str | None
    book_id: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, document: Document, book_id: str | None, queue_position: int | None) -> "DocumentView":
        """The view of a document that has just been written."""
        d = document
        return cls(
            id=d.id,
            filename=d.filename,
            media_type=d.media_type,
            byte_size=d.byte_size,
            sha256=d.sha256,
            status=d.status,
            progress=d.progress,
            queue_position=queue_position,
            error=ErrorView(d.error_code, d.error_message or "") if d.error_code else None,
            page_count=d.page_count,
            word_count=d.word_count,
            language=d.language,
            book_id=book_id,
            created_at=d.created_at,
            updated_at=d.updated_at,
        )


@dataclass(frozen=True, slots=True)
class StepView:
    """A state that a document came to, or what it waits for."""

    id: int
    status: DocumentStatus
    at: datetime
    detail: str | None


@dataclass(frozen=True, slots=True)
class DocumentDetail:
    """A document with its history and, once completed, its analysis."""

    document: DocumentView
    history: Sequence[StepView]
    analysis: AnalysisView | None
