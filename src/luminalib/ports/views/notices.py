"""Notices, as they are read."""

from abc import ABC, abstractmethod

from luminalib.domain.notices import Notice
from luminalib.domain.paging import Page, PageRequest


class NoticeViews(ABC):
    """What members were told."""

    @abstractmethod
    async def list(self, tenant_id: str, user_id: str, page: PageRequest) -> Page[Notice]:
        """A member's notices, the newest first."""
