"""The register of tenants: the one thing that is read across them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import Enum

from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.tenants import Plan, TenantView


class Concern(Enum):
    """What a regular round looks for in a tenant."""

    UNANSWERED = "questions without an answer yet"
    TASTES = "what a recommender learns from"
    LABELS = "what people said inquiries want"
    TEXTS = "what people wrote to the library, and agents made of it"
    CONTACTS = "a connection to another system"
    RANKED = "a trained recommender, or many books"


class TenantRegister(ABC):
    """Which tenants there are. All methods raise Unavailable when the database is away."""

    @property
    @abstractmethod
    def may_have_several(self) -> bool:
        """Whether the database keeps one from the other, as far as it can."""

    @abstractmethod
    async def find(self, slug: str) -> TenantView | None:
        """A tenant as it is at this moment."""

    @abstractmethod
    async def list(self, page: PageRequest) -> Page[TenantView]:
        """All tenants, the oldest first."""

    @abstractmethod
    async def active(self) -> Sequence[str]:
        """The short names of those that are not suspended, the main one first."""

    @abstractmethod
    async def concerned(self, concern: Concern) -> Sequence[str]:
        """Those of the active that have what a round looks for: one look for all, so that idle tenants cost nothing."""

    @abstractmethod
    async def plans(self) -> Sequence[Plan]:
        """All plans by name."""
