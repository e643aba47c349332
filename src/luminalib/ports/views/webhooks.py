"""Webhooks and attempts, as they are read."""

from abc import ABC, abstractmethod

from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.webhooks import Attempt, WebhookView


class WebhookViews(ABC):
    """Who is told of events, and how that went."""

    @abstractmethod
    async def list(self, tenant_id: str, page: PageRequest) -> Page[WebhookView]:
        """All webhooks, the oldest first."""

    @abstractmethod
    async def get(self, tenant_id: str, webhook_id: str) -> WebhookView:
        """One. Raises WebhookNotFound."""

    @abstractmethod
    async def attempts(self, tenant_id: str, webhook_id: str, page: PageRequest) -> Page[Attempt]:
        """What was sent to one, the newest first."""
