"""One question to a model: looked up, budgeted, asked, parsed, repaired once, accounted and kept."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from hashlib import sha256
from math import exp
from typing import Any

import structlog

from luminalib.adapters.llm.prompted.accepting import Judged, better, judged, of_fields
from luminalib.adapters.llm.prompted.budget import SAMPLE, Budget, NoRoom, longest_of
from luminalib.adapters.llm.prompted.metrics import observe
from luminalib.adapters.llm.prompted.prompts import Message, PromptSource
from luminalib.adapters.llm.prompted.questions import Question, Tally
from luminalib.adapters.llm.prompted.transport import (
    BadQuestion,
    BrokenReply,
    ChatReply,
    ChatRequest,
    ChatTransport,
    ContextOverflow,
    TransportFailure,
)
from luminalib.domain.content_checks.faults import VERSION
from luminalib.domain.errors import LuminaError
from luminalib.domain.intelligence import LanguageEngineUnavailable, UnusableAnswer
from luminalib.domain.llm import Answer, LLMCall, Outcome, Purpose
from luminalib.ports.clock import Clock
from luminalib.ports.conversing import Tool
from luminalib.ports.persistence import UnitOfWorkFactory

UNKNOWN_CONTEXT = 4096
"""Tokens that every model in use has, for servers that do not tell."""
REPAIR = "repair"
_CHARACTERS_A_TOKEN = 4
_USUAL = 3
"""An answer is about a third as long as it may be; nobody knows before, so what has come of it tends towards the whole."""
Allow = Callable[[str], Awaitable[None]]
"""Asked for each question whether its tenant may have more tokens. Raises TokensUsedUp."""
log = structlog.get_logger(__name__)


async def without_limit(_tenant_id: str) -> None:
    """Where nobody counts tokens."""


class TooLong(Exception):
    """The question does not fit into the model's context; its text must be cut into more parts."""


class Asker:
    """Asks one model. Answers are kept per tenant under prompt, model and all that was asked; equal questions cost nothing."""

    def __init__(
        self,
        transport: ChatTransport,
        prompts: PromptSource,
        uow: UnitOfWorkFactory,
        clock: Clock,
        allow: Allow = without_limit,
    ) -> None:
        self._allow = allow
        self.transport = transport
        self.prompts = prompts
        self._uow = uow
        self._clock = clock
        self._budget: Budget | None = None
        self._measuring = asyncio.Lock()

    async def budget(self) -> Budget:
        """The model's budget, measured with the first question. Raises LanguageEngineUnavailable."""
        async with self._measuring:
            if self._budget is None:
                try:
                    self._budget = await self._measured()
                except TransportFailure as failure:
                    raise translated(failure) from failure
            return self._budget

    async def _measured(self) -> Budget:
        context = await self.context_length()
        sample = (Message(role="user", content=SAMPLE),)
        reply = await self.transport.chat(ChatRequest(messages=sample, schema=None, max_output=1, context=context))
        return Budget.measured(context, reply.tokens_in)

    async def accounted(self, tenant_id: str, prompt: str, request: ChatRequest) -> ChatReply:
        """A question that tries the model out: neither looked up nor kept, but accounted. Raises TransportFailure."""
        tally = Tally()
        outcome = Outcome.UNAVAILABLE
        try:
            reply = await self.transport.chat(request)
            outcome = Outcome.OK
            tally.add(reply)
        finally:
            await self._record(tenant_id, self._call(Purpose.PROBE, prompt, tally, outcome))
        return reply

    async def speed(self, tenant_id: str) -> float | None:
        """Tokens a second, read and written, of this model's last answers; None as long as it has given none."""
        async with self._uow.reading(tenant_id) as uow:
            return await uow.llm.speed(self.transport.name, self.transport.model)

    @property
    def known_budget(self) -> Budget:
        """The model's budget, guessed while it has not been measured; nothing is asked."""
        return self._budget or Budget(self.transport.context_length or UNKNOWN_CONTEXT)

    async def context_length(self) -> int:
        """In tokens: what the settings say, but no more than the model has. Raises TransportFailure."""
        known = (await self.transport.facts()).context_length
        wanted = self.transport.context_length
        return min(wanted or known or UNKNOWN_CONTEXT, known or wanted or UNKNOWN_CONTEXT)

    async def ask(self, question: Question) -> dict[str, Any]:
        """The answer, which fits the prompt's output schema and has passed the question's checks.

        Raises TooLong, LanguageEngineUnavailable when there is no answer now, UnusableAnswer when there is none that fits.
        """
        digest = self._digest(question)
        async with self._uow.reading(question.tenant_id) as uow:
            kept = await uow.llm.find_answer(digest) if question.is_kept else None
        if kept is not None:
            await self._record(question.tenant_id, self._of(question, Outcome.CACHED))
            found: dict[str, Any] = json.loads(kept.text)
            return found
        return await self._asked(question, digest)

    async def offer(self, question: Question, tools: Sequence[Tool]) -> ChatReply:
        """The model's reply to a question with tools, which it may call instead of answering; nothing is repaired or kept.

        Raises TooLong, LanguageEngineUnavailable, and UnusableAnswer where the server takes no tools.
        """
        await self._allow(question.tenant_id)
        outcome = Outcome.UNAVAILABLE
        try:
            budget = await self.budget()
            messages = question.prompt.render(question.inputs)
            declared = (Message(role="tools", content=json.dumps([dict(tool.parameters) for tool in tools])),)
            room = budget.context - budget.tokens_of_messages((*messages, *declared))
            if room < question.prompt.answer_characters // _CHARACTERS_A_TOKEN:
                raise TooLong(f"{question.prompt.id}: the question leaves no room to call a tool.")
            most = question.prompt.answer_characters // _CHARACTERS_A_TOKEN
            reply = await self._sent(
                ChatRequest(messages=messages, schema=None, max_output=most, context=budget.window, tools=tuple(tools)), budget
            )
            question.tally.add(reply)
            outcome = Outcome.OK
        except asyncio.CancelledError:
            outcome = Outcome.CANCELLED
            raise
        except UnusableAnswer:
            outcome = Outcome.UNUSABLE
            raise
        finally:
            await self._record(question.tenant_id, self._of(question, outcome))
        return reply

    async def _asked(self, question: Question, digest: str) -> dict[str, Any]:
        await self._allow(question.tenant_id)
        try:
            answer, outcome = await self._answer(question, await self.budget(), question.tally)
        except TooLong:
            raise
        except asyncio.CancelledError:
            await self._record(question.tenant_id, self._of(question, Outcome.CANCELLED))
            raise
        except LuminaError as error:
            outcome = Outcome.UNAVAILABLE if isinstance(error, LanguageEngineUnavailable) else Outcome.UNUSABLE
            await self._record(question.tenant_id, self._of(question, outcome))
            raise
        text = json.dumps(answer, ensure_ascii=False)
        kept = Answer(digest=digest, prompt=question.prompt.id, model=self.transport.model, text=text, at=self._clock.now())
        async with self._uow(question.tenant_id) as uow:
            if question.is_kept:
                await uow.llm.keep_answer(kept)
            await uow.llm.record(self._of(question, outcome))
        return answer

    async def _answer(self, question: Question, budget: Budget, tally: Tally) -> tuple[dict[str, Any], Outcome]:
        messages = question.prompt.render(question.inputs)
        reply, first = await self._judged(question, messages, budget, tally)
        if first.usable is not None and not first.faults:
            return first.usable, Outcome.OK
        if first.usable is not None and question.is_enough(first.usable):
            return first.usable, Outcome.REPAIRED
        log.info("llm.repair", prompt=question.prompt.id, faults=first.told)
        repair = await self.prompts.get(REPAIR, question.tenant_id)
        said = json.dumps(first.kept, ensure_ascii=False) if first.faulty else reply.text
        told = Message(role="assistant", content=said or "(nothing)")  # what is at fault would be copied
        asked_again = (*messages, told, *repair.render(_told_of(first)))
        best = better(first, await self._once_more(question, asked_again, messages, budget, tally, first))
        if best.usable is None:
            raise UnusableAnswer(f"{UnusableAnswer.__doc__} It was: {best.told}", prompt=question.prompt.id)
        return best.usable, Outcome.REPAIRED

    async def _once_more(
        self,
        question: Question,
        asked_again: tuple[Message, ...],
        messages: tuple[Message, ...],
        budget: Budget,
        tally: Tally,
        first: Judged,
    ) -> Judged:
        """With what was wrong, or where that does not fit into the context, the bare question."""
        try:
            return (await self._judged(question, asked_again, budget, tally, first))[1]
        except TooLong:
            return (await self._judged(question, messages, budget, tally, first))[1]

    async def _judged(
        self, question: Question, messages: tuple[Message, ...], budget: Budget, tally: Tally, before: Judged | None = None
    ) -> tuple[ChatReply, Judged]:
        reply, schema = await self._chat(question, messages, budget, tally, before)
        found = await asyncio.to_thread(judged, reply, schema, question.examine, before, question.may_lack)
        tally.failed |= {fault.check for fault in found.faults}
        return reply, found

    async def _chat(
        self, question: Question, messages: tuple[Message, ...], budget: Budget, tally: Tally, before: Judged | None
    ) -> tuple[ChatReply, Mapping[str, Any]]:
        """The reply, and the schema of the whole answer; what was right `before` is not asked for again."""
        prompt = question.prompt
        wanted = of_fields(prompt.output, before.faulty if before is not None else frozenset())
        longest = int(min(prompt.answer_characters, longest_of(wanted)))
        try:
            output, schema = budget.answer(messages, prompt.own_words, longest, prompt.output)
        except NoRoom as reason:
            raise TooLong(f"{prompt.id}: {reason}") from reason
        tell = question.on_share
        request = ChatRequest(
            messages=messages,
            schema=of_fields(schema, before.faulty if before is not None else frozenset()),
            max_output=output,
            context=budget.window,
            on_tokens=(lambda count: tell(1 - exp(-_USUAL * count / output))) if tell else None,
            on_text=question.on_text if before is None else None,
        )
        reply = await self._sent(request, budget)
        tally.add(reply)
        if not reply.is_whole and 0 < reply.tokens_out < output:  # the server ended it, for want of room
            budget.overflowed(reply.tokens_in + reply.tokens_out)
            raise TooLong(f"The context ended after {reply.tokens_in + reply.tokens_out} tokens.")
        return reply, schema

    async def _sent(self, request: ChatRequest, budget: Budget) -> ChatReply:
        try:
            return await self.transport.chat(request)
        except ContextOverflow as overflow:
            budget.overflowed()
            raise TooLong(str(overflow)) from overflow
        except TransportFailure as failure:
            raise translated(failure) from failure

    def _digest(self, question: Question) -> str:
        asked = [question.prompt.fingerprint, VERSION, self.transport.name, self.transport.model, question.inputs]
        return sha256(json.dumps(asked, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    async def _record(self, tenant_id: str, call: LLMCall) -> None:
        async with self._uow(tenant_id) as uow:
            await uow.llm.record(call)

    def _of(self, question: Question, outcome: Outcome) -> LLMCall:
        return self._call(question.purpose, question.prompt.id, question.tally, outcome, question.user_id)

    def _call(self, purpose: Purpose, prompt: str, tally: Tally, outcome: Outcome, user_id: str | None = None) -> LLMCall:
        call = LLMCall(
            purpose=purpose,
            provider=self.transport.name,
            model=self.transport.model,
            prompt=prompt,
            tokens_in=tally.tokens_in,
            tokens_out=tally.tokens_out,
            seconds=tally.seconds if tally.calls else time.monotonic() - tally.started,
            outcome=outcome,
            failed_checks=tuple(sorted(check.value for check in tally.failed)),
            at=self._clock.now(),
            user_id=user_id,
        )
        observe(call)
        return call


def _told_of(first: Judged) -> dict[str, Any]:
    """What a repair says: of single fields in few words, of the whole as the parser or the checks said it."""
    fields = first.fields
    return {"fault": "" if fields else first.told, "fields": [f"{name} ({reasons})" for name, reasons in fields.items()]}


def translated(failure: TransportFailure) -> LuminaError:
    """The domain's error: most failures pass when somebody acts or waits, a question that is refused as such does not."""
    if isinstance(failure, (BadQuestion, BrokenReply)):
        return UnusableAnswer(str(failure))
    if failure.retry_after is not None:
        return LanguageEngineUnavailable(str(failure), retry_after=max(1, round(failure.retry_after)))
    return LanguageEngineUnavailable(str(failure))
