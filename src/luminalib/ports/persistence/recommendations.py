"""What recommending needs to keep: models, and what was shown."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date, datetime

from luminalib.domain.recommendations import Impression, ModelRecord, Taken


class RecommendationRepository(ABC):
    """The catalogue as recommenders see it, the ledger of models, and impressions."""

    @abstractmethod
    async def add_model(self, model: ModelRecord) -> None:
        """Makes a model the current one; its `version` is given here."""

    @abstractmethod
    async def models(self) -> list[ModelRecord]:
        """All models that are kept, the newest first."""

    @abstractmethod
    async def remove_model(self, version: int) -> None:
        """Takes a model out of the ledger."""

    @abstractmethod
    async def show(self, impressions: Sequence[Impression]) -> None:
        """Notes what was shown: a book counts once per member and day."""

    @abstractmethod
    async def taken(self, since: date) -> list[Taken]:
        """Per day, strategy and recommender how much was shown, and how much of it was borrowed, held or rated afterwards."""

    @abstractmethod
    async def forget_impressions(self, before: datetime) -> None:
        """Deletes what was shown before then."""
