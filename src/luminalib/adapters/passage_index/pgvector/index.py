"""The index in PostgreSQL behind its port: a small pool of connections of its own."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from luminalib.adapters.passage_index.pgvector import reading, rebuilding, writing
from luminalib.domain.passages import Hit, IndexedDocument, Passage, Scope
from luminalib.ports.embedder import EmbeddingModel, Vector
from luminalib.ports.passage_index import IndexState, LexicalHits, PassageIndex, PassageIndexUnavailable, PassageWriter

POOL_SIZE = 4
"""The server computes: more at once than it has cores only wait there instead of here."""
ANSWER_SECONDS = 60.0
_NEEDED = (
    "LUMINALIB_PASSAGE_INDEX=pgvector needs the extension `vector` 0.8 or newer in PostgreSQL: install pgvector there (as the image"
    " pgvector/pgvector has it) and have an administrator run CREATE EXTENSION vector, or choose LUMINALIB_PASSAGE_INDEX=local."
)
_HAS_COLUMN = (
    "SELECT true FROM pg_attribute WHERE attrelid = to_regclass('indexed_vectors') AND attname = 'vector' AND NOT attisdropped"
)
_OLDEST = (0, 8)


class PgvectorPassageIndex(PassageIndex):
    """Any number of servers may share it, as they share the database."""

    name = "pgvector"

    def __init__(self, dsn: str, server_settings: Mapping[str, str] | None = None) -> None:
        self._dsn = dsn
        self._server_settings = {**(server_settings or {}), "jit": "off"}
        self._pool: Any = None
        self._prepared: set[int] = set()

    async def start(self) -> None:
        """Sees that the extension is there. Raises PassageIndexUnavailable."""
        self._pool = await asyncpg.create_pool(
            self._dsn,
            min_size=0,
            max_size=POOL_SIZE,
            command_timeout=ANSWER_SECONDS,
            max_cached_statement_lifetime=0,
            server_settings=self._server_settings,
        )
        async with self._connection() as connection:
            if not await connection.fetchval(_HAS_COLUMN):
                await _prepare(connection, 0)
            if await connection.fetchval(rebuilding.IS_BEGUN):
                await connection.execute(rebuilding.FORGET)  # nothing, if somebody is at it
            version = await connection.fetchval("SELECT extversion FROM pg_extension WHERE extname = 'vector'") or "0"
        if tuple(map(int, version.split(".")[:2])) < _OLDEST:
            raise PassageIndexUnavailable(_NEEDED)

    async def close(self) -> None:
        """Closes the connections."""
        if self._pool is not None:
            await self._pool.close()

    async def replace(self, document: IndexedDocument, passages: Sequence[Passage]) -> None:
        """See PassageIndex."""
        rows = await asyncio.to_thread(writing.rows_of, document, passages)
        async with self._writing(document.tenant_id) as connection:
            await writing.replace(connection, document, rows)

    async def add_vectors(self, tenant_id: str, document_id: str, model: EmbeddingModel, vectors: Sequence[Vector]) -> None:
        """See PassageIndex."""
        if model.dimension not in self._prepared:
            async with self._connection() as connection:
                await _prepare(connection, model.dimension)
            self._prepared.add(model.dimension)
        async with self._writing(tenant_id) as connection:
            await writing.add_vectors(connection, tenant_id, document_id, model, vectors)

    @asynccontextmanager
    async def rebuilding(self, tenant_ids: Sequence[str]) -> AsyncIterator[PassageWriter]:
        """See PassageIndex. Beside the index that answers if it is all made anew, else within it."""
        async with self._connection() as connection, rebuilding.made_anew(connection, tenant_ids) as fresh:
            yield fresh or self

    async def remove(self, tenant_id: str, document_id: str) -> None:
        """See PassageIndex."""
        async with self._writing(tenant_id) as connection:
            await writing.forget(connection, tenant_id, document_id)

    async def lexical(self, scope: Scope, text: str, phrases: Sequence[str], limit: int) -> LexicalHits:
        """See PassageIndex."""
        async with self._reading(scope.tenant_id) as connection:
            return await reading.lexical(connection, scope, text, phrases, limit)

    async def nearest(self, scope: Scope, model: EmbeddingModel, vector: Vector, limit: int) -> list[Hit]:
        """See PassageIndex."""
        async with self._reading(scope.tenant_id) as connection:
            return await reading.nearest(connection, scope, model, vector, limit)

    async def states(self, tenant_id: str, document_ids: Sequence[str] | None = None) -> dict[str, IndexState]:
        """See PassageIndex."""
        async with self._reading(tenant_id) as connection:
            return await reading.states(connection, tenant_id, document_ids)

    async def check(self) -> None:
        """See PassageIndex."""
        await self.states("", [])

    @asynccontextmanager
    async def _writing(self, tenant_id: str) -> AsyncIterator[Any]:
        """A transaction of the one that writes for a tenant; a killed one leaves what was there before."""
        async with self._connection() as connection, connection.transaction():
            await connection.execute("SELECT set_config('luminalib.tenant', $1, true)", tenant_id)
            await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('indexed_documents:' || $1, 0))", tenant_id)
            yield connection

    @asynccontextmanager
    async def _reading(self, tenant_id: str) -> AsyncIterator[Any]:
        """One consistent view of a tenant's part of the index."""
        async with self._connection() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute(reading.PREPARE, tenant_id)
            yield connection

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        if self._pool is None:
            raise PassageIndexUnavailable
        try:
            async with self._pool.acquire() as connection:
                yield connection
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError) as error:
            raise PassageIndexUnavailable(f"The index of passages does not answer ({error}). Check the database.") from error


async def _prepare(connection: Any, dimension: int) -> None:
    """Makes the extension, the column of vectors, and their index for a dimension, unless they are there."""
    try:
        await connection.execute("SELECT prepare_indexed_vectors($1)", dimension)
    except (asyncpg.FeatureNotSupportedError, asyncpg.UndefinedFileError, asyncpg.InsufficientPrivilegeError) as error:
        raise PassageIndexUnavailable(_NEEDED) from error
