"""Calls of language models as operators see them: what they were for, what they took, what they cost, and what an engine can do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

PER_MILLION = 1_000_000
BOOK_PAGES = 300
TOKENS_OF_A_PAGE = 500
"""What a page of a book comes to, with its share of what is written about it."""


class Purpose(StrEnum):
    """What a model was asked for."""

    SUMMARY = "summary"
    REVIEW = "review"
    CONSENSUS = "consensus"
    INQUIRY = "inquiry"
    ANSWER = "answer"
    PROBE = "probe"


class AnswerWay(StrEnum):
    """How questions of members are answered: a model calls tools by its protocol, it is routed by JSON, or none is asked."""

    TOOLS = "tools"
    SCHEMA = "schema"
    EXTRACTIVE = "extractive"


class Outcome(StrEnum):
    """How a call ended. `cached`: no call was needed; `repaired`: usable after the model was told what was wrong."""

    OK = "ok"
    CACHED = "cached"
    REPAIRED = "repaired"
    UNUSABLE = "unusable"
    UNAVAILABLE = "unavailable"
    CANCELLED = "cancelled"


FAILURES = frozenset({Outcome.UNUSABLE, Outcome.UNAVAILABLE, Outcome.CANCELLED})


@dataclass(frozen=True, kw_only=True, slots=True)
class LLMCall:
    """One question to a model, with its repair round if there was one. `tokens_in` and `tokens_out` as the server counted them.

    `seconds` are the model's own, without waiting in line; where no answer came, how long one was waited for.

    `user_id` is the member who asked, where one did.
    `failed_checks` are the checks that its answers did not pass, by the names of `content_checks.faults.Check`.
    """

    purpose: Purpose
    provider: str
    model: str
    prompt: str
    tokens_in: int
    tokens_out: int
    seconds: float
    outcome: Outcome
    at: datetime
    user_id: str | None = None
    failed_checks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """What the summary of a text will take, told before: questions, tokens read and written, and minutes at the measured speed.

    `minutes` is None as long as the model has answered nothing, so that its speed is not known.
    """

    calls: int
    tokens: int
    minutes: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A model's answer, kept so that the same question costs nothing again; `digest` is of all that was asked."""

    digest: str
    prompt: str
    model: str
    text: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """The calls of one day (UTC) with the same purpose, provider and model, added up; of one member, where that is told apart."""

    day: date
    purpose: Purpose
    provider: str
    model: str
    calls: int
    cached: int
    repaired: int
    failed: int
    tokens_in: int
    tokens_out: int
    seconds: float
    user_id: str | None = None
    failed_checks: Mapping[str, int] = field(default_factory=dict)
    """How many calls had answers that did not pass a check, by the check's name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VariantUsage:
    """What a version of a prompt came to with one model: calls by their outcome, and what readers said to the results.

    `accepted` counts answers that were taken as they came, `failed` those in whose place another engine, or nobody, answered.
    """

    purpose: Purpose
    provider: str
    model: str
    variant: str
    calls: int = 0
    accepted: int = 0
    cached: int = 0
    repaired: int = 0
    failed: int = 0
    helpful: int = 0
    unhelpful: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """What a million tokens cost, in the operator's currency."""

    tokens_in: float
    tokens_out: float

    def of(self, tokens_in: int, tokens_out: int) -> float:
        """What so many tokens cost."""
        return (tokens_in * self.tokens_in + tokens_out * self.tokens_out) / PER_MILLION


def cost(usage: Usage, prices: Mapping[str, Price]) -> float | None:
    """What the calls cost; None for a model without a price."""
    price = prices.get(usage.model)
    return price.of(usage.tokens_in, usage.tokens_out) if price else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that was tried with an engine; `detail` says what came of it and, if it went wrong, what to do."""

    check: str
    is_fine: bool
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineReport:
    """What an engine can do. `is_ready`: it can do the library's work; not every finding must be fine for that.

    `answers_by` is how members' questions are answered with it; None when it could not be tried. Speed is measured on one question,
    what it read and what it wrote taken together; a book has BOOK_PAGES pages.
    """

    provider: str
    model: str
    is_ready: bool
    findings: tuple[Finding, ...]
    context_length: int | None = None
    answers_by: AnswerWay | None = None
    tokens_per_second: float | None = None
    minutes_per_book: float | None = None
