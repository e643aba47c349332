"""Passages: the truth that indexes are made from."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime

from luminalib.domain.passages import IndexedDocument, Passage
from luminalib.ports.embedder import Vector


class PassageRepository(ABC):
    """Passages of documents, and vectors that were made of texts before."""

    @abstractmethod
    async def replace(self, document_id: str, passages: Sequence[Passage]) -> None:
        """Keeps the passages in place of what was there."""

    @abstractmethod
    async def of(self, document_id: str) -> list[Passage]:
        """A document's passages in reading order."""

    @abstractmethod
    async def indexable(self, document_ids: Sequence[str] | None = None) -> dict[str, tuple[IndexedDocument, int]]:
        """The documents (of all, or of those named) whose text has been read, each with how many passages are kept of it."""

    @abstractmethod
    async def documents_of(self, book_ids: Sequence[str]) -> dict[str, str]:
        """The documents of those of the books that there are, by book."""

    @abstractmethod
    async def vectors(self, model: str, digests: Sequence[str]) -> dict[str, Vector]:
        """What a model made of texts before, by their digests."""

    @abstractmethod
    async def embedded(self, model: str, digests: Sequence[str]) -> set[str]:
        """Those of the texts of which a model made something before."""

    @abstractmethod
    async def vectors_of(self, model: str, passage_ids: Sequence[str]) -> dict[str, bytes]:
        """What a model made of the texts of passages, by the ids of those for which there is any."""

    @abstractmethod
    async def keep_vectors(self, model: str, vectors: Mapping[str, Vector], at: datetime) -> None:
        """Keeps what a model made of texts."""

    @abstractmethod
    async def forget_vectors(self, before: datetime) -> None:
        """Deletes vectors that were made before then of texts that no passage has any more."""
