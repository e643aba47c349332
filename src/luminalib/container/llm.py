"""The language engine, as the settings choose it, and what it says of itself at the start."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass

import structlog

from luminalib.adapters.llm.extractive.provider import ExtractiveLLM
from luminalib.adapters.llm.fallback import FallbackLLM
from luminalib.adapters.llm.offered import OfferedLLM
from luminalib.adapters.triage.reading import RuleFieldReader
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.errors import LuminaError
from luminalib.domain.prompt_variants import PromptVariant
from luminalib.ports.children import ChildProcesses
from luminalib.ports.clock import Clock
from luminalib.ports.llm import LLMProvider
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.settings import Settings

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineTools:
    """What engines are opened with; `stack` closes their connections.

    `allow` is asked for each question whether its tenant may have more tokens, `variants` what it tries out of prompts, `choice`
    which of the offered engines it has chosen.
    """

    stack: AsyncExitStack
    children: ChildProcesses
    uow: UnitOfWorkFactory
    clock: Clock
    allow: Callable[[str], Awaitable[None]]
    variants: Callable[[str], Awaitable[Mapping[str, Sequence[PromptVariant]]]]
    choice: Callable[[str], Awaitable[str | None]]


def open_llm(settings: Settings, tools: EngineTools) -> LLMProvider:
    """The chosen engine, or those that tenants may choose from. Nothing is asked yet: a model may come later than the library.

    Raises SettingsError.
    """
    usual = _engine(settings, tools)
    if not settings.offered_engines:
        return usual
    offered = {name: _engine(_with_model(settings, *engine), tools) for name, engine in settings.offered_engines.items()}
    return OfferedLLM(usual, offered, tools.choice)


def _engine(settings: Settings, tools: EngineTools) -> LLMProvider:
    reader = RuleFieldReader()
    extractive = ExtractiveLLM(tools.children, reader)
    if settings.llm == "extractive":
        return extractive
    from luminalib.container.prompted import open_prompted  # noqa: PLC0415 -- clients and schemas are imported where they are chosen

    prompted = open_prompted(settings, tools, reader, extractive)
    if settings.llm_fallback == "none":
        return prompted
    return FallbackLLM(prompted, extractive, waits=settings.llm_fallback == "unusable")


def _with_model(settings: Settings, provider: str, model: str) -> Settings:
    """The settings as if this engine were the chosen one; the address and the key of its server stay."""
    changes: dict[str, object] = {"llm": provider}
    if provider != "extractive":
        changes[provider] = getattr(settings, provider).model_copy(update={"model": model})
    return settings.model_copy(update=changes)


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
