"""Answering with a model: it says what to look up and drafts; what was found decides what of that is said."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import structlog

from luminalib.domain.auth import Principal
from luminalib.domain.confidence import confidence_in_answer, is_hopeless
from luminalib.domain.conversations import Answer, Citation, RefusalReason, Style, said
from luminalib.domain.errors import LuminaError
from luminalib.domain.grounding import Claim, Ground, Grounded, adds_something, grounded
from luminalib.domain.intelligence import ContextTooSmall, LanguageEngineUnavailable, UnusableAnswer
from luminalib.domain.llm import AnswerWay
from luminalib.domain.questions import asked_for, holds
from luminalib.domain.quoting import Quote
from luminalib.ports.conversing import Call, Choice, ConversingModel, Draft, Situation
from luminalib.services.conversations.errand import Errand, Question
from luminalib.services.conversations.events import Happening
from luminalib.services.conversations.extractive import cited, confidence_in, is_by_history, quoted_answer, refused
from luminalib.services.conversations.tools import SEARCH, TOOLS, ToolBox
from luminalib.services.conversations.ways import Ways

ROUNDS = 4
"""So many times a model is asked what else to look up."""
CALLS_A_ROUND = 4
WELL_FOUND = 0.6
"""So sure of its quotations the library must be to show them though the model finds no answer in them."""
log = structlog.get_logger(__name__)
T = TypeVar("T")


class OutOfTime(LuminaError):
    """The model took longer for this answer than it may."""

    slug = "out-of-time"


NO_ANSWER = (LanguageEngineUnavailable, UnusableAnswer, OutOfTime)
"""What keeps a model from answering, and the library's own sentences stand in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Agent:
    """One model with its tools. `most_tokens` bounds what the looking up for one answer may take."""

    model: ConversingModel
    ways: Ways
    tools: ToolBox
    most_tokens: int

    async def look_up(self, errand: Errand) -> AsyncIterator[Happening]:
        """Uses the tools that the model chooses, round by round, until it has enough or may have no more. Raises NO_ANSWER."""
        done: set[str] = set()
        for _ in range(ROUNDS):
            choice = await self._choice(errand)
            calls = [call for call in choice.calls if _key(call) not in done][:CALLS_A_ROUND]
            for call in calls:
                done.add(_key(call))
                async for happening in self.tools.use(errand, call):
                    yield happening
            is_enough = all(call.name == SEARCH and not call.fault for call in calls)
            if is_enough or errand.spent.tokens_in + errand.spent.tokens_out >= self.most_tokens:
                return

    async def answer(self, errand: Errand) -> Answer:
        """What stands the test of the model's draft; else the nearest places, or the refusal. Raises NO_ANSWER."""
        quotes = errand.quotes()
        confidence = confidence_in(errand, quotes[0] if quotes else None)
        if not errand.facts and (not quotes or is_hopeless(errand.evidence.meaning, confidence)):
            return refused(errand, confidence)
        draft = await self._timed(errand, self.model.draft(errand.situation(quotes)))
        before = [turn.question for turn in errand.question.turns]
        asked = errand.question.text
        claims = [claim for claim in draft.claims if draft.is_answerable and adds_something(claim.text, asked, before)]
        known = " ".join([errand.question.text, *errand.queries])
        kept = [one for one in grounded(claims, errand.grounds(), known) if not self._is_by_history(errand, one)]
        if not kept:
            return self._without(errand, draft)
        if errand.question.style is Style.FRIENDLY:
            kept = await self._friendlier(errand, kept, known)
        return self._said(errand, kept, quotes, draft)

    async def summary_of(self, by: Principal, question: Question, seconds: float) -> str:
        """What the turns and the summary of a question come to. Raises NO_ANSWER."""
        said_before = Situation(
            tenant_id=by.tenant_id, user_id=by.user_id, question="", summary=question.summary, turns=question.turns
        )
        wording = await _within(seconds, self.model.condense(said_before))
        return wording.texts[0]

    def _is_by_history(self, errand: Errand, one: Grounded) -> bool:
        return one.source in errand.passages and is_by_history(errand, errand.passages[one.source][0])

    def _without(self, errand: Errand, draft: Draft) -> Answer:
        """The model has read the places and found no answer in them: what it says counts for a refusal, not for an answer."""
        nearest = quoted_answer(errand)
        if draft.is_answerable and nearest.citations:
            return nearest
        if nearest.confidence < WELL_FOUND:
            return refused(errand, nearest.confidence)
        return nearest

    def _said(self, errand: Errand, kept: Sequence[Grounded], quotes: Sequence[Quote], draft: Draft) -> Answer:
        citations: list[Citation] = []
        sentences = [(one.text, _markers(one, citations, errand, quotes)) for one in kept]
        confidence = self._confidence(errand, kept, quotes)
        is_sure = confidence >= errand.rules.sure
        return Answer(
            content=said(sentences, errand.rules.words, is_sure=is_sure),
            answered=is_sure,
            confidence=confidence,
            citations=citations,
            refusal_reason=None if is_sure else RefusalReason.NOT_SURE,
            tool_calls=list(errand.calls),
            provider=self.model.name,
            model=self.model.model,
            prompt=draft.prompt,
        )

    def _confidence(self, errand: Errand, kept: Sequence[Grounded], quotes: Sequence[Quote]) -> float:
        """From what was found, how much of the question stands there, and how well the sentences do; not the model's word."""
        by_passage = {quote.view.passage.id: quote for quote in quotes}
        found = []
        for one in kept:
            if one.source in errand.facts:
                found.append(one.support)
                continue
            quote = by_passage.get(errand.passages[one.source][0].passage.id)
            question = errand.question.text
            holds_it = holds(one.text, asked_for(question), question)
            worth = quote.worth if quote else 0.0
            found.append(confidence_in_answer(errand.evidence, worth, one.support, holds_it=holds_it))
        return round(max(found), 4)

    async def _friendlier(self, errand: Errand, kept: Sequence[Grounded], known: str) -> list[Grounded]:
        """In a friendlier tone where the facts stay the same both ways; as they were otherwise, and when there is no time left."""
        try:
            wording = await self._timed(errand, self.model.reword(errand.situation(), [one.text for one in kept]))
        except NO_ANSWER as reason:
            log.info("conversations.not_reworded", reason=reason.detail)
            return list(kept)
        if len(wording.texts) != len(kept):
            return list(kept)
        grounds = errand.grounds()
        return [_reworded(one, text, grounds[one.source], known) for one, text in zip(kept, wording.texts, strict=True)]

    async def _choice(self, errand: Errand) -> Choice:
        situation = errand.situation(errand.quotes())
        if await self.ways.current() is AnswerWay.TOOLS:
            try:
                choice = await self._timed(errand, self.model.choose(situation, TOOLS))
            except (UnusableAnswer, ContextTooSmall) as reason:  # the declarations of tools alone take some room
                log.info("conversations.no_tools", reason=reason.detail)
            else:
                if not choice.is_misspelt:
                    return choice
            self.ways.calls_failed()
        return await self._timed(errand, self.model.route(situation, TOOLS))

    async def _timed(self, errand: Errand, asked: Awaitable[T]) -> T:
        return await _within(errand.seconds_left, asked)


async def _within(seconds: float, asked: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await asked
    except TimeoutError:
        raise OutOfTime from None


def _key(call: Call) -> str:
    return json.dumps([call.name, dict(call.arguments), call.fault], sort_keys=True, default=str)


def _markers(one: Grounded, citations: list[Citation], errand: Errand, quotes: Sequence[Quote]) -> list[int]:
    """The marker of the place that a sentence rests on, which joins the citations unless it is there; none for records."""
    if one.source not in errand.passages:
        return []
    view, _ = errand.passages[one.source]
    score = next((quote.score for quote in quotes if quote.view.passage.id == view.passage.id), one.support)
    citation = cited(len(citations) + 1, view, (one.start, one.stop), score, errand)
    for known in citations:
        if (known.document_id, known.start, known.stop) == (citation.document_id, citation.start, citation.stop):
            return [known.marker]
    citations.append(citation)
    return [citation.marker]


def _reworded(one: Grounded, text: str, ground: Ground, known: str) -> Grounded:
    again = grounded([Claim(text=text, source=one.source)], {one.source: ground}, known)
    says_all = grounded([Claim(text=one.text)], {0: Ground(text=text)}, "")
    return replace(again[0], start=one.start, stop=one.stop) if again and says_all else one
