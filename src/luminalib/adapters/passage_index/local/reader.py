"""Those who search the local index: any number, none of which waits for the writer."""

import json
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from luminalib.adapters.passage_index.bm25 import Question, Weighed
from luminalib.adapters.passage_index.local import schema
from luminalib.adapters.passage_index.local.postings import WeighedList, passages_of, spots_of, unpacked, weighed
from luminalib.adapters.passage_index.local.snapshot import Array, Snapshot
from luminalib.adapters.passage_index.local.vectors import Lying, VectorFile
from luminalib.adapters.passage_index.terms import Variants, phrase_terms, question_terms
from luminalib.domain.passages import Hit, Scope
from luminalib.ports.embedder import EmbeddingModel, Vector
from luminalib.ports.passage_index import IndexState, LexicalHits

COUNTED = 1000
"""Matches are counted so far."""
_KEPT_FREQUENCIES = 50_000
_POSTING_BYTES = 4
_BLOCK = 64
_FOUND = "SELECT document, found FROM postings WHERE term = ?"
_PLACED = "SELECT document, found, places FROM postings WHERE term = ?"
_ONLY = " AND document IN (SELECT value FROM json_each(?))"


class Reader:
    """Searches with a connection for each thread."""

    def __init__(self, folder: Path, database: Path) -> None:
        self._folder = folder
        self._database = database
        self._here = threading.local()
        self._lock = threading.Lock()
        self._connections: list[sqlite3.Connection] = []
        self._snapshot: Snapshot | None = None
        self._file: VectorFile | None = None
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
            shelf = now.shelf(scope.tenant_id)
            terms = question_terms(text, shelf.languages)
            question = Question(terms, lambda term: self._frequency(now, scope.tenant_id, term), shelf.statistics)
            search = _Search(db, now, scope)
            scores = search.scores(question)
            search.keep(scores, [phrase_terms(phrase, shelf.languages) for phrase in phrases])
            best, found = _best(scores, limit)
            ids = _passage_ids(db, now, best)
        mass = question.mass or 1.0
        hits = [
            Hit(passage_id=ids[at], score=float(scores[at]), coverage=min(1.0, matched / mass))
            for at, matched in zip(best, search.matched(best), strict=True)
        ]
        words = question.asked(search.there())
        return LexicalHits(hits=hits, words=words, mass=question.mass, total=min(found, COUNTED), is_capped=found > COUNTED)

    def nearest(self, scope: Scope, model: EmbeddingModel, vector: Vector, limit: int) -> list[Hit]:
        """See PassageIndex."""
        import numpy as np  # noqa: PLC0415 -- see Array

        wanted = np.frombuffer(vector, "<f4")
        with _Reading(self._connection) as db:
            now = self._current(db)
            lying = Lying(one for one in now.within(scope) if one.model == model.fingerprint)
            if not lying.count:
                return []
            shown = now.shown(scope)
            if shown is not None:
                shown = shown[lying.numbers(np.arange(lying.count))]
            positions, scores = self._vectors_of(model).nearest(lying, wanted, shown, limit)
            numbers = lying.numbers(positions).tolist()
            ids = _passage_ids(db, now, numbers)
        return [Hit(passage_id=ids[number], score=score) for number, score in zip(numbers, scores.tolist(), strict=True)]

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

    def _vectors_of(self, model: EmbeddingModel) -> VectorFile:
        file = self._file
        if file is None or file.fingerprint != model.fingerprint:
            file = self._file = VectorFile(self._folder, model.fingerprint, model.dimension)
        return file

    def _current(self, db: sqlite3.Connection) -> Snapshot:
        generation = db.execute("SELECT generation FROM state").fetchone()[0]
        snapshot = self._snapshot
        if snapshot is None or snapshot.generation != generation:
            snapshot = self._snapshot = Snapshot(db, generation)
            self._frequency.cache_clear()
        return snapshot

    def _look_frequency_up(self, now: Snapshot, tenant_id: str, term: str) -> int:
        theirs = now.shelf(tenant_id).starts
        rows = self._connection.execute("SELECT document, length(found) FROM postings WHERE term = ?", (term,))
        return sum(int(length) // _POSTING_BYTES for document, length in rows if document in theirs)


class _Search:
    """One search by words: the lists of its words, within its scope, added up passage by passage."""

    def __init__(self, db: sqlite3.Connection, now: Snapshot, scope: Scope) -> None:
        self._db = db
        self._now = now
        self._tenant = scope.tenant_id
        whole = now.shelf(scope.tenant_id)
        within = now.within(scope)
        self._starts = whole.starts if within is whole.stretches else {one.number: one.first for one in within}
        self._only = () if scope.document_ids is None else (json.dumps(sorted(self._starts)),)
        # Of chosen documents nothing else is read, so that only pages may be hidden.
        self._shown = now.shown(scope) if scope.until or not self._only else None
        self._lists: list[tuple[Weighed, WeighedList]] = []

    def scores(self, question: Question) -> Array:
        """Of each passage BM25; 0 for what may not be shown and for what has none of the words."""
        import numpy as np  # noqa: PLC0415 -- see Array

        scores = np.zeros(self._now.passages, np.float32)
        for word in question.words:
            if word.frequency and self._starts:
                found = self._list(word)
                scores[found.passages] += word.idf * found.parts
                self._lists.append((word, found))
        return scores if self._shown is None else scores * self._shown

    def there(self) -> set[Variants]:
        """The words that occur where was looked."""
        return {word.variants for word, found in self._lists if self._is_shown(found.passages)}

    def matched(self, passages: Sequence[int]) -> list[float]:
        """Of each of these passages the inverse document frequencies of the words that it has."""
        import numpy as np  # noqa: PLC0415 -- see Array

        sums = np.zeros(len(passages))
        for word, found in self._lists:
            if len(found.passages):
                places = np.searchsorted(found.passages, passages)
                sums += word.idf * (found.passages[np.minimum(places, len(found.passages) - 1)] == passages)
        return list(sums.tolist())

    def keep(self, scores: Array, phrases: Sequence[set[tuple[str, ...]]]) -> None:
        """Takes out passages without one of the phrases, each of which may be any of some sequences of terms."""
        import numpy as np  # noqa: PLC0415 -- see Array

        for sequences in phrases:
            if sequences:
                found = np.zeros(len(scores), bool)
                for sequence in sequences:
                    found[self._with(sequence)] = True
                scores[~found] = 0.0

    def _is_shown(self, passages: Array) -> bool:
        return bool(len(passages) if self._shown is None else self._shown[passages].any())

    def _list(self, word: Weighed) -> WeighedList:
        """Where the word is, among all that is the tenant's or, where documents are chosen, among these."""
        if self._only:
            return self._read(word.variants, self._starts)
        found = self._now.lists.get(self._tenant, word.variants)
        if found is None:
            shelf = self._now.shelf(self._tenant)
            found = self._now.lists.kept(self._tenant, word.variants, self._read(word.variants, shelf.starts))
        return found

    def _read(self, variants: Variants, starts: Mapping[int, int]) -> WeighedList:
        lists = [unpacked(self._rows(_FOUND, term), starts) for term in sorted(variants)]
        return weighed([one for one in lists if len(one[0])], self._now.norms(self._tenant))

    def _with(self, sequence: Sequence[str]) -> Array:
        """The passages in which the terms follow one another."""
        import numpy as np  # noqa: PLC0415 -- see Array

        begun: Array = None
        for at, term in enumerate(sequence):
            spots = spots_of(self._rows(_PLACED, term), self._starts) - at
            begun = spots if begun is None else begun[np.isin(begun, spots, assume_unique=True)]
        return passages_of(begun)

    def _rows(self, query: str, term: str) -> sqlite3.Cursor:
        return self._db.execute(query + _ONLY if self._only else query, (term, *self._only))


class _Reading:
    """One consistent view of the index, for as long as the block lasts."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> sqlite3.Connection:
        self._connection.execute("BEGIN")
        return self._connection

    def __exit__(self, *error: object) -> None:
        self._connection.execute("COMMIT")


def _best(scores: Array, limit: int) -> tuple[list[int], int]:
    """The passages with the highest scores among those that have any, the first of equals first, and how many have any."""
    import numpy as np  # noqa: PLC0415 -- see Array

    found = int(np.count_nonzero(scores))
    if found > limit:  # as many blocks as are wanted have a passage with at least so much
        blocks = np.maximum.reduceat(scores, np.arange(0, len(scores), _BLOCK))
        least = np.sort(blocks)[-limit] if len(blocks) >= limit else 0.0
        best = np.flatnonzero(scores >= least if least > 0.0 else scores > 0.0)
    else:
        best = np.flatnonzero(scores > 0.0)
    order = np.lexsort((best, -scores[best]))[:limit]
    return best[order].tolist(), found


def _passage_ids(db: sqlite3.Connection, now: Snapshot, passages: Sequence[int]) -> dict[int, str]:
    places = {passage: now.located(passage) for passage in passages}
    query = (
        "SELECT p.document, p.ordinal, p.passage_id FROM json_each(?) wanted"
        " JOIN passages p ON p.document = wanted.value ->> 0 AND p.ordinal = wanted.value ->> 1"
    )
    rows = {(document, ordinal): found for document, ordinal, found in db.execute(query, (json.dumps(list(places.values())),))}
    return {passage: rows[place] for passage, place in places.items()}
