"""The local index behind its port: SQLite and numpy work in threads."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from luminalib.adapters.passage_index.local import schema
from luminalib.adapters.passage_index.local.reader import Reader
from luminalib.adapters.passage_index.local.writer import Writer
from luminalib.domain.passages import Hit, IndexedDocument, Passage, Scope
from luminalib.ports.embedder import EmbeddingModel, Vector
from luminalib.ports.passage_index import IndexState, LexicalHits, PassageIndex, PassageIndexUnavailable

T = TypeVar("T")


class LocalPassageIndex(PassageIndex):
    """Everything in one folder. Several processes on one machine may share it."""

    name = "local"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writing = ThreadPoolExecutor(1, "passages-write")
        # One each: two that add up lists at the same time take the interpreter's lock from one another, and longer than in turn.
        self._by_words = ThreadPoolExecutor(1, "passages-words")
        self._by_meaning = ThreadPoolExecutor(1, "passages-meaning")
        self._writer: Writer | None = None
        self._reader: Reader | None = None

    async def start(self) -> None:
        """Makes the files when they are missing or of another layout."""
        await self._in(self._writing, self._open)

    async def close(self) -> None:
        """Ends the threads and closes the files."""
        for executor in (self._by_words, self._by_meaning, self._writing):
            await asyncio.to_thread(executor.shutdown)
        if self._reader and self._writer:
            self._reader.close()
            self._writer.close()

    async def replace(self, document: IndexedDocument, passages: Sequence[Passage]) -> None:
        """See PassageIndex."""
        await self._in(self._writing, lambda: self._writers().replace(document, passages))

    async def add_vectors(self, tenant_id: str, document_id: str, model: EmbeddingModel, vectors: Sequence[Vector]) -> None:
        """See PassageIndex."""
        await self._in(self._writing, lambda: self._writers().add_vectors(tenant_id, document_id, model, vectors))

    async def remove(self, tenant_id: str, document_id: str) -> None:
        """See PassageIndex."""
        await self._in(self._writing, lambda: self._writers().remove(tenant_id, document_id))

    async def lexical(self, scope: Scope, text: str, phrases: Sequence[str], limit: int) -> LexicalHits:
        """See PassageIndex."""
        return await self._in(self._by_words, lambda: self._readers().lexical(scope, text, phrases, limit))

    async def nearest(self, scope: Scope, model: EmbeddingModel, vector: Vector, limit: int) -> list[Hit]:
        """See PassageIndex."""
        return await self._in(self._by_meaning, lambda: self._readers().nearest(scope, model, vector, limit))

    async def states(self, tenant_id: str, document_ids: Sequence[str] | None = None) -> dict[str, IndexState]:
        """See PassageIndex."""
        return await self._in(self._by_meaning, lambda: self._readers().states(tenant_id, document_ids))

    async def check(self) -> None:
        """See PassageIndex."""
        await self.states("", [])

    def _open(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        database = self._folder / f"passages-{schema.LAYOUT}.db"
        for old in self._folder.glob("passages-*.db*"):
            if not old.name.startswith(database.name):
                old.unlink(missing_ok=True)
        self._writer = Writer(self._folder, database)
        self._reader = Reader(self._folder, database)

    def _writers(self) -> Writer:
        if self._writer is None:
            raise PassageIndexUnavailable
        return self._writer

    def _readers(self) -> Reader:
        if self._reader is None:
            raise PassageIndexUnavailable
        return self._reader

    async def _in(self, executor: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(executor, work)
        except (sqlite3.Error, OSError) as error:
            raise PassageIndexUnavailable(f"The index of passages cannot be used ({error}). Check the data directory.") from error
