"""Making the whole index anew beside the one that answers: rows first, then words and graph over all of them, then the swap."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from luminalib.adapters.passage_index.pgvector import reading, writing
from luminalib.domain.passages import IndexedDocument, Passage
from luminalib.ports.embedder import EmbeddingModel, Vector
from luminalib.ports.passage_index import IndexState, PassageIndexUnavailable, PassageWriter

IS_BEGUN = "SELECT to_regclass('fresh_documents') IS NOT NULL"
FORGET = "SELECT forget_reindexing()"
_LOCK = 1280657751
_LINKS_BYTES = 700
"""What a node of the graph needs beside its vector while it is built."""
_LEAST_KIB, _MOST_KIB = 64 * 1024, 512 * 1024
"""Of memory for building, unless the server's own maintenance_work_mem is more; a graph that does not fit comes slower."""
_DAY = 86_400.0
_BUSY = "The index of passages is being made anew already. Wait until that is done."


class FreshIndex(PassageWriter):
    """The index that is made anew, written over one connection."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._graph_bytes = 0

    async def replace(self, document: IndexedDocument, passages: Sequence[Passage]) -> None:
        """See PassageWriter."""
        rows = await asyncio.to_thread(writing.rows_of, document, passages)
        async with self._within(document.tenant_id):
            await writing.write_fresh(self._connection, document, rows)

    async def add_vectors(self, tenant_id: str, document_id: str, model: EmbeddingModel, vectors: Sequence[Vector]) -> None:
        """See PassageWriter."""
        async with self._within(tenant_id):
            await writing.add_vectors(self._connection, tenant_id, document_id, model, vectors, is_fresh=True)
        self._graph_bytes += len(vectors) * (2 * model.dimension + _LINKS_BYTES)

    async def remove(self, tenant_id: str, document_id: str) -> None:
        """See PassageWriter."""
        async with self._within(tenant_id):
            await writing.forget_fresh(self._connection, tenant_id, document_id)

    async def states(self, tenant_id: str, document_ids: Sequence[str] | None = None) -> dict[str, IndexState]:
        """See PassageWriter."""
        async with self._within(tenant_id):
            return await reading.states(self._connection, tenant_id, document_ids, is_fresh=True)

    async def put_in_place(self) -> None:
        """Counts the terms, builds words and graph, and lets this index answer instead of the other, which is gone then."""
        memory = min(max(self._graph_bytes // 1024, _LEAST_KIB), _MOST_KIB)
        await self._connection.execute("SET statement_timeout = 0")
        try:
            await self._connection.execute("SELECT count_reindexed()", timeout=_DAY)
            await self._connection.execute("SELECT finish_reindexing($1)", memory, timeout=_DAY)
        finally:
            await self._connection.execute("RESET statement_timeout")

    @asynccontextmanager
    async def _within(self, tenant_id: str) -> AsyncIterator[None]:
        async with self._connection.transaction():
            await self._connection.execute("SELECT set_config('luminalib.tenant', $1, true)", tenant_id)
            yield


@asynccontextmanager
async def made_anew(connection: Any, tenant_ids: Sequence[str]) -> AsyncIterator[FreshIndex | None]:
    """An index to write these tenants' documents into, which answers afterwards; None where others' are in the one that does.

    What is left of it by who is killed or fails is dropped: by the next who begins, or by a server that starts.
    """
    if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
        raise PassageIndexUnavailable(_BUSY)
    try:
        if not await connection.fetchval("SELECT begin_reindexing($1)", list(tenant_ids)):
            yield None
            return
        try:
            fresh = FreshIndex(connection)
            yield fresh
            await fresh.put_in_place()
        except BaseException:
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await connection.execute(FORGET)
            raise
    finally:
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):  # who has lost the connection has lost the lock
            await connection.execute("SELECT pg_advisory_unlock($1)", _LOCK)
