"""Prompted models for tests: on any server, with a database for what is kept of the calls."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from fakes import FakeClock, InlineChildren
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.adapters.llm.extractive.provider import ExtractiveLLM
from luminalib.adapters.llm.ollama import OllamaTransport
from luminalib.adapters.llm.openai import OpenAITransport
from luminalib.adapters.llm.prompted.asking import Allow, without_limit
from luminalib.adapters.llm.prompted.prompts import FilePrompts
from luminalib.adapters.llm.prompted.provider import PromptedLLM
from luminalib.adapters.llm.prompted.resilience import ResilientTransport
from luminalib.adapters.llm.prompted.transport import ChatTransport
from luminalib.adapters.triage.reading import RuleFieldReader
from luminalib.domain.llm import Outcome, Usage
from templates import newest_schema

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PROVIDERS = ("openai", "ollama")


@dataclass
class Model:
    """A prompted provider and what lies around it. `pauses` are the seconds that it would have waited."""

    llm: PromptedLLM
    uow: SqlUnitOfWorkFactory
    clock: FakeClock
    pauses: list[float]

    async def usage(self) -> list[Usage]:
        async with self.uow.reading("main") as unit:
            return await unit.llm.usage(date.min, date.max)

    async def calls(self) -> dict[str, int]:
        """How many questions were asked in vain, answered from the cache, and in all."""
        found = await self.usage()
        return {name: sum(getattr(usage, name) for usage in found) for name in ("calls", Outcome.CACHED.value, "failed")}


def transport(provider: str, url: str, **details: Any) -> ChatTransport:
    """The real transport of `provider` to the server at `url`, without the `/v1` that OpenAI's protocol wants."""
    model = details.pop("model", "tiny")
    if provider == "ollama":
        return OllamaTransport(base_url=url, model=model, **details)
    return OpenAITransport(base_url=f"{url}/v1", api_key="", model=model, **details)


@asynccontextmanager
async def prompted(
    folder: Path,
    inner: ChatTransport,
    *,
    seconds: float = 20,
    at_once: int = 2,
    minutes: int = 0,
    allow: Allow = without_limit,
) -> AsyncIterator[Model]:
    """The provider on `inner`; `folder` holds its database, so that a second one finds what the first has kept."""
    calls = folder / "calls.db"
    if not calls.exists():
        shutil.copyfile(await asyncio.to_thread(newest_schema), calls)
    database = SqlDatabase(f"sqlite+aiosqlite:///{calls}")
    clock = FakeClock(NOW)
    uow = SqlUnitOfWorkFactory(database, MemoryEventBus(), clock)
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    children, reader = InlineChildren(), RuleFieldReader()
    careful = ResilientTransport(inner, clock, seconds=seconds, at_once=at_once, pause=pause)
    own = ExtractiveLLM(children, reader)
    llm = PromptedLLM(careful, FilePrompts(), uow, children, reader, clock, own=own, at_once=at_once, minutes=minutes, allow=allow)
    try:
        yield Model(llm, uow, clock, pauses)
    finally:
        await careful.close()
        await database.close()
