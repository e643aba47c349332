"""Answering with a model: it says what to look up and drafts; what was found decides what of that is said."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import TypeVar

import structlog

from luminalib.domain.auth import Principal
from luminalib.domain.confidence import is_hopeless, is_near_in_meaning
from luminalib.domain.conversations import Answer, Style
from luminalib.domain.errors import LuminaError
from luminalib.domain.grounding import Claim
from luminalib.domain.intelligence import ContextTooSmall, LanguageEngineUnavailable, UnusableAnswer
from luminalib.domain.llm import AnswerWay
from luminalib.ports.conversing import Call, Choice, ConversingModel, Draft, Situation
from luminalib.services.conversations.errand import Errand, Question
from luminalib.services.conversations.events import Happening, Token
from luminalib.services.conversations.extractive import confidence_in, quoted_answer, refused
from luminalib.services.conversations.saying import Saying
from luminalib.services.conversations.tools import SEARCH, TOOLS, ToolBox
from luminalib.services.conversations.ways import Ways

ROUNDS = 4
"""So many times a model is asked what else to look up."""
CALLS_A_ROUND = 4
WELL_FOUND = 0.8
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

    async def answer(self, errand: Errand) -> AsyncIterator[Token | Answer]:
        """The beginning of the answer, sentence by sentence as they come and stand the test, and at last the whole of it.

        That is the nearest places or the refusal where nothing stands. Raises NO_ANSWER, but not once something was said.
        """
        quotes = errand.quotes()
        confidence = confidence_in(errand, quotes[0] if quotes else None)
        if not errand.facts and (not quotes or is_hopeless(errand.evidence.meaning, confidence)):
            yield refused(errand, confidence)
            return
        saying = Saying(errand, quotes)
        async for piece in self._as_it_comes(errand, saying):
            yield Token(piece)
        saying.conclude()
        if not saying.kept:
            yield self._without(errand, saying.draft)
            return
        if errand.question.style is Style.FRIENDLY:
            await self._make_friendlier(errand, saying)
        yield saying.answer(self.model.name, self.model.model)

    async def _as_it_comes(self, errand: Errand, saying: Saying) -> AsyncIterator[str]:
        """What can be said of a draft while it comes. Raises NO_ANSWER as long as nothing was said."""
        try:
            async for one in self._drafted(errand, saying.situation):
                if isinstance(one, Draft):
                    saying.draft = one
                    continue
                saying.hear([one])
                if piece := saying.next_piece():
                    yield piece
        except NO_ANSWER as reason:
            if not errand.said:
                raise
            log.info("conversations.cut_short", reason=reason.detail)

    async def _drafted(self, errand: Errand, situation: Situation) -> AsyncIterator[Claim | Draft]:
        """The claims as they come, and the draft. Raises NO_ANSWER."""
        claims: asyncio.Queue[Claim | None] = asyncio.Queue()
        asked = asyncio.create_task(self._timed(errand, self.model.draft(situation, claims.put_nowait)))
        asked.add_done_callback(lambda _: claims.put_nowait(None))
        try:
            while (claim := await claims.get()) is not None:
                yield claim
            yield asked.result()
        finally:
            asked.cancel()
            await asyncio.wait([asked])

    async def summary_of(self, by: Principal, question: Question, seconds: float) -> str:
        """What the turns and the summary of a question come to. Raises NO_ANSWER."""
        said_before = Situation(
            tenant_id=by.tenant_id, user_id=by.user_id, question="", summary=question.summary, turns=question.turns
        )
        wording = await _within(seconds, self.model.condense(said_before))
        return wording.texts[0]

    def _without(self, errand: Errand, draft: Draft | None) -> Answer:
        """The model has read some places and found no answer in them: that counts for a refusal, not for an answer.

        Not so where the question is in other words than the books': what lies near in meaning is more than the model was shown.
        """
        nearest = quoted_answer(errand)
        if draft is not None and draft.is_answerable and nearest.citations:
            return nearest
        if nearest.confidence < WELL_FOUND and not is_near_in_meaning(errand.evidence):
            return refused(errand, nearest.confidence)
        return nearest

    async def _make_friendlier(self, errand: Errand, saying: Saying) -> None:
        """In a friendlier tone where the facts stay the same both ways; as they were otherwise, and when there is no time left."""
        try:
            wording = await self._timed(errand, self.model.reword(errand.situation(), [one.text for one in saying.kept]))
        except NO_ANSWER as reason:
            log.info("conversations.not_reworded", reason=reason.detail)
            return
        if len(wording.texts) == len(saying.kept):
            saying.reworded(wording.texts)

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
