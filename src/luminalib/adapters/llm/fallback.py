"""Another provider in place of one that is away or says nothing of use; what it says is labelled as standing in."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import structlog

from luminalib.domain.consensus import ConsensusResult, ReviewReading
from luminalib.domain.intelligence import LanguageEngineUnavailable, SummaryResult, UnusableAnswer
from luminalib.domain.llm import EngineReport, Estimate
from luminalib.domain.triage import FieldReading, IntentReading
from luminalib.ports.children import Progress
from luminalib.ports.llm import ConsensusRequest, LLMProvider, ReviewText, SummaryRequest

log = structlog.get_logger(__name__)
T = TypeVar("T")
Labelled = TypeVar("Labelled", SummaryResult, ReviewReading, ConsensusResult, IntentReading, FieldReading)


def stands_in(result: Labelled) -> Labelled:
    """The result with a label that says that it is not from the engine that was asked."""
    return replace(result, provider=f"{result.provider} (fallback)")


class FallbackLLM(LLMProvider):
    """Asks `first`, and `second` when its answer is of no use, or when it is away, unless one `waits` for it."""

    def __init__(self, first: LLMProvider, second: LLMProvider, *, waits: bool = False) -> None:
        self.name = first.name
        self.prompt_versions = first.prompt_versions
        self.conversing = first.conversing
        self._first = first
        self._second = second
        self._reasons = (UnusableAnswer,) if waits else (UnusableAnswer, LanguageEngineUnavailable)

    async def summarise(self, request: SummaryRequest, on_progress: Progress | None = None) -> SummaryResult:
        """See LLMProvider."""
        return await self._either(
            self._first.summarise(request, on_progress),
            lambda: self._second.summarise(request, on_progress),
            stands_in,
        )

    async def read_reviews(self, tenant_id: str, reviews: Sequence[ReviewText]) -> list[ReviewReading]:
        """See LLMProvider."""
        return await self._either(
            self._first.read_reviews(tenant_id, reviews),
            lambda: self._second.read_reviews(tenant_id, reviews),
            lambda readings: [stands_in(reading) for reading in readings],
        )

    async def synthesise_consensus(self, request: ConsensusRequest) -> ConsensusResult:
        """See LLMProvider."""
        return await self._either(
            self._first.synthesise_consensus(request), lambda: self._second.synthesise_consensus(request), stands_in
        )

    async def classify_inquiry(self, tenant_id: str, message: str) -> IntentReading:
        """See LLMProvider."""
        return await self._either(
            self._first.classify_inquiry(tenant_id, message),
            lambda: self._second.classify_inquiry(tenant_id, message),
            stands_in,
        )

    async def extract_inquiry(self, tenant_id: str, message: str, region: str | None) -> FieldReading:
        """See LLMProvider."""
        return await self._either(
            self._first.extract_inquiry(tenant_id, message, region),
            lambda: self._second.extract_inquiry(tenant_id, message, region),
            stands_in,
        )

    async def estimate(self, tenant_id: str, words: int) -> Estimate | None:
        """See LLMProvider; the first one's."""
        return await self._first.estimate(tenant_id, words)

    async def check(self) -> None:
        """See LLMProvider; the first one's state, so that operators learn that it is away."""
        await self._first.check()

    async def probe(self, tenant_id: str) -> EngineReport:
        """See LLMProvider; of the first one."""
        return await self._first.probe(tenant_id)

    async def _either(self, first: Awaitable[T], second: Callable[[], Awaitable[T]], label: Callable[[T], T]) -> T:
        try:
            return await first
        except self._reasons as reason:
            log.warning("llm.fallback", provider=self._second.name, reason=reason.detail)
            return label(await second())
