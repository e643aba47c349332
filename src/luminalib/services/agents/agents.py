"""The agents, each behind the same small door."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import ClassVar

from luminalib.domain.agents import AgentName, Outcome, qualified, question_in
from luminalib.domain.auth import Principal, Role
from luminalib.domain.conversations import Answer
from luminalib.domain.inquiries import Inquiry
from luminalib.domain.inquiry_rules import said
from luminalib.domain.llm import Price
from luminalib.ports.triage import FieldReader

Answering = Callable[[Principal, str], Awaitable[Answer]]
"""What the library's books and knowledge say to a question of somebody, with citations, or the refusal."""


class Agent(ABC):
    """Makes something of an inquiry. It changes nothing: what follows happens when a person approves."""

    name: ClassVar[AgentName]
    takes: ClassVar[str]
    gives: ClassVar[str]
    costs: ClassVar[str]

    @abstractmethod
    async def run(self, by: Principal, inquiry: Inquiry) -> Outcome:
        """What it makes of an inquiry whose text is there."""


class ReplyAgent(Agent):
    """Drafts an answer out of the library's own sentences, or of a model's that stand in them.

    It looks up what any stranger may know: the draft is for one, and neither loans nor documents of who runs it belong there.
    """

    name = AgentName.REPLY
    takes = "An inquiry, or a text."
    gives = "A draft with citations from books and knowledge, or the refusal. Approved, the inquiry is answered."
    costs = "Nothing where it quotes; with a language model its tokens, at the price that LUMINALIB_LLM_PRICES gives it."

    def __init__(self, answer: Answering, prices: Mapping[str, Price]) -> None:
        """`prices` are those of a million tokens, by model."""
        self._answer = answer
        self._prices = prices

    async def run(self, by: Principal, inquiry: Inquiry) -> Outcome:
        """See Agent."""
        stranger = Principal(tenant_id=by.tenant_id, user_id=None, role=Role.MEMBER)
        found = await self._answer(stranger, question_in(said(inquiry.message or "")))
        usage = {"tokens_in": 0, "tokens_out": 0, **found.usage}
        price = self._prices.get(found.asked or "")
        greeting = f"Hello {inquiry.name},\n\n" if inquiry.name and found.answered else ""
        return Outcome(
            output={
                "text": f"{greeting}{found.content}",
                "answered": found.answered,
                "refusal_reason": found.refusal_reason and found.refusal_reason.value,
                "confidence": found.confidence,
            },
            evidence=[citation.quote for citation in found.citations],
            citations=[asdict(citation) for citation in found.citations],
            usage=usage,
            cost=price.of(usage["tokens_in"], usage["tokens_out"]) if price else 0.0,
        )


class QualifyAgent(Agent):
    """Scores an inquiry by named facts."""

    name = AgentName.QUALIFY
    takes = "An inquiry, or a text."
    gives = "A score of 0 to 100 with the facts and weights that it is the sum of. Approved, the inquiry is qualified."
    costs = "Nothing: it counts."

    async def run(self, by: Principal, inquiry: Inquiry) -> Outcome:
        """See Agent."""
        del by
        return qualified(inquiry)


class ExtractAgent(Agent):
    """Finds whom and what a text names."""

    name = AgentName.EXTRACT
    takes = "An inquiry, or a text."
    gives = "People, organisations, dates and amounts with their places in the text."
    costs = "Nothing: it goes by rules."

    def __init__(self, reader: FieldReader) -> None:
        self._reader = reader

    async def run(self, by: Principal, inquiry: Inquiry) -> Outcome:
        """See Agent."""
        del by
        found = await asyncio.to_thread(self._reader.mentions, inquiry.message or "")
        return Outcome(output={"mentions": [asdict(mention) for mention in found]})
