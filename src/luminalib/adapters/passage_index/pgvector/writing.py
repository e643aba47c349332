"""Changing the index in PostgreSQL: each document in one transaction."""

import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from luminalib.adapters.passage_index.terms import passage_terms, primary
from luminalib.domain.passages import IndexedDocument, Passage
from luminalib.ports.embedder import EmbeddingModel, Vector

OFTEN = ((2, "+"), (4, "++"))
"""A term that occurs so often in a passage stands in the index a second time, with such a mark: candidates can be ranked by it."""
_OURS = "WHERE tenant_id = $1 AND document_id = $2"
_UNCOUNT = f"""
WITH gone AS (
    DELETE FROM indexed_passages {_OURS} RETURNING terms
), counted AS (
    SELECT term, count(*) AS passages FROM gone, LATERAL (SELECT DISTINCT unnest(string_to_array(terms, ' ')) AS term) AS each
    GROUP BY term
)
UPDATE indexed_terms t SET passages = t.passages - c.passages FROM counted c WHERE t.tenant_id = $1 AND t.term = c.term
RETURNING CASE WHEN t.passages <= 0 THEN t.term END
"""  # noqa: S608 -- our own text
_HELD = f"UPDATE indexed_documents SET model = $3 {_OURS} AND passages = $4 RETURNING true"  # noqa: S608 -- our own text
_DOCUMENT = "INSERT INTO indexed_documents VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)"
_PASSAGES = """
INSERT INTO indexed_passages (tenant_id, document_id, owner_id, ordinal, page, passage_id, terms, often)
SELECT $1, $2, $3, * FROM unnest($4::integer[], $5::integer[], $6::text[], $7::text[], $8::text[])
"""
_COUNT = """
INSERT INTO indexed_terms AS t SELECT $1, * FROM unnest($2::text[], $3::integer[])
ON CONFLICT (tenant_id, term) DO UPDATE SET passages = t.passages + excluded.passages
"""
_VECTORS = """
INSERT INTO indexed_vectors (tenant_id, document_id, ordinal, page, owner_id, passage_id, model, dimension, vector)
SELECT tenant_id, document_id, ordinal, page, owner_id, passage_id, $3, $4, given.vector::halfvec
FROM indexed_passages p JOIN unnest($5::text[]) WITH ORDINALITY AS given (vector, place) ON given.place = p.ordinal + 1
WHERE p.tenant_id = $1 AND p.document_id = $2
"""


@dataclass(frozen=True, slots=True)
class Rows:
    """What is written of a document, by columns; `counts` are how many passages have each term."""

    pages: list[int]
    passage_ids: list[str]
    terms: list[str]
    often: list[str]
    counts: Counter[str]
    length: int


def rows_of(document: IndexedDocument, passages: Sequence[Passage]) -> Rows:
    """Reads passages into terms."""
    read = [passage_terms(passage, document.language) for passage in passages]
    return Rows(
        pages=[passage.page for passage in passages],
        passage_ids=[passage.id for passage in passages],
        terms=[" ".join(terms) for terms in read],
        often=[_often(terms) for terms in read],
        counts=Counter(term for terms in read for term in set(terms)),
        length=sum(map(len, read)),
    )


async def replace(connection: Any, document: IndexedDocument, rows: Rows) -> None:
    """Puts a document's passages in the place of what was there."""
    await forget(connection, document.tenant_id, document.document_id)
    await _write(connection, document, rows)
    await connection.execute(_COUNT, document.tenant_id, list(rows.counts), list(rows.counts.values()))


async def _write(connection: Any, document: IndexedDocument, rows: Rows, *, is_fresh: bool = False) -> None:
    tenant_id, document_id, owner_id = document.tenant_id, document.document_id, document.owner_id
    said = (primary(document.language), document.fingerprint, len(rows.terms), rows.length)
    await connection.execute(into(_DOCUMENT, is_fresh=is_fresh), tenant_id, document_id, owner_id, *said)
    ordinals = list(range(len(rows.terms)))
    columns = (ordinals, rows.pages, rows.passage_ids, rows.terms, rows.often)
    await connection.execute(into(_PASSAGES, is_fresh=is_fresh), tenant_id, document_id, owner_id, *columns)


def into(sql: str, *, is_fresh: bool) -> str:
    """The statement for the index that answers, or for the one that is made beside it and has the same tables."""
    return sql.replace("indexed_", "fresh_") if is_fresh else sql


async def write_fresh(connection: Any, document: IndexedDocument, rows: Rows) -> None:
    """Puts a document into the index that is made anew; terms are counted at its end, all at once."""
    await forget_fresh(connection, document.tenant_id, document.document_id)
    await _write(connection, document, rows, is_fresh=True)


async def forget_fresh(connection: Any, tenant_id: str, document_id: str) -> None:
    """Takes a document out of the index that is made anew."""
    for table in ("documents", "passages", "vectors"):
        await connection.execute(f"DELETE FROM fresh_{table} {_OURS}", tenant_id, document_id)  # noqa: S608 -- our own text


async def forget(connection: Any, tenant_id: str, document_id: str) -> None:
    """Takes a document out, and its passages out of the counts of their terms."""
    if await connection.fetchval(f"DELETE FROM indexed_documents {_OURS} RETURNING true", tenant_id, document_id):  # noqa: S608 -- our own text
        await connection.execute(f"DELETE FROM indexed_vectors {_OURS}", tenant_id, document_id)  # noqa: S608 -- our own text
        unused = [row[0] for row in await connection.fetch(_UNCOUNT, tenant_id, document_id) if row[0] is not None]
        await connection.execute("DELETE FROM indexed_terms WHERE tenant_id = $1 AND term = ANY($2)", tenant_id, unused)


async def add_vectors(
    connection: Any,
    tenant_id: str,
    document_id: str,
    model: EmbeddingModel,
    vectors: Sequence[Vector],
    *,
    is_fresh: bool = False,
) -> None:
    """Gives the passages of a document their vectors, when there are as many; `is_fresh`: in the index that is made anew."""
    held, gone, written = (into(sql, is_fresh=is_fresh) for sql in (_HELD, f"DELETE FROM indexed_vectors {_OURS}", _VECTORS))  # noqa: S608 -- our own text
    if await connection.fetchval(held, tenant_id, document_id, model.fingerprint, len(vectors)):
        await connection.execute(gone, tenant_id, document_id)
        values = [literal(vector) for vector in vectors]
        await connection.execute(written, tenant_id, document_id, model.fingerprint, model.dimension, values)


def literal(vector: Vector) -> str:
    """A vector as pgvector reads it."""
    return f"[{','.join(f'{number:.6g}' for number in struct.unpack(f'<{len(vector) // 4}f', vector))}]"


def _often(terms: Sequence[str]) -> str:
    """The terms that occur several times, marked; each with a space before it."""
    counts = Counter(terms)
    return "".join(f" {term}{mark}" for least, mark in OFTEN for term, count in counts.items() if count >= least)
