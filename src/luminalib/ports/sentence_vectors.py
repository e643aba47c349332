"""The vectors of the sentences of passages, to look at the nearest passages once more, sentence by sentence."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence

from luminalib.ports.embedder import EmbeddingModel, Vector


class SentenceVectors(ABC):
    """Kept by the digest of a passage's text, as vectors of passages are: none is made twice."""

    @abstractmethod
    async def missing(self, tenant_id: str, model: EmbeddingModel, digests: Collection[str]) -> set[str]:
        """Those of the passages' digests of which it has nothing by this model."""

    @abstractmethod
    async def keep(self, tenant_id: str, model: EmbeddingModel, vectors: Mapping[str, Sequence[Vector]]) -> None:
        """Keeps the vectors of all sentences of each passage, in their order, by its digest."""

    @abstractmethod
    async def nearness(
        self, tenant_id: str, model: EmbeddingModel, wanted: Sequence[Vector], passage_ids: Sequence[str]
    ) -> list[Mapping[str, float]]:
        """For each wanted vector how near each of the passages comes to it, by the id: the mean of two cosines.

        That of the nearest sentence (MaxSim of Khattab & Zaharia 2020, with sentences for words), and that of the nearest two
        sentences in a row. Passages of which it has nothing are left out.
        """
