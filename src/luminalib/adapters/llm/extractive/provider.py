"""The extractive engine as a language provider: the work is done in a child process, the answer is labelled as its own."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from luminalib.domain.consensus import AspectMention, ConsensusResult, ReviewReading
from luminalib.domain.inquiry_rules import MODEL, VERSION, classify
from luminalib.domain.intelligence import Sentiment, SummaryResult, TextTooHeavy
from luminalib.domain.llm import EngineReport, Finding
from luminalib.domain.triage import FieldReading, IntentReading
from luminalib.ports.children import ChildError, ChildLimits, ChildProcesses, Progress
from luminalib.ports.llm import ConsensusRequest, LLMProvider, ReviewText, SummaryRequest
from luminalib.ports.triage import FieldReader

TASK = "luminalib.adapters.llm.extractive.summarise:summarise"
READ_REVIEWS = "luminalib.adapters.llm.extractive.reviews:read_reviews"
WORD_CONSENSUS = "luminalib.adapters.llm.extractive.speaking:word_consensus"
LIMITS = ChildLimits(wall_seconds=90.0, cpu_seconds=60.0, memory_bytes=2 * 1024**3)
"""A 500-page novel takes a few seconds and 200 MB; the address space counts what numpy's threads reserve and never touch."""


class ExtractiveLLM(LLMProvider):
    """Needs no model and no network; says only what the book itself says.

    Its answers carry the provider `extractive`; the model `lexrank-mmr`: sentences ranked by biased LexRank (Erkan & Radev,
    JAIR 2004; Otterbacher et al. 2005) and chosen one per part of the book by maximal marginal relevance (Carbonell &
    Goldstein, SIGIR 1998); and in place of a prompt the method `central-sentences@5`, whose number grows when its results
    change. The mood is VADER's (Hutto & Gilbert, ICWSM 2014). Reviews are read by VADER and terms of aspects, after Hu & Liu (KDD
    2004); the consensus is made of sentences that readers wrote.
    """

    name = "extractive"
    model = "lexrank-mmr"
    method = "central-sentences@5"
    review_model = "vader-aspects"
    review_method = "aspect-terms@3"
    consensus_method = "readers-sentences@1"

    def __init__(self, children: ChildProcesses, reader: FieldReader, limits: ChildLimits = LIMITS) -> None:
        self._children = children
        self._reader = reader
        self._limits = limits

    async def summarise(self, request: SummaryRequest, on_progress: Progress | None = None) -> SummaryResult:
        """See the port. Raises TextTooHeavy when the child process was killed or crashed."""
        arguments = {
            "title": request.title,
            "authors": list(request.authors),
            "language": request.language,
            "sections": [section.text for section in request.sections],
        }
        told = await self._call(TASK, arguments, on_progress)
        return SummaryResult(
            summary=told["summary"],
            key_topics=tuple(told["key_topics"]),
            sentiment=Sentiment(told["sentiment"]),
            insights=tuple(told["insights"]),
            action_items=tuple(told["action_items"]),
            provider=self.name,
            model=self.model,
            prompt=self.method,
        )

    async def read_reviews(self, tenant_id: str, reviews: Sequence[ReviewText]) -> list[ReviewReading]:  # noqa: ARG002 -- see the port
        """See the port; all in one child, as each takes a millisecond."""
        told = await self._call(READ_REVIEWS, {"reviews": [[review.text, review.rating] for review in reviews]})
        return [
            ReviewReading(
                sentiment=Sentiment(found["sentiment"]),
                aspects=tuple(
                    AspectMention(name=name, sentiment=Sentiment(mood), quote=quote) for name, mood, quote in found["aspects"]
                ),
                provider=self.name,
                model=self.review_model,
                prompt=self.review_method,
            )
            for found in told
        ]

    async def synthesise_consensus(self, request: ConsensusRequest) -> ConsensusResult:
        """See the port; the numbers of the table, and a few sentences of readers, chosen from its quotations."""
        from luminalib.adapters.llm.extractive.headline import headline  # noqa: PLC0415 -- its words and patterns are children's, else

        aspects = [[aspect.mentions, list(aspect.quotes)] for aspect in request.aspects]
        quoted = await self._call(WORD_CONSENSUS, {"aspects": aspects})
        text = " ".join(filter(None, (headline(request), quoted)))
        return ConsensusResult(text=text, provider=self.name, model=self.model, prompt=self.consensus_method)

    async def classify_inquiry(self, tenant_id: str, message: str) -> IntentReading:  # noqa: ARG002 -- see the port
        """See the port; by cues, in a thread, as it takes some milliseconds."""
        return await asyncio.to_thread(classify, message)

    async def extract_inquiry(self, tenant_id: str, message: str, region: str | None) -> FieldReading:  # noqa: ARG002 -- see the port
        """See the port; by rules, likewise."""
        fields = await asyncio.to_thread(self._reader.fields, message, region)
        return FieldReading(fields=fields, provider=self.name, model=MODEL, prompt=VERSION)

    async def check(self) -> None:
        """Always ready: there is nothing to reach."""

    async def probe(self, tenant_id: str) -> EngineReport:  # noqa: ARG002 -- see the port
        """See the port."""
        told = "This engine is part of the library: it needs no model, no server and no network, and quotes instead of wording."
        findings = (Finding(check="model", is_fine=True, detail=told),)
        return EngineReport(provider=self.name, model=self.model, is_ready=True, findings=findings)

    async def _call(self, task: str, arguments: Mapping[str, Any], on_progress: Progress | None = None) -> Any:
        try:
            return await self._children.call(task, arguments, limits=self._limits, on_progress=on_progress)
        except ChildError as error:
            raise TextTooHeavy from error
