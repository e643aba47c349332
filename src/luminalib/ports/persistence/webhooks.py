"""Who is told of events, and what they are told."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

from luminalib.domain.announcements import Announcement
from luminalib.domain.webhooks import Attempt, Message, Webhook


class Outbox(ABC):
    """Announcements that become messages with the commit of what they announce."""

    @abstractmethod
    def append(self, announcement: Announcement) -> None:
        """Writes a message at the commit for those who want to be told; costs nothing where nobody does."""


class WebhookRepository(ABC):
    """Webhooks of the tenant, and the messages they were sent."""

    @abstractmethod
    async def add(self, webhook: Webhook) -> None:
        """Keeps a new one."""

    @abstractmethod
    async def count(self) -> int:
        """How many there are."""

    @abstractmethod
    async def get(self, webhook_id: str) -> Webhook:
        """Held until the unit ends when it writes. Raises WebhookNotFound."""

    @abstractmethod
    async def remove(self, webhook: Webhook) -> None:
        """Deletes it with all that waits for it and its attempts."""

    @abstractmethod
    async def message(self, message_id: str) -> Message:
        """Raises MessageNotFound."""

    @abstractmethod
    async def requeue(self, webhook: Webhook, messages: Sequence[str], now: datetime) -> int:
        """Has these messages sent to it (again) from now on, with all tries before them; returns how many."""

    @abstractmethod
    async def missed(self, webhook: Webhook, since: datetime, now: datetime, limit: int) -> Sequence[str]:
        """The ids of messages since then that it wants, has not received, and would not be sent by now; the oldest first."""

    @abstractmethod
    async def append_attempt(self, webhook: Webhook, attempt: Attempt) -> None:
        """Keeps an attempt that was made outside of deliveries."""

    @abstractmethod
    async def forget(self, before: datetime) -> None:
        """Deletes messages and attempts from before then."""
