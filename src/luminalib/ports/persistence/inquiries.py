"""Inquiries, what happened to them, and what people said they were."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

from luminalib.domain.inquiries import Inquiry, InquiryRecord
from luminalib.domain.triage import InquiryIntent


class InquiryRepository(ABC):
    """What somebody wrote, step by step."""

    @abstractmethod
    async def add(self, inquiries: Sequence[Inquiry]) -> None:
        """Keeps new ones."""

    @abstractmethod
    async def get(self, inquiry_id: str) -> Inquiry:
        """One, held until the unit ends. Raises InquiryNotFound."""

    @abstractmethod
    async def record(self, steps: Sequence[InquiryRecord]) -> None:
        """Appends steps."""

    @abstractmethod
    async def count_since(self, user_id: str | None, since: datetime) -> int:
        """How many an account has sent since then; with None those of strangers."""

    @abstractmethod
    async def label(self, inquiry_id: str, intent: InquiryIntent, features: Sequence[int], at: datetime) -> None:
        """Keeps what a person says an inquiry is, in place of what was said before."""

    @abstractmethod
    async def empty(self, before: datetime, at: datetime, limit: int) -> int:
        """Empties messages that came before then, and what quotes them; returns how many."""

    @abstractmethod
    async def forget(self, user_id: str) -> None:
        """Deletes all that an account has sent."""
