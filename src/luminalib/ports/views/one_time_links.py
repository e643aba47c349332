"""Open invitations, as admins read them."""

from abc import ABC, abstractmethod
from datetime import datetime

from luminalib.domain.one_time_links import InvitationView
from luminalib.domain.paging import Page, PageRequest


class InvitationViews(ABC):
    """Invitations."""

    @abstractmethod
    async def list(self, tenant_id: str, page: PageRequest, now: datetime) -> Page[InvitationView]:
        """Those that still work, the newest first."""
