"""Turning texts into vectors whose nearness is nearness of meaning."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from luminalib.domain.errors import Unavailable

Vector = bytes
"""Little-endian float32 numbers of unit length together: their inner product is the cosine."""


class EmbedderUnavailable(Unavailable):
    """The embedding model cannot be reached. Searches are answered by words alone meanwhile."""

    slug = "embedder-unavailable"


class Use(StrEnum):
    """What a text is embedded for: some models want to be told."""

    PASSAGE = "passage"
    QUERY = "query"


@dataclass(frozen=True, kw_only=True, slots=True)
class EmbeddingModel:
    """Which model made vectors: those of two models cannot be compared. `fingerprint` covers its name, its weights where known."""

    name: str
    dimension: int
    fingerprint: str


class Embedder(ABC):
    """A model that embeds texts; one that is away must not stop anything that words alone can do."""

    name: str
    """What `LUMINALIB_EMBEDDER` calls it."""

    @abstractmethod
    async def model(self) -> EmbeddingModel | None:
        """The model, loaded or asked when this is first called; None when nothing is embedded. Raises EmbedderUnavailable."""

    @abstractmethod
    async def embed(self, texts: Sequence[str], use: Use) -> list[Vector]:
        """A vector for each text, in their order. Raises EmbedderUnavailable."""
