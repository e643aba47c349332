"""Inquiries, what happened to them, and what people said they were."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

from luminalib.domain.inquiries import Inquiry, InquiryRecord
from luminalib.domain.triage import InquiryIntent, IntentModel, LabelledFeatures


class InquiryRepository(ABC):
    """What somebody wrote, step by step."""

    @abstractmethod
    async def add(self, inquiries: Sequence[Inquiry]) -> None:
        """Keeps new ones."""

    @abstractmethod
    async def get(self, inquiry_id: str) -> Inquiry:
        """One, held until the unit ends. Raises InquiryNotFound."""

    @abstractmethod
    async def has(self, inquiry_id: str) -> bool:
        """Whether there is such an inquiry."""

    @abstractmethod
    async def open_of(self, email: str, limit: int) -> Sequence[Inquiry]:
        """Inquiries of who has that address (in small letters) that are not closed, the newest first."""

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
    async def count_labels(self, since: datetime | None = None) -> dict[InquiryIntent, int]:
        """How many labels there are of each intent that has any; of all, or of those that were given after then."""

    @abstractmethod
    async def labels(self, limit: int) -> list[LabelledFeatures]:
        """The latest labels."""

    @abstractmethod
    async def add_model(self, model: IntentModel) -> None:
        """Makes a model the current one; its `version` is given here."""

    @abstractmethod
    async def models(self) -> list[IntentModel]:
        """All models that are kept, the newest first."""

    @abstractmethod
    async def remove_model(self, version: int) -> None:
        """Takes a model out of the ledger."""

    @abstractmethod
    async def empty(self, before: datetime, at: datetime, limit: int) -> int:
        """Empties messages that came before then, and what quotes them; returns how many."""

    @abstractmethod
    async def forget(self, user_id: str) -> None:
        """Deletes all that an account has sent."""
