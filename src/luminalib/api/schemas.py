"""Shapes of books, documents and summaries that several routers answer with."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from luminalib.domain.auth import Account, Role, User
from luminalib.domain.books import Book, BookView
from luminalib.domain.documents import Document, DocumentStatus
from luminalib.domain.intelligence import Sentiment, Summary


class UserOut(BaseModel):
    """An account."""

    id: str
    email: str = Field(examples=["ada@example.org"])
    display_name: str = Field(examples=["Ada"])
    role: Role
    is_active: bool
    created_at: datetime

    @classmethod
    def of(cls, user: User | Account) -> "UserOut":
        """The account as it is sent."""
        return cls.model_validate(user, from_attributes=True)


class RatingOut(BaseModel):
    """The reviews' ratings in short; `mean` is null while there is none."""

    mean: float | None = Field(default=None, examples=[4.2])
    count: int = 0


class BookOut(BaseModel):
    """A book of the catalogue with the state of its file's pipeline and, once completed, its summary."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    title: str = Field(examples=["The Lighthouse Keeper's Ledger"])
    authors: list[str] = Field(examples=[["Ines Calloway"]])
    isbn: str | None = Field(examples=["9780306406157"])
    language: str | None = Field(examples=["en"])
    published_year: int | None = Field(examples=[2024])
    description: str | None
    tags: list[str] = Field(examples=[["sea", "mystery"]])
    copies_total: int = Field(examples=[1])
    copies_available: int = Field(examples=[1])
    rating: RatingOut
    status: DocumentStatus
    document_id: str
    page_count: int | None
    media_type: str = Field(examples=["application/pdf"])
    byte_size: int
    sha256: str
    summary: str | None
    created_by: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, view: BookView) -> "BookOut":
        """The book as it is sent."""
        book, document = view.book, view.document
        return cls(
            **_shared(book, ("id", "created_by", "created_at", "updated_at", "document_id")),
            **_shared(book.details, ("title", "isbn", "language", "published_year", "description", "copies_total")),
            authors=list(book.authors),
            tags=list(book.tags),
            copies_available=view.copies_available,
            rating=RatingOut(mean=view.rating_mean, count=view.rating_count),
            **_shared(document, ("status", "page_count", "media_type", "byte_size", "sha256")),
            summary=view.summary.summary if view.summary else None,
        )


class ErrorOut(BaseModel):
    """Why a document failed: a code for programs, a sentence for people."""

    code: str = Field(examples=["encrypted"])
    message: str = Field(examples=["The file is protected with a password. Remove it and upload the file again."])


class AnalysisOut(BaseModel):
    """What a language engine says about a text, and which one: provider, model, and prompt or method with its version."""

    model_config = ConfigDict(from_attributes=True)

    summary: str
    key_topics: list[str] = Field(examples=[["lighthouse", "storm"]])
    sentiment: Sentiment
    insights: list[str]
    action_items: list[str]
    provider: str = Field(examples=["extractive"])
    model: str
    prompt: str
    generated_at: datetime


class SummaryOut(BaseModel):
    """The summary of a book; while `status` is not `completed` only that, and `error` once it has failed."""

    status: DocumentStatus
    summary: str | None = None
    key_topics: list[str] = []
    sentiment: Sentiment | None = None
    insights: list[str] = []
    action_items: list[str] = []
    provider: str | None = None
    model: str | None = None
    prompt: str | None = None
    generated_at: datetime | None = None
    error: ErrorOut | None = None

    @classmethod
    def of(cls, view: BookView) -> "SummaryOut":
        """The summary as it is sent."""
        found = analysis_of(view.summary)
        return cls(status=view.document.status, error=error_of(view.document), **(found.model_dump() if found else {}))


def analysis_of(summary: Summary | None) -> AnalysisOut | None:
    """The summary of a document, if it has one."""
    return AnalysisOut.model_validate(summary) if summary else None


def error_of(document: Document) -> ErrorOut | None:
    """Why the document failed, if it did."""
    if document.error_code is None:
        return None
    return ErrorOut(code=document.error_code, message=document.error_message or "")


def _shared(source: Book | Document | object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(source, name) for name in names}
