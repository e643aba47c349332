"""Whether the parts that the library stands on are there."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from luminalib.domain.errors import Unavailable
from luminalib.steps.shared_reads import SharedReads

CHECK_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class PartHealth:
    """One part: whether it works, whether nothing works without it, and what to do when it does not."""

    name: str
    is_up: bool
    is_hard: bool
    detail: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """How to check a part; `check` raises Unavailable."""

    check: Callable[[], Awaitable[None]]
    is_hard: bool = True


class HealthService:
    """Asks every part, at the same time, and waits for none longer than a few seconds."""

    def __init__(self, parts: Mapping[str, Part]) -> None:
        self._parts = parts
        self._reports: SharedReads[str, list[PartHealth]] = SharedReads()

    async def report(self, patience: float = 0.0) -> list[PartHealth]:
        """The state of each part now, or as it was at most `patience` seconds ago: looking costs a write to the disk."""
        return await self._reports.get("all", self._look, patience)

    async def _look(self) -> list[PartHealth]:
        return list(await asyncio.gather(*(self._ask(name, part) for name, part in self._parts.items())))

    async def _ask(self, name: str, part: Part) -> PartHealth:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await part.check()
        except Unavailable as reason:
            return PartHealth(name=name, is_up=False, is_hard=part.is_hard, detail=reason.detail)
        except TimeoutError:
            return PartHealth(name=name, is_up=False, is_hard=part.is_hard, detail=f"No answer in {CHECK_SECONDS:.0f} seconds.")
        return PartHealth(name=name, is_up=True, is_hard=part.is_hard)
