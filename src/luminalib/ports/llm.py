"""Language engines, in the domain's own verbs."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from luminalib.domain.consensus import AspectEvidence, ConsensusResult, ReviewReading
from luminalib.domain.intelligence import Sentiment, SummaryResult
from luminalib.domain.llm import EngineReport, Estimate
from luminalib.domain.texts import Section
from luminalib.domain.triage import FieldReading, IntentReading
from luminalib.ports.children import Progress
from luminalib.ports.conversing import ConversingModel


@dataclass(frozen=True, kw_only=True, slots=True)
class SummaryRequest:
    """A whole book to summarise. `language` is an ISO 639-1 code where known; `subject` is what stays the same at a second try."""

    tenant_id: str
    title: str
    sections: Sequence[Section]
    subject: str = ""
    authors: tuple[str, ...] = ()
    language: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewText:
    """A review to read; `rating` are its stars, 1 to 5."""

    text: str
    rating: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsensusRequest:
    """The table that prose is worded from. `mean` are stars; `moods` counts reviews; the most mentioned aspects come first.

    `subject` is as in SummaryRequest.
    """

    tenant_id: str
    title: str
    subject: str = ""
    review_count: int
    mean: float | None
    moods: Mapping[Sentiment, int]
    aspects: Sequence[AspectEvidence]


class LLMProvider(ABC):
    """Says things about texts; every answer tells which provider, model and prompt or method made it.

    Each verb raises LanguageEngineUnavailable when the engine cannot be reached, so that the caller waits and tries again, and
    UnusableAnswer when what it says is not what was asked for, or TextTooHeavy when the text is too much for it.
    """

    name: str
    """What `LUMINALIB_LLM` calls it."""
    prompt_versions: Mapping[str, Sequence[int]] = MappingProxyType({})
    """The versions of the prompts that it asks a model with, by name."""
    offered: Sequence[str] = ()
    """The engines that tenants may choose from, by the names of `LUMINALIB_LLM_OFFERED`."""
    conversing: ConversingModel | None = None
    """The model that helps to answer members' questions, where the engine has one."""

    async def engine_of(self, tenant_id: str) -> "LLMProvider":
        """The engine that works for a tenant: this one, unless tenants have a choice."""
        del tenant_id
        return self

    @abstractmethod
    async def summarise(self, request: SummaryRequest, on_progress: Progress | None = None) -> SummaryResult:
        """A summary of three to five sentences with topics, mood, insights and, where the text asks for any, action items.

        Of a text of a few sentences two are enough; two that belong together may open or end a summary as one.
        """

    @abstractmethod
    async def read_reviews(self, tenant_id: str, reviews: Sequence[ReviewText]) -> list[ReviewReading]:
        """The mood of each review and the aspects that it judges, in the order given; quotations stand in the review."""

    @abstractmethod
    async def synthesise_consensus(self, request: ConsensusRequest) -> ConsensusResult:
        """Prose about what a book's readers think, from the table alone: its cost does not grow with the number of reviews."""

    @abstractmethod
    async def classify_inquiry(self, tenant_id: str, message: str) -> IntentReading:
        """What somebody wants who wrote this; the evidence stands in the message, and what it says to a machine is not obeyed."""

    @abstractmethod
    async def extract_inquiry(self, tenant_id: str, message: str, region: str | None) -> FieldReading:
        """Who wrote it, how to reach them (numbers without a country's code are read as of `region`) and what they can spend."""

    async def estimate(self, tenant_id: str, words: int) -> Estimate | None:
        """What the summary of a text of so many words will take; None where no model is asked. Asks nothing."""
        del tenant_id, words
        return None

    @abstractmethod
    async def check(self) -> None:
        """Returns when the engine is ready for work; raises LanguageEngineUnavailable with what to do otherwise."""

    @abstractmethod
    async def probe(self, tenant_id: str) -> EngineReport:
        """Tries what the library needs and says in words what was found and what to do. Raises nothing."""
