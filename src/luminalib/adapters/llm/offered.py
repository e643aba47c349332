"""Several engines, of which each tenant has chosen one."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog

from luminalib.domain.consensus import ConsensusResult, ReviewReading
from luminalib.domain.intelligence import SummaryResult
from luminalib.domain.llm import EngineReport, Estimate
from luminalib.domain.triage import FieldReading, IntentReading
from luminalib.ports.children import Progress
from luminalib.ports.llm import ConsensusRequest, LLMProvider, ReviewText, SummaryRequest

Choice = Callable[[str], Awaitable[str | None]]
"""Which of the offered engines a tenant has chosen; None for the usual one."""
log = structlog.get_logger(__name__)


async def without_choice(_tenant_id: str) -> None:
    """Where all tenants have the usual one."""


class OfferedLLM(LLMProvider):
    """Asks the engine that the tenant has chosen; the usual one for all others, and where what was chosen is offered no more."""

    def __init__(self, usual: LLMProvider, offered: Mapping[str, LLMProvider], choice: Choice) -> None:
        self.name = usual.name
        self.offered = tuple(offered)
        self.prompt_versions = next((one.prompt_versions for one in (usual, *offered.values()) if one.prompt_versions), {})
        self._usual = usual
        self._engines = offered
        self._choice = choice

    async def engine_of(self, tenant_id: str) -> LLMProvider:
        """See LLMProvider."""
        chosen = await self._choice(tenant_id)
        if chosen is None:
            return self._usual
        if chosen not in self._engines:
            log.warning("llm.not_offered", tenant_id=tenant_id, engine=chosen)
        return self._engines.get(chosen, self._usual)

    async def summarise(self, request: SummaryRequest, on_progress: Progress | None = None) -> SummaryResult:
        """See LLMProvider."""
        return await (await self.engine_of(request.tenant_id)).summarise(request, on_progress)

    async def read_reviews(self, tenant_id: str, reviews: Sequence[ReviewText]) -> list[ReviewReading]:
        """See LLMProvider."""
        return await (await self.engine_of(tenant_id)).read_reviews(tenant_id, reviews)

    async def synthesise_consensus(self, request: ConsensusRequest) -> ConsensusResult:
        """See LLMProvider."""
        return await (await self.engine_of(request.tenant_id)).synthesise_consensus(request)

    async def classify_inquiry(self, tenant_id: str, message: str) -> IntentReading:
        """See LLMProvider."""
        return await (await self.engine_of(tenant_id)).classify_inquiry(tenant_id, message)

    async def extract_inquiry(self, tenant_id: str, message: str, region: str | None) -> FieldReading:
        """See LLMProvider."""
        return await (await self.engine_of(tenant_id)).extract_inquiry(tenant_id, message, region)

    async def estimate(self, tenant_id: str, words: int) -> Estimate | None:
        """See LLMProvider."""
        return await (await self.engine_of(tenant_id)).estimate(tenant_id, words)

    async def check(self) -> None:
        """See LLMProvider; the usual one's state."""
        await self._usual.check()

    async def probe(self, tenant_id: str) -> EngineReport:
        """See LLMProvider."""
        return await (await self.engine_of(tenant_id)).probe(tenant_id)
