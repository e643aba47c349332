"""A prompted model as a language provider, whatever server it is on."""

import asyncio
from collections.abc import Sequence

import structlog

from luminalib.adapters.llm.extractive.opinions import opinion
from luminalib.adapters.llm.fallback import stands_in
from luminalib.adapters.llm.prompted.asking import Allow, Asker, translated, without_limit
from luminalib.adapters.llm.prompted.books import BookReader
from luminalib.adapters.llm.prompted.conversing import PromptedConversing
from luminalib.adapters.llm.prompted.inquiries import InquiryReader
from luminalib.adapters.llm.prompted.probing import Probe
from luminalib.adapters.llm.prompted.prompts import PromptSource
from luminalib.adapters.llm.prompted.reviews import ReviewReader
from luminalib.adapters.llm.prompted.transport import ChatTransport, TransportFailure
from luminalib.domain.consensus import ConsensusResult, ReviewReading
from luminalib.domain.intelligence import SummaryResult, UnusableAnswer
from luminalib.domain.llm import EngineReport, Estimate
from luminalib.domain.triage import FieldReading, IntentReading
from luminalib.ports.children import ChildProcesses, Progress
from luminalib.ports.clock import Clock
from luminalib.ports.llm import ConsensusRequest, LLMProvider, ReviewText, SummaryRequest
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.triage import FieldReader

log = structlog.get_logger(__name__)


class PromptedLLM(LLMProvider):
    """Asks a model by prompts, `at_once` questions of one piece of work at a time; every call is accounted, every answer kept.

    A book may take `minutes`, 0 for as long as it needs.

    Where a model words a consensus that its table contradicts, the wording is that of `own`, and says so; `own` is heard on the
    mood of reviews, too.
    """

    def __init__(
        self,
        transport: ChatTransport,
        prompts: PromptSource,
        uow: UnitOfWorkFactory,
        children: ChildProcesses,
        reader: FieldReader,
        clock: Clock,
        *,
        own: LLMProvider,
        at_once: int,
        minutes: int = 0,
        allow: Allow = without_limit,
    ) -> None:
        self.name = transport.name
        self.prompt_versions = prompts.versions
        self._transport = transport
        self._own = own
        self._at_once = at_once
        asker = Asker(transport, prompts, uow, clock, allow)
        self._books = BookReader(asker, children, at_once=at_once, minutes=minutes)
        self._reviews = ReviewReader(asker, opinion)
        self._inquiries = InquiryReader(asker, reader)
        self.conversing = self._conversing = PromptedConversing(asker)
        self._probe = Probe(asker)

    async def summarise(self, request: SummaryRequest, on_progress: Progress | None = None) -> SummaryResult:
        """See LLMProvider."""
        return await self._books.summarise(request, on_progress)

    async def read_reviews(self, tenant_id: str, reviews: Sequence[ReviewText]) -> list[ReviewReading]:
        """See LLMProvider; moods are those on which the model and the other engine agree with the stars."""
        slots = asyncio.Semaphore(self._at_once)
        others = await self._own.read_reviews(tenant_id, reviews)

        async def read(review: ReviewText, other: ReviewReading) -> ReviewReading:
            async with slots:
                return await self._reviews.read(tenant_id, review, other)

        found = await asyncio.gather(*map(read, reviews, others), return_exceptions=True)
        if failures := [one for one in found if isinstance(one, BaseException)]:
            raise failures[0]
        return [one for one in found if isinstance(one, ReviewReading)]

    async def synthesise_consensus(self, request: ConsensusRequest) -> ConsensusResult:
        """See LLMProvider."""
        try:
            return await self._reviews.word(request)
        except UnusableAnswer as reason:
            log.warning("llm.own_wording", reason=reason.detail)
            return stands_in(await self._own.synthesise_consensus(request))

    async def classify_inquiry(self, tenant_id: str, message: str) -> IntentReading:
        """See LLMProvider."""
        return await self._inquiries.classify(tenant_id, message)

    async def extract_inquiry(self, tenant_id: str, message: str, region: str | None) -> FieldReading:
        """See LLMProvider."""
        return await self._inquiries.extract(tenant_id, message, region)

    async def estimate(self, tenant_id: str, words: int) -> Estimate | None:
        """See LLMProvider."""
        return await self._books.estimate(tenant_id, words)

    async def check(self) -> None:
        """See LLMProvider."""
        try:
            await self._transport.facts()
        except TransportFailure as failure:
            raise translated(failure) from failure

    async def probe(self, tenant_id: str) -> EngineReport:
        """See LLMProvider."""
        report = await self._probe.report(tenant_id)
        self._conversing.verdict = report.answers_by
        return report
