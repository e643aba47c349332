"""Passages for tests, an embedder that knows what words mean, and an index in memory."""

import hashlib
from collections.abc import Sequence

import asyncpg
import numpy as np
import numpy.typing as npt

from luminalib.adapters.embedders.vectors import unit_vectors
from luminalib.adapters.passage_index.bm25 import Question, Statistics
from luminalib.adapters.passage_index.pgvector import PgvectorPassageIndex
from luminalib.adapters.passage_index.terms import phrase_terms, primary, question_terms, terms_of
from luminalib.domain.passages import Hit, IndexedDocument, Passage, Scope
from luminalib.domain.spelling import words_in
from luminalib.ports.embedder import Embedder, EmbedderUnavailable, EmbeddingModel, Use, Vector
from luminalib.ports.passage_index import IndexState, LexicalHits, PassageIndex

DIMENSION = 64
SAME = {"kitten": "cat", "feline": "cat", "automobile": "car", "vehicle": "car"}
"""Words that the fake embedder takes for one another."""


def make_document(
    document_id: str, *, tenant_id: str = "main", owner_id: str | None = None, language: str | None = "en", sha256: str = "0"
) -> IndexedDocument:
    return IndexedDocument(document_id=document_id, tenant_id=tenant_id, owner_id=owner_id, language=language, sha256=sha256)


def make_passages(document_id: str, *texts: str) -> list[Passage]:
    return [
        Passage(
            document_id=document_id,
            ordinal=at,
            page=at + 1,
            page_start=at * 1000,
            start=at * 1000,
            stop=at * 1000 + len(text),
            text=text,
        )
        for at, text in enumerate(texts)
    ]


class FakeEmbedder(Embedder):
    """Sums of one direction per word; words of `SAME` share theirs. `is_away` makes it fail like a server that is down."""

    name = "fake"

    def __init__(self, version: str = "1") -> None:
        self.is_away = False
        self.version = version
        self.asked: list[str] = []

    async def model(self) -> EmbeddingModel | None:
        if self.is_away:
            raise EmbedderUnavailable
        fingerprint = hashlib.sha256(f"fake{self.version}".encode()).hexdigest()
        return EmbeddingModel(name="fake", dimension=DIMENSION, fingerprint=fingerprint)

    async def embed(self, texts: Sequence[str], use: Use) -> list[Vector]:
        if self.is_away:
            raise EmbedderUnavailable
        self.asked += texts
        return unit_vectors(np.stack([_meaning(text) for text in texts]))


_NOTHING = np.full(DIMENSION, 1e-6)


def _meaning(text: str) -> npt.NDArray[np.float64]:
    return sum((_direction(SAME.get(word, word)) for _, _, word in words_in(text)), _NOTHING)


def _direction(word: str) -> npt.NDArray[np.float64]:
    return np.random.default_rng(int(hashlib.sha256(word.encode()).hexdigest()[:8], 16)).standard_normal(DIMENSION)


async def emptied_index(url: str) -> PgvectorPassageIndex:
    """The index in a PostgreSQL database, with nothing in it and not yet started."""
    dsn = url.replace("+asyncpg", "")
    connection = await asyncpg.connect(dsn)
    await connection.execute("TRUNCATE indexed_documents, indexed_passages, indexed_vectors, indexed_terms")
    await connection.close()
    return PgvectorPassageIndex(dsn)


class MemoryPassageIndex(PassageIndex):
    """Dictionaries, and the same arithmetic as the real ones."""

    name = "memory"

    def __init__(self) -> None:
        self.documents: dict[str, tuple[IndexedDocument, list[Passage]]] = {}
        self.made: dict[str, tuple[str, list[Vector]]] = {}

    async def replace(self, document: IndexedDocument, passages: Sequence[Passage]) -> None:
        self.documents[document.document_id] = document, list(passages)
        self.made.pop(document.document_id, None)

    async def add_vectors(self, tenant_id: str, document_id: str, model: EmbeddingModel, vectors: Sequence[Vector]) -> None:
        held = self.documents.get(document_id)
        if held and held[0].tenant_id == tenant_id and len(held[1]) == len(vectors):
            self.made[document_id] = model.fingerprint, list(vectors)

    async def remove(self, tenant_id: str, document_id: str) -> None:
        held = self.documents.get(document_id)
        if held and held[0].tenant_id == tenant_id:
            del self.documents[document_id]
            self.made.pop(document_id, None)

    async def lexical(self, scope: Scope, text: str, phrases: Sequence[str], limit: int) -> LexicalHits:
        everything = [
            (document, passage, terms_of(f"{passage.heading or ''}\n{passage.text}", document.language))
            for document, passages in self.documents.values()
            if document.tenant_id == scope.tenant_id
            for passage in passages
        ]
        languages = {primary(document.language) for document, _, _ in everything}
        mean = sum(len(terms) for _, _, terms in everything) / max(len(everything), 1)
        question = Question(
            question_terms(text, languages),
            lambda term: sum(term in terms for _, _, terms in everything),
            Statistics(len(everything), mean),
        )
        wanted = {term for word in question.words for term in word.variants}
        required = [phrase_terms(phrase, languages) for phrase in phrases]
        found = [
            (at, terms)
            for at, (document, passage, terms) in enumerate(everything)
            if scope.admits(document, passage.page) and wanted & set(terms) and all(_has(terms, some) for some in required)
        ]
        hits = [
            Hit(passage_id=everything[one.number][1].id, score=one.score, coverage=one.coverage)
            for one in question.score(found, limit)
        ]
        words = question.asked(question.found(term for _, terms in found for term in terms))
        return LexicalHits(hits=hits, words=words, mass=question.mass, total=len(found))

    async def nearest(self, scope: Scope, model: EmbeddingModel, vector: Vector, limit: int) -> list[Hit]:
        wanted = np.frombuffer(vector, "<f4")
        hits = [
            Hit(passage_id=passage.id, score=float(np.frombuffer(made, "<f4") @ wanted))
            for document_id, (fingerprint, vectors) in self.made.items()
            if fingerprint == model.fingerprint
            for passage, made in zip(self.documents[document_id][1], vectors, strict=True)
            if scope.admits(self.documents[document_id][0], passage.page)
        ]
        return sorted(hits, key=lambda hit: -hit.score)[:limit]

    async def states(self, tenant_id: str, document_ids: Sequence[str] | None = None) -> dict[str, IndexState]:
        return {
            document_id: IndexState(
                fingerprint=document.fingerprint, passages=len(passages), model=self.made.get(document_id, (None,))[0]
            )
            for document_id, (document, passages) in self.documents.items()
            if document.tenant_id == tenant_id and (document_ids is None or document_id in document_ids)
        }

    async def check(self) -> None:
        pass


def _has(terms: list[str], sequences: set[tuple[str, ...]]) -> bool:
    return any(
        tuple(terms[at : at + len(sequence)]) == sequence for sequence in sequences for at in range(len(terms) - len(sequence) + 1)
    )
