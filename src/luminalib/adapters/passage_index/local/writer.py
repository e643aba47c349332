"""The one that changes the local index: each document in one transaction."""

import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from luminalib.adapters.passage_index.local import schema
from luminalib.adapters.passage_index.local.postings import postings_of
from luminalib.adapters.passage_index.local.vectors import VectorFile, paths_of
from luminalib.adapters.passage_index.terms import passage_terms, primary
from luminalib.domain.passages import IndexedDocument, Passage
from luminalib.ports.embedder import EmbeddingModel, Vector


class Writer:
    """Writes with a connection of its own; SQLite lets one of several processes write at a time."""

    def __init__(self, folder: Path, database: Path) -> None:
        self._folder = folder
        self._connection = schema.connect(database, read_only=False)
        schema.prepare(self._connection)

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    def replace(self, document: IndexedDocument, passages: Sequence[Passage]) -> None:
        """Puts a document's passages in the place of what was there."""
        read = [passage_terms(passage, document.language) for passage in passages]
        postings = postings_of(read)
        with self._writing() as db:
            self._forget(document.document_id)
            number = db.execute(
                "INSERT INTO documents (document_id, tenant_id, owner_id, language, fingerprint, passages, lengths, pages)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
                (
                    document.document_id,
                    document.tenant_id,
                    document.owner_id,
                    primary(document.language),
                    document.fingerprint,
                    len(read),
                    array("I", map(len, read)),
                    array("I", (passage.page for passage in passages)),
                ),
            ).fetchone()[0]
            db.execute("INSERT INTO vocabularies VALUES (?, ?)", (number, " ".join(one.term for one in postings)))
            ids = ((number, ordinal, passage.id) for ordinal, passage in enumerate(passages))
            db.executemany("INSERT INTO passages VALUES (?, ?, ?)", ids)
            rows = ((one.term, number, one.found, one.places) for one in postings)
            db.executemany("INSERT INTO postings VALUES (?, ?, ?, ?)", rows)

    def add_vectors(self, tenant_id: str, document_id: str, model: EmbeddingModel, vectors: Sequence[Vector]) -> None:
        """Gives the passages of a document their vectors, in a stretch of the model's file that no other document uses."""
        with self._writing() as db:
            named = "WHERE document_id = ? AND tenant_id = ?"
            row = db.execute(f"SELECT passages FROM documents {named}", (document_id, tenant_id)).fetchone()  # noqa: S608 -- our own text
            if row is None or row[0] != len(vectors):
                return
            db.execute("UPDATE documents SET model = NULL, slot = NULL WHERE document_id = ?", (document_id,))
            slot = self._free_slot(model.fingerprint, len(vectors))
            VectorFile(self._folder, model.fingerprint, model.dimension).write(slot, b"".join(vectors))
            db.execute("UPDATE documents SET model = ?, slot = ? WHERE document_id = ?", (model.fingerprint, slot, document_id))
        self._drop_unused_files()

    def remove(self, tenant_id: str, document_id: str) -> None:
        """Forgets a document."""
        with self._writing() as db:
            found = db.execute(
                "SELECT 1 FROM documents WHERE document_id = ? AND tenant_id = ?", (document_id, tenant_id)
            ).fetchone()
            if found:
                self._forget(document_id)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("UPDATE state SET generation = generation + 1")
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise

    def _forget(self, document_id: str) -> None:
        execute = self._connection.execute
        if row := execute("DELETE FROM documents WHERE document_id = ? RETURNING number", (document_id,)).fetchone():
            (terms,) = execute("DELETE FROM vocabularies WHERE document = ? RETURNING terms", row).fetchone()
            gone = ((term, *row) for term in terms.split())
            self._connection.executemany("DELETE FROM postings WHERE term = ? AND document = ?", gone)
            execute("DELETE FROM passages WHERE document = ?", row)

    def _free_slot(self, fingerprint: str, count: int) -> int:
        """The first gap between the documents' vectors that is long enough, else their end."""
        end = 0
        used = "SELECT slot, passages FROM documents WHERE model = ? ORDER BY slot"
        for slot, passages in self._connection.execute(used, (fingerprint,)):
            if slot - end >= count:
                break
            end = slot + passages
        return end

    def _drop_unused_files(self) -> None:
        with self._writing() as db:  # another process may be about to commit the first vectors of a new model
            models = {model for (model,) in db.execute("SELECT DISTINCT model FROM documents WHERE model IS NOT NULL")}
            kept = {path for model in models for path in paths_of(self._folder, model)}
            for path in self._folder.glob("vectors-*"):
                if path not in kept:
                    path.unlink(missing_ok=True)
