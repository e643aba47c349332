"""Reading inquiries: intents, fields, who found them and how sure that is, and how a tenant wants it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class InquiryIntent(StrEnum):
    """What somebody wants."""

    SALES = "sales"
    SUPPORT = "support"
    PARTNERSHIP = "partnership"
    OTHER = "other"


class TriageMethod(StrEnum):
    """Who found the intent: the rules that ship with the library, a classifier learnt from corrections, or a language model."""

    RULES = "rules"
    LEARNED = "learned"
    MODEL = "model"


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """An amount that somebody can spend; `currency` is an ISO 4217 code, `period` month or year where it comes again."""

    amount: float
    currency: str | None = None
    period: str | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class InquiryFields:
    """Who wrote, how to reach them (`phone` in E.164), and what they can spend."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    budget: Budget | None = None

    def of(self, intent: InquiryIntent) -> "InquiryFields":
        """Those that count with this intent: an amount is a budget only for somebody who wants to buy."""
        return self if intent is InquiryIntent.SALES else replace(self, budget=None)

    def under(self, stated: "InquiryFields") -> "InquiryFields":
        """With what was stated in a form, or by an earlier reading that counts more, in place of what was found."""
        known = {name: value for name in ("name", "email", "phone", "budget") if (value := getattr(stated, name)) is not None}
        return replace(self, **known)


@dataclass(frozen=True, kw_only=True, slots=True)
class IntentReading:
    """An intent, with the words of the message that speak for it, verbatim.

    `raw` is what the method itself says of its certainty, `confidence` the share of such readings that turn out right; both 0 to 1.
    `shares` are those of all intents, where the method tells; a model names one.
    """

    intent: InquiryIntent
    raw: float
    confidence: float
    evidence: Sequence[str]
    method: TriageMethod
    provider: str
    model: str
    prompt: str
    shares: Mapping[InquiryIntent, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldReading:
    """Fields, and who read them."""

    fields: InquiryFields
    provider: str
    model: str
    prompt: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TriagePolicy:
    """How a tenant wants its inquiries treated.

    Below `threshold` of confidence a person should look; numbers are read as of `region`; texts are kept for `kept_for`; an account
    sends at most `per_day`, and so do all strangers together where `is_public` lets them. Where it `has_model`, that is asked, too.
    """

    threshold: float
    region: str | None
    kept_for: timedelta
    per_day: int
    is_public: bool
    has_model: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelledFeatures:
    """What a person said an inquiry is, and the numbers that stand for its words."""

    intent: InquiryIntent
    features: Sequence[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class IntentModel:
    """A trained classifier in the ledger; `version` is given there. `accuracy` is of messages that it had not seen, 0 to 1."""

    storage_key: str
    sha256: str
    examples: int
    accuracy: float
    trained_at: datetime
    version: int = 0
