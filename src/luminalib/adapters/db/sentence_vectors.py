"""Vectors of sentences in the table that also has those of passages: half-precision numbers, a passage's in one value."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from typing import Any

from luminalib.ports.clock import Clock
from luminalib.ports.embedder import EmbeddingModel, Vector
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.sentence_vectors import SentenceVectors


class SqlSentenceVectors(SentenceVectors):
    """Under a name of their own beside the model's: whatever forgets the vectors of a text forgets these, too."""

    def __init__(self, uow: UnitOfWorkFactory, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def missing(self, tenant_id: str, model: EmbeddingModel, digests: Collection[str]) -> set[str]:
        """See SentenceVectors."""
        async with self._uow.reading(tenant_id) as uow:
            return set(digests) - await uow.passages.embedded(_key(model), list(digests))

    async def keep(self, tenant_id: str, model: EmbeddingModel, vectors: Mapping[str, Sequence[Vector]]) -> None:
        """See SentenceVectors."""
        in_bytes = await asyncio.to_thread(lambda: {digest: packed(some) for digest, some in vectors.items()})
        async with self._uow(tenant_id) as uow:
            await uow.passages.keep_vectors(_key(model), in_bytes, self._clock.now())

    async def nearness(
        self, tenant_id: str, model: EmbeddingModel, wanted: Sequence[Vector], passage_ids: Sequence[str]
    ) -> list[Mapping[str, float]]:
        """See SentenceVectors."""
        async with self._uow.reading(tenant_id) as uow:
            kept = await uow.passages.vectors_of(_key(model), passage_ids)
        if not kept:
            return [{} for _ in wanted]
        return await asyncio.to_thread(nearness_of, kept, wanted, model.dimension)


def _key(model: EmbeddingModel) -> str:
    return sha256(f"sentences of {model.fingerprint}".encode()).hexdigest()


def packed(vectors: Sequence[Vector]) -> bytes:
    """The vectors of a passage's sentences as one value."""
    import numpy as np  # noqa: PLC0415 -- a library without an embedder does without

    return np.frombuffer(b"".join(vectors), "<f4").astype("<f2").tobytes()


def nearness_of(kept: Mapping[str, bytes], wanted: Sequence[Vector], dimension: int) -> list[Mapping[str, float]]:
    """For each wanted vector how near the packed sentences of each passage come to it (see SentenceVectors)."""
    import numpy as np  # noqa: PLC0415 -- see above

    sentences = np.frombuffer(b"".join(kept.values()), "<f2").astype("f4").reshape(-1, dimension)
    counts = np.array([len(some) // (dimension * 2) for some in kept.values()])
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    asked = np.stack([np.frombuffer(vector, "<f4") for vector in wanted], axis=1)
    pairs = sentences.copy()
    is_last = np.zeros(len(sentences), bool)
    is_last[starts + counts - 1] = True
    pairs[~is_last] += sentences[1:][~is_last[:-1]]
    pairs /= np.maximum(np.linalg.norm(pairs, axis=1, keepdims=True), 1e-6)
    best: Any = (np.maximum.reduceat(sentences @ asked, starts) + np.maximum.reduceat(pairs @ asked, starts)) / 2
    return [dict(zip(kept, column.tolist(), strict=True)) for column in best.T]
