"""Support grants, as operators and admins read them."""

from abc import ABC, abstractmethod

from luminalib.domain.grants import GrantView
from luminalib.domain.paging import Page, PageRequest


class GrantViews(ABC):
    """Grants."""

    @abstractmethod
    async def list(self, tenant_id: str, page: PageRequest) -> Page[GrantView]:
        """All there were, the newest first."""
