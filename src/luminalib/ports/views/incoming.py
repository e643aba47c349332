"""Sources of webhooks, as they are read."""

from abc import ABC, abstractmethod

from luminalib.domain.incoming import SourceView
from luminalib.domain.paging import Page, PageRequest


class SourceViews(ABC):
    """Who may send to the library."""

    @abstractmethod
    async def list(self, tenant_id: str, page: PageRequest) -> Page[SourceView]:
        """All, the oldest first."""
