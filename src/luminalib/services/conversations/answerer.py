"""Answering one question: what it wants, what is looked up for it, and who words it."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

import structlog

from luminalib.domain.auth import Principal
from luminalib.domain.conversations import Answer, Selection, split_turns
from luminalib.domain.intents import Intent, intent_of
from luminalib.domain.llm import AnswerWay
from luminalib.domain.passages import Scope
from luminalib.ports.conversing import Call
from luminalib.services.conversations.agent import NO_ANSWER, Agent
from luminalib.services.conversations.errand import Errand, Question
from luminalib.services.conversations.events import Happening, Token
from luminalib.services.conversations.extractive import quoted_answer, refused
from luminalib.services.conversations.finding import Finder
from luminalib.services.conversations.tools import SEARCH, ToolBox
from luminalib.steps.answer_rules import AnswerRulebook

AgentOf = Callable[[str], Awaitable[Agent | None]]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answerer:
    """Answers by the library's own sentences, or by a model's that stand in them, never about a book without a search.

    `agent_of` has none where a tenant has no model; one has `seconds` for an answer, and is given so many `characters` of passages.
    """

    finder: Finder
    tools: ToolBox
    rules: AnswerRulebook
    agent_of: AgentOf
    seconds: float = 120.0
    characters: int = 4200

    async def scope(self, by: Principal, selection: Selection) -> Scope:
        """Where answers may come from. Raises BookNotFound or DocumentNotFound for what is not there or not for this member."""
        return await self.finder.scope(by, selection)

    async def remembering(self, by: Principal, question: Question) -> Question:
        """The question with no more turns than a model is given; older ones are summarised by the model, else left out."""
        older, recent = split_turns(question.turns)
        if not older:
            return question
        shorter = replace(question, turns=recent)
        agent = await self._agent(by)
        if agent is None:
            return shorter
        try:
            summary = await agent.summary_of(by, replace(question, turns=older), self.seconds)
        except NO_ANSWER as reason:
            log.warning("conversations.not_summarised", reason=reason.detail)
            return shorter
        return replace(shorter, summary=summary, summarised_to=older[-1].number)

    async def answer(self, by: Principal, question: Question) -> AsyncIterator[Happening]:
        """What happens on the way to the answer, and at last the Answer. Raises like `scope`, and PassageIndexUnavailable."""
        intent, rules = intent_of(question.text), await self.rules.of(by.tenant_id)
        if intent in (Intent.GREETING, Intent.THANKS):
            content = rules.words.greeting if intent is Intent.GREETING else rules.words.thanks
            yield Token(content)
            yield Answer(content=content, answered=True, confidence=1.0)
            return
        errand = Errand(
            by=by,
            question=question,
            scope=await self.scope(by, question.selection),
            rules=rules,
            deadline=time.monotonic() + self.seconds,
            characters=self.characters,
        )
        driven = self._loans(errand) if intent is Intent.LOANS else self._about_books(errand)
        async for happening in driven:
            yield happening

    async def _loans(self, errand: Errand) -> AsyncIterator[Happening]:
        async for happening in self.tools.use(errand, Call(name="my_loans", arguments={})):
            yield happening
        content = " ".join(fact.text for fact in errand.facts.values())
        yield Token(content)
        yield Answer(content=content, answered=True, confidence=1.0, tool_calls=list(errand.calls))

    async def _about_books(self, errand: Errand) -> AsyncIterator[Happening]:
        agent = await self._agent(errand.by)
        async for happening in self._by_model(agent, errand) if agent else self._by_quotes(errand):
            yield happening
        answer = errand.answer or refused(errand, 0.0)
        if rest := answer.content[len(errand.said) :]:
            yield Token(rest)
        yield answer

    async def _by_quotes(self, errand: Errand) -> AsyncIterator[Happening]:
        async for happening in self._searched(errand):
            yield happening
        errand.answer = quoted_answer(errand)

    async def _by_model(self, agent: Agent, errand: Errand) -> AsyncIterator[Happening]:
        try:
            async for happening in agent.look_up(errand):
                yield happening
        except NO_ANSWER as reason:
            errand.failure = reason
        if errand.failure is None and errand.facts and not errand.has_searched:
            async for token in self._worded(agent, errand):
                yield token
        if errand.answer is None or not errand.answer.answered:
            async for happening in self._searched(errand):
                yield happening
            async for token in self._worded(agent, errand):
                yield token

    async def _searched(self, errand: Errand) -> AsyncIterator[Happening]:
        """Looks the question up in the library's text, unless that was done."""
        if not errand.has_searched:
            arguments = {"query": errand.question.text, "book_ids": list(errand.question.selection.book_ids)}
            async for happening in self.tools.use(errand, Call(name=SEARCH, arguments=arguments)):
                yield happening

    async def _worded(self, agent: Agent, errand: Errand) -> AsyncIterator[Token]:
        """The model's answer, as it comes, or where it fails the library's own sentences, labelled."""
        answer = None
        try:
            if errand.failure is None:
                async for happening in agent.answer(errand):
                    if isinstance(happening, Token):
                        yield happening
                    else:
                        answer = happening
        except NO_ANSWER as reason:
            errand.failure = reason
        if answer is None:
            log.warning("conversations.fallback", reason=errand.failure.detail if errand.failure else "")
            own = quoted_answer(errand)
            answer = replace(own, provider=f"{own.provider} (fallback)")
        spent = errand.spent
        usage = {"tokens_in": spent.tokens_in, "tokens_out": spent.tokens_out, "calls": spent.calls}
        errand.answer = replace(answer, usage=usage, asked=agent.model.model)

    async def _agent(self, by: Principal) -> Agent | None:
        agent = await self.agent_of(by.tenant_id)
        return agent if agent and await agent.ways.current() is not AnswerWay.EXTRACTIVE else None
