"""Shapes of books, documents and summaries that several routers answer with."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from luminalib.domain.auth import Account, Role, User
from luminalib.domain.books import BookView
from luminalib.domain.covers import CoverKind
from luminalib.domain.document_views import WAITING_FOR_MEMBERS, SummaryView
from luminalib.domain.documents import DocumentStatus
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


class CoverOut(BaseModel):
    """What `GET /books/{id}/cover` shows: the file's own image or a drawn one; `none` until the file has been read."""

    kind: CoverKind = Field(examples=[CoverKind.FOUND])


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
    series: str | None = Field(examples=["The Lantern Coast"])
    series_index: float | None = Field(examples=[2.0], description="The place in the series; parts of a volume have one between.")
    cover: CoverOut
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
        return cls.model_validate(view, from_attributes=True)


class ErrorOut(BaseModel):
    """Why a document failed: a code for programs, a sentence for people."""

    code: str = Field(examples=["encrypted"])
    message: str = Field(examples=["The file is protected with a password. Remove it and upload the file again."])


PARTS = "How many parts a model reads the text in; null where it was not read in parts."
PARTS_READ = "How many of them it has read: fewer where a slow model may not take the time for all."


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
    parts: int | None = Field(None, description=PARTS, examples=[12])
    parts_read: int | None = Field(None, description=PARTS_READ, examples=[12])
    generated_at: datetime


class SummaryOut(BaseModel):
    """The summary of a book; while `status` is not `completed` only that, and `error` once it has failed.

    `waiting` is said beside the states of the pipeline while the work cannot go on.
    """

    status: DocumentStatus | Literal["waiting"]
    waiting_for: str | None = Field(None, description="Why it waits; null while it does not.", examples=[WAITING_FOR_MEMBERS])
    summary: str | None = None
    key_topics: list[str] = []
    sentiment: Sentiment | None = None
    insights: list[str] = []
    action_items: list[str] = []
    provider: str | None = None
    model: str | None = None
    prompt: str | None = None
    parts: int | None = Field(None, description=PARTS, examples=[12])
    parts_read: int | None = Field(None, description=PARTS_READ, examples=[12])
    generated_at: datetime | None = None
    error: ErrorOut | None = None


def summary_json(view: SummaryView, *, is_staff: bool) -> dict[str, Any]:
    """A SummaryOut as it is sent: what is not there yet has the value that the shape gives it."""
    waits_for = view.waits_for(is_staff=is_staff)
    told = {"status": "waiting" if waits_for else view.status, "waiting_for": waits_for, "error": view.error}
    if view.analysis is None:
        return {**_NO_ANALYSIS, **told}
    found = view.analysis
    return {**told, **{name: getattr(found, name) for name in AnalysisOut.model_fields}}


_NO_ANALYSIS = {name: SummaryOut.model_fields[name].default for name in AnalysisOut.model_fields}


def analysis_of(summary: Summary | None) -> AnalysisOut | None:
    """The summary of a document, if it has one."""
    return AnalysisOut.model_validate(summary) if summary else None
