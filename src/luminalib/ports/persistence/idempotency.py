"""Answers that were given."""

from abc import ABC, abstractmethod
from datetime import datetime

from luminalib.domain.idempotency import Receipt


class ReceiptRepository(ABC):
    """Answers to requests that came with an Idempotency-Key."""

    @abstractmethod
    async def add(self, receipt: Receipt) -> None:
        """Keeps an answer."""

    @abstractmethod
    async def find(self, user_id: str, key: str) -> Receipt | None:
        """The answer that a member's key got, if it is still kept."""

    @abstractmethod
    async def forget(self, *, before: datetime | None = None, user_id: str | None = None) -> None:
        """Deletes the answers from before then, or all of a member."""
