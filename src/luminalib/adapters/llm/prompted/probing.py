"""What a model can do, found out by trying, and said in words."""

import asyncio
from collections.abc import Awaitable, Iterator, Sequence
from typing import TypeVar

from luminalib.adapters.llm.prompted.asking import Asker
from luminalib.adapters.llm.prompted.budget import SAMPLE
from luminalib.adapters.llm.prompted.parsing import Unfit, parse_answer
from luminalib.adapters.llm.prompted.prompts import Message
from luminalib.adapters.llm.prompted.transport import ChatReply, ChatRequest, TransportFailure
from luminalib.domain.errors import LuminaError
from luminalib.domain.llm import BOOK_PAGES, TOKENS_OF_A_PAGE, AnswerWay, EngineReport, Finding
from luminalib.ports.conversing import Tool

ENOUGH_CONTEXT = 8192
PROBE_SECONDS = 60.0
"""Somebody waits for the report."""
_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["mood"],
    "properties": {"mood": {"type": "string", "enum": ["bright", "dark"]}},
}
_OUTPUT = 200
_QUESTION = "When does the reading room close?"
_SOURCES = "[1] The Keeper, page 3: The lamp was lit at six.\n\n[2] Rules, page 1: The reading room closes at nine in the evening."
_RIGHT = 2
_TOOL = Tool(
    name="search_library",
    description="Finds passages of the library's books and papers that speak of what is asked.",
    parameters={
        "type": "object",
        "additionalProperties": False,
        "required": ["query"],
        "properties": {"query": {"type": "string", "description": "A complete question."}},
    },
    main="query",
)
_SHORTEST = 0.001
"""Seconds."""
_NO_NEED = "Nothing here needs that."
_LONG_MINUTES = 60
"""For one book; people think of a hung server then."""

T = TypeVar("T")


class Probe:
    """Asks a model a few small questions, each accounted for as `probe`."""

    def __init__(self, asker: Asker, seconds: float = PROBE_SECONDS) -> None:
        self._asker = asker
        self._seconds = seconds
        self._heard: ChatReply | None = None

    async def report(self, tenant_id: str) -> EngineReport:
        """Is the model there, does it answer as the schema says, by sources, with tools; how much does it read, how fast."""
        transport = self._asker.transport
        findings: list[Finding] = []
        context: int | None = None
        try:
            context = await self._asker.context_length()
            findings.append(Finding(check="model", is_fine=True, detail=f"The server has the model {transport.model}."))
            findings.append(_context(context))
            findings.append(await self._within(self._answers(tenant_id, context)))
            if findings[-1].is_fine:
                findings.append(await self._within(self._cites(tenant_id, context)))
            findings.append(await self._calls(tenant_id, context))
        except TransportFailure as failure:
            findings.append(Finding(check="answer" if findings else "model", is_fine=False, detail=str(failure)))
        except TimeoutError:
            detail = f"No answer in {self._seconds:g} seconds. Is the model too large for its machine, or still being loaded?"
            findings.append(Finding(check="answer", is_fine=False, detail=detail))
        except LuminaError as error:
            findings.append(Finding(check="answer", is_fine=False, detail=error.detail))
        fine = {finding.check for finding in findings if finding.is_fine}
        speed = None if self._heard is None else _speed(self._heard)
        return EngineReport(
            provider=transport.name,
            model=transport.model,
            is_ready=fine >= {"model", "json-schema"},
            findings=(*findings, *_consequences(findings, self._heard)),
            context_length=context,
            answers_by=_way(findings),
            tokens_per_second=speed and round(speed, 1),
            minutes_per_book=speed and round(BOOK_PAGES * TOKENS_OF_A_PAGE / speed / 60, 1),
        )

    async def _within(self, trial: Awaitable[T]) -> T:
        async with asyncio.timeout(self._seconds):
            return await trial

    async def _answers(self, tenant_id: str, context: int) -> Finding:
        reply = await self._chat(tenant_id, context)
        try:
            parse_answer(reply.text, _SCHEMA)
        except Unfit as fault:
            return Finding(
                check="json-schema",
                is_fine=False,
                detail=f"The model does not answer in JSON as asked ({fault}). Take a larger one, or a server that constrains it.",
            )
        return Finding(check="json-schema", is_fine=True, detail="The model answers in JSON as the schema says.")

    async def _chat(self, tenant_id: str, context: int) -> ChatReply:
        question = f'Say whether this text is bright or dark, as JSON like {{"mood": "dark"}}:\n{SAMPLE}'
        messages = (Message(role="user", content=question),)
        request = ChatRequest(messages=messages, schema=_SCHEMA, max_output=_OUTPUT, context=context)
        return await self._asker.accounted(tenant_id, "probe@1", request)

    async def _cites(self, tenant_id: str, context: int) -> Finding:
        """By the prompt that members' questions are answered with; wrong sources are replaced there, so this is no condition."""
        prompt = await self._asker.prompts.get("answer-draft", tenant_id)
        messages = prompt.render({"question": _QUESTION, "history": "", "found": _SOURCES})
        heard = ChatRequest(
            messages=messages, schema=prompt.output, max_output=_OUTPUT, context=context, on_tokens=lambda _: None
        )  # as a stream, which tells when the first token comes
        reply = self._heard = await self._asker.accounted(tenant_id, prompt.id, heard)
        try:
            told = parse_answer(reply.text, prompt.output)
        except Unfit as fault:
            return Finding(check="citation", is_fine=False, detail=f"It does not answer from sources as asked ({fault}).")
        sources = {sentence["source"] for sentence in told["sentences"]} if told["answerable"] else set()
        if sources == {_RIGHT}:
            return Finding(check="citation", is_fine=True, detail="The model answers from sources and names the right one.")
        detail = "The model names a wrong source, or none. The library looks for the right one itself, and drops what has none."
        return Finding(check="citation", is_fine=False, detail=detail)

    async def _calls(self, tenant_id: str, context: int) -> Finding:
        if await self._asker.transport.can_call_tools() is False:
            return Finding(check="tools", is_fine=False, detail=f"The server says that the model cannot call tools. {_NO_NEED}")
        messages = (Message(role="user", content=f"Look up: {_QUESTION}"),)
        request = ChatRequest(messages=messages, schema=None, max_output=_OUTPUT, context=context, tools=(_TOOL,), must_call=True)
        try:
            reply = await self._within(self._asker.accounted(tenant_id, "probe-tools@1", request))
        except TimeoutError:
            detail = f"The model was offered a tool and said nothing for {self._seconds:g} seconds. {_NO_NEED}"
            return Finding(check="tools", is_fine=False, detail=detail)
        except TransportFailure as failure:
            return Finding(check="tools", is_fine=False, detail=f"The model was offered a tool in vain: {failure} {_NO_NEED}")
        if any(call.name == _TOOL.name and (call.arguments or {}).get("query") for call in reply.calls):
            return Finding(check="tools", is_fine=True, detail="The model calls tools.")
        return Finding(check="tools", is_fine=False, detail=f"The model was offered a tool and did not call it. {_NO_NEED}")


def _way(findings: Sequence[Finding]) -> AnswerWay | None:
    """What members' questions can be answered by; None when the model has not been heard."""
    heard = {finding.check: finding.is_fine for finding in findings}
    if "json-schema" not in heard:
        return None
    if not heard["json-schema"]:
        return AnswerWay.EXTRACTIVE
    return AnswerWay.TOOLS if heard.get("tools") else AnswerWay.SCHEMA


def _speed(reply: ChatReply) -> float:
    """Tokens a second, read and written."""
    return (reply.tokens_in + reply.tokens_out) / max(reply.seconds, _SHORTEST)


def _consequences(findings: Sequence[Finding], heard: ChatReply | None) -> Iterator[Finding]:
    """What the findings mean for the library's work."""
    if heard is not None and (speed := _speed(heard)):
        minutes = BOOK_PAGES * TOKENS_OF_A_PAGE / speed / 60
        first = f" The first one came after {heard.first_token:.1f} seconds." if heard.first_token else ""
        detail = f"It takes {speed:.0f} tokens a second, so a book of {BOOK_PAGES} pages takes about {minutes:.0f} minutes.{first}"
        slow = " For a server with one slot set LUMINALIB_LLM_AT_ONCE=1." if minutes > _LONG_MINUTES else ""
        yield Finding(check="speed", is_fine=minutes <= _LONG_MINUTES, detail=detail + slow)
    told = {
        AnswerWay.TOOLS: "Members' questions are answered with it, by its own calls of tools.",
        AnswerWay.SCHEMA: "Members' questions are answered with it; what to look up it says in JSON.",
        AnswerWay.EXTRACTIVE: "Members' questions are answered without it, by quotations.",
    }
    if (way := _way(findings)) is not None:
        yield Finding(check="conversations", is_fine=way is not AnswerWay.EXTRACTIVE, detail=told[way])


def _context(length: int) -> Finding:
    if length >= ENOUGH_CONTEXT:
        return Finding(check="context", is_fine=True, detail=f"It reads {length} tokens at once.")
    return Finding(
        check="context",
        is_fine=False,
        detail=f"It reads only {length} tokens at once: books are cut into more parts and answers shortened. "
        "Give the server a longer context where memory allows.",
    )
