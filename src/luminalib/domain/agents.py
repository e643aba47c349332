"""Agents: what they were asked, what they made of it, and what a person said to that."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from luminalib.domain.errors import Conflict, NotFound
from luminalib.domain.inquiries import Inquiry
from luminalib.domain.triage import InquiryIntent

QUALIFIED_FROM = 50
"""Of 100: from there on an inquiry is worth somebody's time."""
LARGE_BUDGET = 1000
LONGEST_REPLY = 20_000
LONGEST_QUESTION = 1000


class AgentRunNotFound(NotFound):
    """There is no such run."""

    slug = "agent-run-not-found"


class AlreadyApproved(Conflict):
    """Somebody has approved this already."""

    slug = "already-approved"


class NothingToApprove(Conflict):
    """The library could not answer from its books. Send your own words as `text`."""

    slug = "nothing-to-approve"


class TextEmptied(Conflict):
    """The inquiry's text is not kept any more."""

    slug = "text-emptied"


class AgentName(StrEnum):
    """What agents there are."""

    REPLY = "reply"
    QUALIFY = "qualify"
    EXTRACT = "extract"


class RunState(StrEnum):
    """Nothing that an agent made counts, or leaves the library, before a person has approved it."""

    DRAFT = "draft"
    APPROVED = "approved"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What an agent made. `evidence` are words of the input or facts; `usage` counts a model's tokens, `cost` is in money.

    Without a price for the model the cost is 0.
    """

    output: Mapping[str, Any]
    evidence: Sequence[Any] = ()
    citations: Sequence[Any] = ()
    usage: Mapping[str, int] = field(default_factory=lambda: {"tokens_in": 0, "tokens_out": 0})
    cost: float = 0.0


@dataclass(eq=False, kw_only=True)
class AgentRun:
    """One run. `edited` are a person's own words, kept beside the draft that they take the place of."""

    id: str
    agent: AgentName
    inquiry_id: str | None
    input: str | None
    output: dict[str, Any]
    evidence: list[Any]
    citations: list[Any]
    usage: dict[str, int]
    cost: float
    created_by: str | None
    created_at: datetime
    state: RunState = RunState.DRAFT
    edited: str | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None

    @property
    def is_answer(self) -> bool:
        """Whether a reply says something: a refusal does not."""
        return bool(self.output.get("answered"))

    def approve(self, by: str | None, text: str | None, at: datetime) -> None:
        """A person stands for it, with other words where some are given. Raises AlreadyApproved, NothingToApprove."""
        if self.state is RunState.APPROVED:
            raise AlreadyApproved
        if self.agent is AgentName.REPLY and text is None and not self.is_answer:
            raise NothingToApprove
        self.state, self.edited, self.approved_by, self.approved_at = RunState.APPROVED, text, by, at


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """Something that is true of an inquiry or is not, and how many points it is worth."""

    name: str
    weight: int
    holds: Callable[[Inquiry], bool]


_WANTED = (InquiryIntent.SALES, InquiryIntent.PARTNERSHIP)
FACTS = (
    Fact(name="wants to buy or to work together", weight=30, holds=lambda one: one.intent in _WANTED),
    Fact(name="the intent is sure", weight=10, holds=lambda one: not one.low_confidence),
    Fact(name="states a budget", weight=20, holds=lambda one: one.budget is not None),
    Fact(
        name=f"the budget is {LARGE_BUDGET} or more",
        weight=10,
        holds=lambda one: (one.budget or {}).get("amount", 0) >= LARGE_BUDGET,
    ),
    Fact(name="can be answered by e-mail", weight=15, holds=lambda one: one.email is not None),
    Fact(name="can be called", weight=5, holds=lambda one: one.phone is not None),
    Fact(name="says who they are", weight=10, holds=lambda one: one.name is not None),
)
"""Their weights add up to 100."""


def qualified(inquiry: Inquiry) -> Outcome:
    """The score of an inquiry, 0 to 100, with each fact that it is the sum of."""
    facts = [{"fact": fact.name, "weight": fact.weight, "holds": fact.holds(inquiry)} for fact in FACTS]
    score = sum(fact.weight for fact in FACTS if fact.holds(inquiry))
    return Outcome(output={"score": score, "qualified": score >= QUALIFIED_FROM}, evidence=facts)


def question_in(message: str) -> str:
    """What of a message can be asked: its questions, or all of it where there is none."""
    sentences = [part.strip() for part in message.replace("\n", " ").replace("?", "?\n").split("\n")]
    asked = [one.rsplit(". ", 1)[-1] for one in sentences if one.endswith("?")]
    return (" ".join(asked) or " ".join(message.split()))[:LONGEST_QUESTION]
