"""What recommendations are made of, as it is read before every answer."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from luminalib.domain.preferences import Preferences
from luminalib.domain.recommendations import BookProfile, CatalogueState
from luminalib.domain.tastes import TasteEvent


@dataclass(frozen=True, kw_only=True, slots=True)
class ReaderFacts:
    """All that one member's list depends on, besides the ranking; `had` are the books that they had or reviewed."""

    state: CatalogueState
    events: Sequence[TasteEvent]
    had: frozenset[str]
    stated: Preferences


class RecommendationViews(ABC):
    """A member's facts, and the catalogue as recommenders see it."""

    @abstractmethod
    async def facts(self, tenant_id: str, user_id: str) -> ReaderFacts:
        """The member's facts as they are now."""

    @abstractmethod
    async def size(self, tenant_id: str) -> int:
        """How many books there are."""

    @abstractmethod
    async def state(self, tenant_id: str) -> CatalogueState:
        """What the catalogue has come to."""

    @abstractmethod
    def profiles(self, tenant_id: str, since: CatalogueState | None = None) -> AsyncIterator[Sequence[BookProfile]]:
        """The books that are ranked, or all that have changed since a state, in batches; the loop is free between them."""

    @abstractmethod
    async def ids(self, tenant_id: str) -> Sequence[str]:
        """The ids of the books that are ranked: of all, or of a large catalogue the most borrowed and the newest."""

    @abstractmethod
    async def named(self, tenant_id: str, book_ids: Sequence[str]) -> Sequence[BookProfile]:
        """Those of these books that there are."""
