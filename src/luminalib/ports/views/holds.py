"""Holds, as they are read."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

from luminalib.domain.holds import HoldFilter, HoldView
from luminalib.domain.paging import Page, PageRequest


class HoldViews(ABC):
    """The lines for books."""

    @abstractmethod
    async def list(self, tenant_id: str, wanted: HoldFilter, page: PageRequest) -> Page[HoldView]:
        """Holds that match, the newest first."""

    @abstractmethod
    async def lapsed_books(self, tenant_id: str, now: datetime, user_id: str | None) -> Sequence[str]:
        """Books with a copy that nobody fetched in time; with a member, those of them for which the member waits."""
