"""Holding the index of passages against the database."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from luminalib.domain.pipeline import index_document
from luminalib.ports.embedder import Embedder, EmbedderUnavailable
from luminalib.ports.passage_index import PassageIndex
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.sentence_vectors import SentenceVectors

_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexTools:
    """What indexing needs."""

    uow: UnitOfWorkFactory
    index: PassageIndex
    embedder: Embedder
    sentences: SentenceVectors | None = None


async def behind(tools: IndexTools, tenant_id: str) -> list[str]:
    """The documents of which the index holds something else than the database: nothing, too much, or vectors of another model."""
    held = await tools.index.states(tenant_id)
    async with tools.uow.reading(tenant_id) as uow:
        wanted = await uow.passages.indexable()
    model = None
    with suppress(EmbedderUnavailable):  # what it made before is not wrong for that
        model = await tools.embedder.model()
    differing = [document_id for document_id in held if document_id not in wanted]
    for document_id, (document, count) in wanted.items():
        state = held.get(document_id)
        if (
            state is None
            or state.fingerprint != document.fingerprint
            or state.passages != count
            or (model is not None and state.model != model.fingerprint and count)
        ):
            differing.append(document_id)
    return differing


async def catch_up(tools: IndexTools, tenant_id: str, document_ids: list[str], now: datetime) -> None:
    """Has documents indexed in the background."""
    for start in range(0, len(document_ids), _AT_ONCE):
        async with tools.uow(tenant_id) as uow:
            for document_id in document_ids[start : start + _AT_ONCE]:
                await uow.enqueue(index_document(document_id, tenant_id, now))
