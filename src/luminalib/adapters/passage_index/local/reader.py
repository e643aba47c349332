"""Those who search the local index: any number, none of which waits for the writer."""

import json
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from luminalib.adapters.passage_index.bm25 import CANDIDATES, Question, Statistics
from luminalib.adapters.passage_index.local import schema
from luminalib.adapters.passage_index.local.schema import PUBLIC, document_token, owner_token, tenant_token
from luminalib.adapters.passage_index.local.writer import FLOAT_BYTES, vectors_path
from luminalib.adapters.passage_index.terms import phrase_terms, question_terms
from luminalib.domain.passages import Hit, Scope
from luminalib.ports.embedder import EmbeddingModel, Vector
from luminalib.ports.passage_index import IndexState, LexicalHits

COUNTED = 1000
"""Matches are counted so far."""
_KEPT_FREQUENCIES = 50_000
Array = Any
"""A numpy array; numpy is imported with the first search by meaning, which a library without an embedder never makes."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Where a document's passages and vectors lie."""

    document_id: str
    tenant_id: str
    owner_id: str | None
    number: int
    first: int
    passages: int
    language: str
    model: str | None
    slot: int | None

    def is_in(self, scope: Scope) -> bool:
        return (
            self.tenant_id == scope.tenant_id
            and self.owner_id in (None, scope.user_id)
            and (scope.document_ids is None or self.document_id in scope.document_ids)
        )


class _Snapshot:
    """What is the same for all searches between two changes of the index."""

    def __init__(self, generation: int, stretches: list[_Stretch], terms: int) -> None:
        self.generation = generation
        self.stretches = stretches
        self.by_id = {one.document_id: one for one in stretches}
        self.languages = frozenset(one.language for one in stretches)
        passages = sum(one.passages for one in stretches)
        self.statistics = Statistics(passages, terms / max(passages, 1))


class Reader:
    """Searches with a connection for each thread."""

    def __init__(self, folder: Path, database: Path) -> None:
        self._folder = folder
        self._database = database
        self._here = threading.local()
        self._lock = threading.Lock()
        self._connections: list[sqlite3.Connection] = []
        self._snapshot: _Snapshot | None = None
        self._frequency = lru_cache(maxsize=_KEPT_FREQUENCIES)(self._look_frequency_up)

    def close(self) -> None:
        """Closes all connections."""
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def lexical(self, scope: Scope, text: str, phrases: Sequence[str], limit: int) -> LexicalHits:
        """See PassageIndex."""
        with _Reading(self._connection) as db:
            now = self._current(db)
            question = Question(
                question_terms(text, now.languages), lambda term: self._frequency(now.generation, term), now.statistics
            )
            telling = question.telling() if scope.document_ids is None else [word for word in question.words if word.frequency]
            where = _scope_expression(scope, now)
            if where is None or not telling:
                return LexicalHits(mass=question.mass)
            words = " OR ".join(_quoted(term) for word in telling for term in sorted(word.variants))
            required = [_phrase_expression(phrase_terms(phrase, now.languages)) for phrase in phrases]
            match = " AND ".join([where, f"terms : ({words})", *(f"terms : ({phrase})" for phrase in required if phrase)])
            rows = self._candidates(db, match, scope, now)
            total = db.execute(f"SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT {COUNTED + 1})", (match,))  # noqa: S608
            found = total.fetchone()[0]
            scored = question.score(((number, terms.split()) for number, terms in rows), limit)
            ids = _passage_ids(db, [one.number for one in scored])
        hits = [Hit(passage_id=ids[one.number], score=one.score, coverage=one.coverage) for one in scored]
        return LexicalHits(hits=hits, mass=question.mass, total=min(found, COUNTED), is_capped=found > COUNTED)

    def nearest(self, scope: Scope, model: EmbeddingModel, vector: Vector, limit: int) -> list[Hit]:
        """See PassageIndex."""
        import numpy as np  # noqa: PLC0415 -- see Array

        wanted = np.frombuffer(vector, "<f4")
        with _Reading(self._connection) as db:
            now = self._current(db)
            found = [one for one in now.stretches if one.model == model.fingerprint and one.is_in(scope)]
            if not found:
                return []
            found.sort(key=lambda one: one.slot or 0)
            vectors = _mapped(vectors_path(self._folder, model.fingerprint), model.dimension)
            scores = np.concatenate([vectors[start:stop] @ wanted for start, stop in _joined(found)])
            numbers = np.concatenate([np.arange(one.first, one.first + one.passages) for one in found])
            if scope.until:
                shown = self._shown(db, scope, now, numbers)
                scores, numbers = scores[shown], numbers[shown]
            best = np.argpartition(-scores, min(limit, len(scores)) - 1)[:limit] if len(scores) else np.array([], int)
            best = best[np.argsort(-scores[best], kind="stable")]
            ids = _passage_ids(db, numbers[best].tolist())
        return [Hit(passage_id=ids[int(numbers[at])], score=float(scores[at])) for at in best]

    def states(self, tenant_id: str, document_ids: Sequence[str] | None) -> dict[str, IndexState]:
        """See PassageIndex."""
        query = "SELECT document_id, fingerprint, passages, model FROM documents WHERE tenant_id = ?"
        if document_ids is not None:
            query += " AND document_id IN (SELECT value FROM json_each(?))"
        parameters = [tenant_id] if document_ids is None else [tenant_id, json.dumps(list(document_ids))]
        rows = self._connection.execute(query, parameters)
        return {row[0]: IndexState(fingerprint=row[1], passages=row[2], model=row[3]) for row in rows}

    @property
    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._here, "connection", None)
        if connection is None:
            connection = self._here.connection = schema.connect(self._database, read_only=True)
            with self._lock:
                self._connections.append(connection)
        return connection

    def _current(self, db: sqlite3.Connection) -> _Snapshot:
        generation = db.execute("SELECT generation FROM state").fetchone()[0]
        snapshot = self._snapshot
        if snapshot is None or snapshot.generation != generation:
            columns = "document_id, tenant_id, owner_id, number, first, passages, language, model, slot"
            stretches = [_Stretch(*row) for row in db.execute(f"SELECT {columns} FROM documents ORDER BY first")]  # noqa: S608
            terms = db.execute("SELECT coalesce(sum(terms), 0) FROM documents").fetchone()[0]
            snapshot = self._snapshot = _Snapshot(generation, stretches, terms)
        return snapshot

    def _look_frequency_up(self, _generation: int, term: str) -> int:
        query = "SELECT doc FROM vocabulary WHERE term = ? AND col = 'terms'"
        row = self._connection.execute(query, (term,)).fetchone()
        return row[0] if row else 0

    def _candidates(self, db: sqlite3.Connection, match: str, scope: Scope, now: _Snapshot) -> list[tuple[int, str]]:
        best = f"SELECT rowid, terms FROM words WHERE words MATCH ? ORDER BY bm25(words, 1.0, 0.0) LIMIT {CANDIDATES}"  # noqa: S608
        if not scope.until:
            return db.execute(best, (match,)).fetchall()
        hidden, parameters = _hidden(scope, now)
        some = (
            "SELECT w.rowid, w.terms FROM words w JOIN passages p ON p.number = w.rowid"  # noqa: S608 -- numbers are bound
            f" WHERE words MATCH ? AND NOT ({hidden}) ORDER BY bm25(words, 1.0, 0.0) LIMIT {CANDIDATES}"
        )
        return db.execute(some, (match, *parameters)).fetchall()

    def _shown(self, db: sqlite3.Connection, scope: Scope, now: _Snapshot, numbers: Array) -> Array:
        hidden, parameters = _hidden(scope, now)
        rows = db.execute(f"SELECT p.number FROM passages p WHERE {hidden}", parameters)  # noqa: S608 -- numbers are bound
        import numpy as np  # noqa: PLC0415 -- see Array

        return ~np.isin(numbers, [number for (number,) in rows])


class _Reading:
    """One consistent view of the index, for as long as the block lasts."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> sqlite3.Connection:
        self._connection.execute("BEGIN")
        return self._connection

    def __exit__(self, *error: object) -> None:
        self._connection.execute("COMMIT")


def _scope_expression(scope: Scope, now: _Snapshot) -> str | None:
    """The scope in FTS5's language; None when nothing lies in it."""
    owners = PUBLIC if scope.user_id is None else f"({PUBLIC} OR {owner_token(scope.user_id)})"
    expression = f"{tenant_token(scope.tenant_id)} AND {owners}"
    if scope.document_ids is not None:
        chosen = [now.by_id[document_id].number for document_id in scope.document_ids if document_id in now.by_id]
        if not chosen:
            return None
        expression += f" AND ({' OR '.join(document_token(number) for number in sorted(chosen))})"
    return f"scope : ({expression})"


def _hidden(scope: Scope, now: _Snapshot) -> tuple[str, list[int]]:
    """A condition for the passages behind the last pages that may be shown."""
    conditions, parameters = ["0"], []
    for document_id, last in scope.until.items():
        if (one := now.by_id.get(document_id)) is not None:
            conditions.append("(p.number BETWEEN ? AND ? AND p.page > ?)")
            parameters += [one.first, one.first + one.passages - 1, last]
    return " OR ".join(conditions), parameters


def _phrase_expression(sequences: set[tuple[str, ...]]) -> str:
    return " OR ".join(" + ".join(map(_quoted, terms)) for terms in sorted(sequences) if terms)


def _quoted(term: str) -> str:
    return '"' + term.replace('"', "") + '"'


def _joined(stretches: list[_Stretch]) -> list[tuple[int, int]]:
    """The slots of documents in the order of their slots, neighbours as one."""
    joined: list[tuple[int, int]] = []
    for one in stretches:
        start = one.slot or 0
        if joined and joined[-1][1] == start:
            joined[-1] = joined[-1][0], start + one.passages
        else:
            joined.append((start, start + one.passages))
    return joined


def _mapped(path: Path, dimension: int) -> Array:
    whole = path.stat().st_size // (dimension * FLOAT_BYTES)  # a crash may have left a part of one behind
    import numpy as np  # noqa: PLC0415 -- see Array

    return np.asarray(np.memmap(path, "<f4", "r", shape=(whole, dimension)))


def _passage_ids(db: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, str]:
    query = "SELECT number, passage_id FROM passages WHERE number IN (SELECT value FROM json_each(?))"
    return dict(db.execute(query, (json.dumps(list(numbers)),)))
