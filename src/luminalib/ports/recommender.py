"""Ranking books for a reader, and learning how from what all readers did."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from luminalib.domain.errors import Unavailable
from luminalib.domain.recommendations import BookProfile, Candidate, Reader
from luminalib.domain.tastes import TasteEvent


class TrainingFailed(Unavailable):
    """The recommender could not be trained; the model before stays in use."""

    slug = "training-failed"


class BrokenModel(Exception):
    """A model's file is not what was written: cut short, changed, or of another format."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainedModel:
    """A model as it is stored, and what it was made of."""

    content: bytes
    books: int
    readers: int
    events: int


class Ranking(ABC):
    """A catalogue and a model, ready to answer. It never changes, so that any number of threads may ask."""

    name: str
    version: int | None
    books: Mapping[str, BookProfile]

    @abstractmethod
    def rank(
        self, reader: Reader, limit: int, *, without: Collection[str] = (), among: Collection[str] | None = None
    ) -> list[Candidate]:
        """Books with a score above 0, best first, at most `limit`, each once; ties in the order of the catalogue.

        What is near by chance alone (the same language, the same years) is left out, so there may be fewer.

        None of those that the reader has an opinion of, none of `without`, and only of `among` when it is given. The candidates
        have no reasons yet: those are for the few that will be shown.
        """

    @abstractmethod
    def explain(self, reader: Reader, book_ids: Sequence[str]) -> dict[str, Candidate]:
        """The same scores with the parts that they are the sum of, and the reasons that follow from these."""

    @abstractmethod
    def similar(self, book_id: str, limit: int) -> list[Candidate]:
        """The books most like one of the catalogue by the same model, best first."""


class Recommender(ABC):
    """A way to recommend."""

    name: str
    learns: bool
    """Whether there is anything to train."""

    @abstractmethod
    def ranking(self, books: Sequence[BookProfile], before: Ranking | None = None) -> Ranking:
        """The catalogue without a model: by content alone. Takes up to a second for 10,000 books, much less with `before`."""

    @abstractmethod
    def trained_ranking(self, books: Sequence[BookProfile], model: Path, version: int, before: Ranking | None = None) -> Ranking:
        """The catalogue with a model's file, which may be deleted once this has returned. Raises BrokenModel."""

    @abstractmethod
    async def train(self, books: Sequence[BookProfile], events: AsyncIterator[Sequence[TasteEvent]]) -> TrainedModel:
        """Learns from all events, which come member by member, each member's oldest first. Raises TrainingFailed."""
