"""Inquiries: what somebody wrote, what they want, how sure that is, and how far it has come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from luminalib.domain.auth import TooManyRequests
from luminalib.domain.errors import Conflict, Invalid, NotFound
from luminalib.domain.jobs import Job
from luminalib.domain.triage import Budget, FieldReading, InquiryFields, InquiryIntent, IntentReading, TriageMethod

LONGEST_MESSAGE = 10_000
"""Characters of what somebody writes."""
LARGEST_BATCH = 500
MOST_EVIDENCE = 6
LONGEST_EVIDENCE = 200
LONGEST_NAME, LONGEST_SOURCE = 200, 100
TRIAGE_INQUIRY, TRAIN_INTENTS = "triage_inquiry", "train_intents"


class InquiryNotFound(NotFound):
    """There is no such inquiry."""

    slug = "inquiry-not-found"


class InquiriesClosed(NotFound):
    """The library takes no inquiries from strangers here."""

    slug = "inquiries-closed"


class InvalidContact(Invalid):
    """What was stated is no e-mail address, or no telephone number."""

    slug = "invalid-contact"


class InquiryClosed(Conflict):
    """The inquiry is closed. Set its state to `needs_review` first."""

    slug = "inquiry-closed"


class TooManyInquiries(TooManyRequests):
    """As many inquiries have come in a day as the library takes. Try again tomorrow."""

    slug = "too-many-inquiries"


class InquiryState(StrEnum):
    """How far an inquiry has come. `needs_review`: nobody is sure enough of the intent, a person should look."""

    NEW = "new"
    NEEDS_REVIEW = "needs_review"
    QUALIFIED = "qualified"
    ANSWERED = "answered"
    CLOSED = "closed"


class InquiryStep(StrEnum):
    """What happened to an inquiry."""

    RECEIVED = "received"
    CLASSIFIED = "classified"
    EXTRACTED = "extracted"
    FELL_BACK = "fell_back"
    CORRECTED = "corrected"
    QUALIFIED = "qualified"
    DRAFTED = "drafted"
    APPROVED = "approved"
    EMPTIED = "emptied"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewInquiry:
    """What somebody sends: a message, and what the form asked for beside it. `region` is a country (ISO 3166, two letters).

    `id` is given where the same may be brought twice, after a crash: there is one inquiry of it.
    """

    message: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    region: str | None = None
    source: str | None = None
    id: str | None = None


@dataclass(eq=False, kw_only=True)
class Inquiry:
    """What somebody wrote. `message` is None once its time is over; `awaits_model` while a language model has yet to look.

    `stated` are fields as they stood in the form: nothing that is read in the message takes their place.
    """

    id: str
    message: str | None
    stated: dict[str, str]
    region: str | None
    source: str | None
    created_by: str | None
    request_id: str | None
    created_at: datetime
    updated_at: datetime
    state: InquiryState = InquiryState.NEW
    intent: InquiryIntent = InquiryIntent.OTHER
    raw_confidence: float = 0.0
    confidence: float = 0.0
    low_confidence: bool = True
    method: TriageMethod = TriageMethod.RULES
    evidence: list[str] = field(default_factory=list)
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    budget: dict[str, Any] | None = None
    score: int | None = None
    provider: str = ""
    model: str = ""
    prompt: str = ""
    awaits_model: bool = False
    is_confirmed: bool = False

    @property
    def fields(self) -> InquiryFields:
        """Its fields as one value."""
        budget = Budget(**self.budget) if self.budget else None
        return InquiryFields(name=self.name, email=self.email, phone=self.phone, budget=budget)

    @property
    def found(self) -> list[str]:
        """The names of the fields that it has."""
        return [name for name in ("name", "email", "phone", "budget") if getattr(self, name) is not None]

    @property
    def form(self) -> InquiryFields:
        """The fields that were stated beside the message."""
        return InquiryFields(name=self.stated.get("name"), email=self.stated.get("email"), phone=self.stated.get("phone"))

    def read_as(self, reading: IntentReading, threshold: float, at: datetime) -> None:
        """Takes an intent over; below the threshold a person should look. What a person has said stays."""
        self.raw_confidence, self.confidence = round(reading.raw, 4), round(reading.confidence, 4)
        self.intent, self.method, self.updated_at = reading.intent, reading.method, at
        self.provider, self.model, self.prompt = reading.provider, reading.model, reading.prompt
        self.evidence = [words[:LONGEST_EVIDENCE] for words in reading.evidence][:MOST_EVIDENCE]
        self.low_confidence = self.confidence < threshold
        if self.state in (InquiryState.NEW, InquiryState.NEEDS_REVIEW):
            self.state = InquiryState.NEEDS_REVIEW if self.low_confidence else InquiryState.NEW

    def take(self, found: InquiryFields) -> None:
        """Takes fields over, those that count with its intent, under what was stated."""
        kept = found.under(self.form).of(self.intent)
        self.name, self.email, self.phone = kept.name, kept.email, kept.phone
        self.budget = kept.budget.facts if kept.budget else None

    def correct(self, changes: Mapping[str, Any], at: datetime) -> None:
        """What a person says counts: an intent is confirmed by naming it, and the model need not look any more."""
        for name in ("name", "email", "phone", "budget", "state"):
            if name in changes:
                setattr(self, name, changes[name])
        if "intent" in changes:
            self.intent, self.is_confirmed = changes["intent"], True
            self.confidence, self.low_confidence = 1.0, False
            if self.state is InquiryState.NEEDS_REVIEW and "state" not in changes:
                self.state = InquiryState.NEW
            if self.intent is not InquiryIntent.SALES and "budget" not in changes:
                self.budget = None
        self.awaits_model, self.updated_at = False, at

    def hear(self, told: Mapping[str, str], at: datetime) -> list[str]:
        """Takes over what a CRM says of who wrote, over what is read later; the names of the fields that are new."""
        new = {name: value for name, value in told.items() if getattr(self, name) != value}
        for name, value in new.items():
            setattr(self, name, value)
        if new:
            self.stated, self.updated_at = {**self.stated, **new}, at
        return sorted(new)

    def qualify(self, score: int, at: datetime) -> None:
        """Is worth somebody's time, with a score of 0 to 100. Raises InquiryClosed."""
        self._require_open()
        self.score, self.state, self.updated_at = score, InquiryState.QUALIFIED, at

    def answer(self, at: datetime) -> None:
        """A person has approved an answer. Raises InquiryClosed."""
        self._require_open()
        self.state, self.updated_at = InquiryState.ANSWERED, at

    def _require_open(self) -> None:
        if self.state is InquiryState.CLOSED:
            raise InquiryClosed


@dataclass(frozen=True, kw_only=True, slots=True)
class InquiryRecord:
    """A step of an inquiry, kept for whoever asks later how it came to be what it is. `detail` never quotes the message."""

    inquiry_id: str
    step: InquiryStep
    at: datetime
    provider: str | None = None
    model: str | None = None
    prompt: str | None = None
    confidence: float | None = None
    detail: str | None = None
    request_id: str | None = None

    @classmethod
    def of(
        cls,
        inquiry: Inquiry,
        step: InquiryStep,
        at: datetime,
        *,
        detail: str | None = None,
        reading: IntentReading | FieldReading | None = None,
        request_id: str | None = None,
    ) -> "InquiryRecord":
        """A step that an inquiry has just made; `reading` is what it was made by. Without a request its own first one is named."""
        return cls(
            inquiry_id=inquiry.id,
            step=step,
            at=at,
            provider=reading.provider if reading else None,
            model=reading.model if reading else None,
            prompt=reading.prompt if reading else None,
            confidence=round(reading.confidence, 4) if isinstance(reading, IntentReading) else None,
            detail=detail,
            request_id=request_id or inquiry.request_id,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class InquiryFilter:
    """Which inquiries a list shows; `q` is a part of the message, the name or the address."""

    intent: InquiryIntent | None = None
    state: InquiryState | None = None
    q: str | None = None
    min_confidence: float | None = None


def triage_inquiry(inquiry_id: str, tenant_id: str, at: datetime) -> Job:
    """Has a language model look at an inquiry that the rules have read already."""
    lock = f"inquiry:{inquiry_id}"
    payload = {"inquiry_id": inquiry_id}
    return Job(name=TRIAGE_INQUIRY, payload=payload, tenant_id=tenant_id, run_at=at, lock=lock, queueing_lock=lock)


def train_intents(tenant_id: str, at: datetime) -> Job:
    """Learns what inquiries want from all labels; requests that wait become one."""
    lock = f"{TRAIN_INTENTS}:{tenant_id}"
    return Job(name=TRAIN_INTENTS, payload={}, tenant_id=tenant_id, run_at=at, lock=lock, queueing_lock=lock)
