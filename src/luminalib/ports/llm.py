"""Language engines, in the domain's own verbs."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from luminalib.domain.intelligence import SummaryResult
from luminalib.domain.texts import Section
from luminalib.ports.children import Progress


@dataclass(frozen=True, kw_only=True, slots=True)
class SummaryRequest:
    """A whole book to summarise. `language` is an ISO 639-1 code where known."""

    title: str
    sections: Sequence[Section]
    authors: tuple[str, ...] = ()
    language: str | None = None


class LLMProvider(ABC):
    """Says things about texts; every answer tells which provider, model and prompt or method made it."""

    name: str
    """What `LUMINALIB_LLM` calls it."""

    @abstractmethod
    async def summarise(self, request: SummaryRequest, on_progress: Progress | None = None) -> SummaryResult:
        """A summary of three to five sentences with topics, mood, insights and, where the text asks for any, action items.

        Raises LanguageEngineUnavailable when the engine cannot be reached, so that the caller waits and tries again.
        """

    @abstractmethod
    async def check(self) -> None:
        """Returns when the engine is ready for work; raises LanguageEngineUnavailable with what to do otherwise."""
