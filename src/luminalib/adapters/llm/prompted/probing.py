"""What a model can do, found out by trying, and said in words."""

import asyncio

from luminalib.adapters.llm.prompted.asking import Asker
from luminalib.adapters.llm.prompted.budget import SAMPLE
from luminalib.adapters.llm.prompted.parsing import Unfit, parse_answer
from luminalib.adapters.llm.prompted.prompts import Message
from luminalib.adapters.llm.prompted.transport import ChatReply, ChatRequest, TransportFailure
from luminalib.domain.errors import LuminaError
from luminalib.domain.llm import EngineReport, Finding

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


class Probe:
    """Asks a model a few small questions, each accounted for as `probe`."""

    def __init__(self, asker: Asker, seconds: float = PROBE_SECONDS) -> None:
        self._asker = asker
        self._seconds = seconds

    async def report(self, tenant_id: str) -> EngineReport:
        """Is the model there, does it answer, in JSON as the schema says, how much does it read at once, can it call tools."""
        transport = self._asker.transport
        findings: list[Finding] = []
        context: int | None = None
        try:
            context = await self._asker.context_length()
            findings.append(Finding(check="model", is_fine=True, detail=f"The server has the model {transport.model}."))
            findings.append(_context(context))
            async with asyncio.timeout(self._seconds):
                findings.append(await self._answers(tenant_id, context))
            findings.append(await self._tools())
        except TransportFailure as failure:
            findings.append(Finding(check="answer" if findings else "model", is_fine=False, detail=str(failure)))
        except TimeoutError:
            detail = f"No answer in {self._seconds:g} seconds. Is the model too large for its machine, or still being loaded?"
            findings.append(Finding(check="answer", is_fine=False, detail=detail))
        except LuminaError as error:
            findings.append(Finding(check="answer", is_fine=False, detail=error.detail))
        is_ready = {finding.check for finding in findings if finding.is_fine} >= {"model", "json-schema"}
        return EngineReport(
            provider=transport.name, model=transport.model, is_ready=is_ready, findings=tuple(findings), context_length=context
        )

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

    async def _tools(self) -> Finding:
        can = await self._asker.transport.can_call_tools()
        told = {
            True: "The model can call tools.",
            False: "The model cannot call tools. Summaries and reviews need none.",
            None: "The server does not say whether the model can call tools. Summaries and reviews need none.",
        }
        return Finding(check="tools", is_fine=can is not False, detail=told[can])


def _context(length: int) -> Finding:
    if length >= ENOUGH_CONTEXT:
        return Finding(check="context", is_fine=True, detail=f"It reads {length} tokens at once.")
    return Finding(
        check="context",
        is_fine=False,
        detail=f"It reads only {length} tokens at once: books are cut into more parts and answers shortened. "
        "Give the server a longer context where memory allows.",
    )
