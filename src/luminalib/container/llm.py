"""The language engine, as the settings choose it, and what it says of itself at the start."""

import asyncio
from contextlib import AsyncExitStack, suppress

import structlog

from luminalib.adapters.llm.extractive.provider import ExtractiveLLM
from luminalib.adapters.llm.fallback import FallbackLLM
from luminalib.adapters.llm.ollama import OllamaTransport
from luminalib.adapters.llm.openai import OpenAITransport
from luminalib.adapters.llm.prompted.prompts import FilePrompts
from luminalib.adapters.llm.prompted.provider import PromptedLLM
from luminalib.adapters.llm.prompted.resilience import ResilientTransport
from luminalib.adapters.llm.prompted.transport import ChatTransport
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.errors import LuminaError
from luminalib.ports.children import ChildProcesses
from luminalib.ports.clock import Clock
from luminalib.ports.llm import LLMProvider
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.settings import Settings

log = structlog.get_logger(__name__)


def open_llm(
    settings: Settings, stack: AsyncExitStack, children: ChildProcesses, uow: UnitOfWorkFactory, clock: Clock
) -> LLMProvider:
    """The chosen engine; `stack` closes its connections. Nothing is asked yet: a model may come later than the library."""
    extractive = ExtractiveLLM(children)
    if settings.llm == "extractive":
        return extractive
    transport = ResilientTransport(_transport(settings), clock, seconds=settings.llm_seconds, at_once=settings.llm_at_once)
    stack.push_async_callback(transport.close)
    prompted = PromptedLLM(transport, FilePrompts(), uow, children, clock, at_once=settings.llm_at_once)
    return FallbackLLM(prompted, extractive) if settings.llm_fallback == "extractive" else prompted


def _transport(settings: Settings) -> ChatTransport:
    if settings.llm == "ollama":
        ollama = settings.ollama
        return OllamaTransport(base_url=ollama.base_url, model=ollama.model, context_length=ollama.context_length)
    server = settings.openai
    return OpenAITransport(
        base_url=server.base_url,
        api_key=server.api_key.get_secret_value(),
        model=server.model,
        context_length=server.context_length or None,
    )


def introduce(llm: LLMProvider, stack: AsyncExitStack) -> None:
    """Has the engine tried out beside the start, and what was found in the log; the library does not wait for it."""
    task = asyncio.create_task(_introduce(llm))

    async def end() -> None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    stack.push_async_callback(end)


async def _introduce(llm: LLMProvider) -> None:
    try:
        report = await llm.probe(MAIN_TENANT)
    except LuminaError as reason:  # the database, which accounts for the questions
        log.warning("llm.not_tried", reason=reason.detail)
        return
    except Exception:
        log.exception("llm.not_tried")
        return
    tell = log.info if report.is_ready else log.warning
    findings = {finding.check: finding.detail for finding in report.findings}
    tell("llm.ready" if report.is_ready else "llm.not_ready", provider=report.provider, model=report.model, findings=findings)
