"""The extractive engine as a language provider: the work is done in a child process, the answer is labelled as its own."""

from luminalib.domain.intelligence import LanguageEngineUnavailable, Sentiment, SummaryResult
from luminalib.ports.children import ChildError, ChildLimits, ChildProcesses, Progress
from luminalib.ports.llm import LLMProvider, SummaryRequest

TASK = "luminalib.adapters.llm.extractive.summarise:summarise"
LIMITS = ChildLimits(wall_seconds=90.0, cpu_seconds=60.0, memory_bytes=2 * 1024**3)
"""A 500-page novel takes a few seconds and 200 MB; the address space counts what numpy's threads reserve and never touch."""


class ExtractiveLLM(LLMProvider):
    """Needs no model and no network; says only what the book itself says.

    Its answers carry the provider `extractive`; the model `lexrank-mmr`: sentences ranked by biased LexRank (Erkan & Radev,
    JAIR 2004; Otterbacher et al. 2005) and chosen one per part of the book by maximal marginal relevance (Carbonell &
    Goldstein, SIGIR 1998); and in place of a prompt the method `central-sentences@2`, whose number grows when its results
    change. The mood is VADER's (Hutto & Gilbert, ICWSM 2014).
    """

    name = "extractive"
    model = "lexrank-mmr"
    method = "central-sentences@2"

    def __init__(self, children: ChildProcesses, limits: ChildLimits = LIMITS) -> None:
        self._children = children
        self._limits = limits

    async def summarise(self, request: SummaryRequest, on_progress: Progress | None = None) -> SummaryResult:
        """See the port; LanguageEngineUnavailable here means that the child process was killed or crashed."""
        arguments = {
            "title": request.title,
            "authors": list(request.authors),
            "language": request.language,
            "sections": [section.text for section in request.sections],
        }
        try:
            told = await self._children.call(TASK, arguments, limits=self._limits, on_progress=on_progress)
        except ChildError as error:
            raise LanguageEngineUnavailable("The summary took too much time or memory; it is tried again.") from error
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

    async def check(self) -> None:
        """Always ready: there is nothing to reach."""
