"""Inquiries as they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from luminalib.domain.inquiries import Inquiry, InquiryState, InquiryStep
from luminalib.domain.triage import InquiryFields, InquiryIntent, TriageMethod


@dataclass(frozen=True, kw_only=True, slots=True)
class InquiryView:
    """An inquiry as it stands; `message` is None once its time is over."""

    id: str
    message: str | None
    intent: InquiryIntent
    confidence: float
    raw_confidence: float
    low_confidence: bool
    method: TriageMethod
    fields: InquiryFields
    evidence: Sequence[str]
    state: InquiryState
    score: int | None
    provider: str
    model: str
    prompt: str
    request_id: str | None
    region: str | None
    source: str | None
    awaits_model: bool
    is_confirmed: bool
    created_by: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, inquiry: Inquiry) -> "InquiryView":
        """The view of one that has just been written."""
        return cls(**{field.name: getattr(inquiry, field.name) for field in fields(cls)})


@dataclass(frozen=True, kw_only=True, slots=True)
class StepView:
    """A step as it is shown."""

    step: InquiryStep
    at: datetime
    provider: str | None
    model: str | None
    prompt: str | None
    confidence: float | None
    detail: str | None
    request_id: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class InquiryDetail:
    """An inquiry with its steps, the oldest first."""

    inquiry: InquiryView
    audit: Sequence[StepView]
