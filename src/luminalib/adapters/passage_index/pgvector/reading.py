"""Searching the index in PostgreSQL, in a transaction that sees one tenant."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from luminalib.adapters.passage_index.bm25 import K1, Question, Statistics, Weighed
from luminalib.adapters.passage_index.pgvector.writing import OFTEN, into, literal
from luminalib.adapters.passage_index.terms import phrase_terms, question_terms
from luminalib.domain.passages import Hit, Scope
from luminalib.ports.embedder import EmbeddingModel, Vector
from luminalib.ports.passage_index import IndexState, LexicalHits

COUNTED = 1000
"""Matches are counted so far."""
CANDIDATES = 200
"""So many of the passages with telling words are scored with all words of the question."""
MOST_ROWS = 4000
"""So many rows the telling words of a question may have between them: each is a look into the table.

Of questions of eight made-up words among 20,000 passages all of the best ten are among those that these choose, and 97 of a hundred
of the best fifty; with twice as many 99, which took half as long again.
"""
EXACT = 10_000
"""In a scope of so few passages all are compared, which takes some 10 ms; in a larger one the graph is walked."""
MOST_NAMED = 100
"""So many chosen documents are a part of each query of full text; of more the rows are asked whether they lie in them."""
BREADTH = 800
"""How many candidates a walk keeps (`hnsw.ef_search`): recall@10 is measured by benchmarks/passage_index.py."""
_MOST_IN_HNSW = 4000
PREPARE = (
    "SELECT set_config('luminalib.tenant', $1, true), set_config('hnsw.iterative_scan', 'relaxed_order', true),"
    f" set_config('hnsw.ef_search', '{BREADTH}', true)"
)
_WITHIN = """
tenant_id = $1 AND (owner_id IS NULL OR owner_id = $2) AND ($3::text[] IS NULL OR document_id = ANY($3))
"""
_SHOWN = "($4::jsonb IS NULL OR page <= coalesce(($4::jsonb ->> document_id)::integer, page))"
_STATISTICS = """
SELECT coalesce(sum(passages), 0) AS passages, coalesce(sum(terms), 0) AS terms, array_agg(DISTINCT language) AS languages
FROM indexed_documents WHERE tenant_id = $1
"""
_FREQUENCIES = "SELECT term, passages FROM indexed_terms WHERE tenant_id = $1 AND term = ANY($2)"
_CANDIDATES = f"""
WITH best AS (
    SELECT found.place, sum(asked.weight) AS weight, count(*) OVER () AS total
    FROM unnest($5::text[], $6::double precision[]) AS asked (query, weight)
    CROSS JOIN LATERAL (
        SELECT place FROM searched_passages WHERE words @@ asked.query::tsquery AND {_WITHIN} AND {_SHOWN} AND {{phrases}}
        OFFSET 0 -- each query by itself, by the index of full text, whatever the planner thinks of joining first
    ) AS found
    GROUP BY found.place ORDER BY weight DESC, place LIMIT {CANDIDATES}
)
SELECT p.passage_id, best.total, p.terms FROM best JOIN indexed_passages p ON p.ctid = best.place AND p.tenant_id = $1
ORDER BY best.weight DESC, p.document_id, p.ordinal
"""  # noqa: S608 -- our own text
# Sorting is called dear, as a planner without statistics takes it for cheaper than the graph; what must be sorted still is.
_IN_SCOPE = f"""
SELECT coalesce(sum(passages), 0), set_config('enable_sort', 'off', true) FROM indexed_documents WHERE {_WITHIN} AND model = $4
"""  # noqa: S608 -- our own text
_NEAREST = f"""
SELECT passage_id, -({{vector}} <#> $6::halfvec({{dimension}})) AS score FROM indexed_vectors
WHERE {_WITHIN} AND {_SHOWN} AND model = $5 AND dimension = {{dimension}}
ORDER BY {{vector}} <#> $6::halfvec({{dimension}}) LIMIT $7
"""  # noqa: S608 -- our own text
_STATES = """
SELECT document_id, fingerprint, passages, model FROM indexed_documents
WHERE tenant_id = $1 AND ($2::text[] IS NULL OR document_id = ANY($2))
"""


async def lexical(connection: Any, scope: Scope, text: str, phrases: Sequence[str], limit: int) -> LexicalHits:
    """See PassageIndex."""
    known = await connection.fetchrow(_STATISTICS, scope.tenant_id)
    languages = frozenset(known["languages"] or ())
    asked = question_terms(text, languages)
    terms = sorted({term for variants in asked for term in variants})
    frequencies = dict(await connection.fetch(_FREQUENCIES, scope.tenant_id, terms))
    statistics = Statistics(known["passages"], known["terms"] / max(known["passages"], 1))
    question = Question(asked, lambda term: frequencies.get(term, 0), statistics)
    words = question.telling(MOST_ROWS) if scope.document_ids is None else [word for word in question.words if word.frequency]
    if not words or scope.document_ids == frozenset():
        return LexicalHits(words=question.asked(()), mass=question.mass)
    sequences = [alternatives for phrase in phrases if (alternatives := phrase_terms(phrase, languages))]
    queries, weights = _queries(scope, words, sequences)
    stood = [[f" {' '.join(one)} " for one in sorted(alternatives)] for alternatives in sequences]
    condition = " AND ".join(f"EXISTS (SELECT FROM unnest(${at}::text[]) said WHERE position(said IN ' ' || terms || ' ') > 0)"
                             for at, _ in enumerate(stood, 7)) or "true"  # fmt: skip
    rows = await connection.fetch(_CANDIDATES.format(phrases=condition), *_scope(scope), _until(scope), queries, weights, *stood)
    candidates = [(number, row["terms"].count(" ") + 1, question.counts_in(row["terms"])) for number, row in enumerate(rows)]
    scored = question.score_counted(candidates, limit)
    there = {word.variants for _, _, counts in candidates for word in counts}
    there |= {word.variants for word in question.words if word.frequency and word not in words}
    hits = [Hit(passage_id=rows[one.number]["passage_id"], score=one.score, coverage=one.coverage) for one in scored]
    total = rows[0]["total"] if rows else 0
    words_asked = question.asked(there)
    return LexicalHits(hits=hits, words=words_asked, mass=question.mass, total=min(total, COUNTED), is_capped=total > COUNTED)


async def nearest(connection: Any, scope: Scope, model: EmbeddingModel, vector: Vector, limit: int) -> list[Hit]:
    """See PassageIndex."""
    count = await connection.fetchval(_IN_SCOPE, *_scope(scope), model.fingerprint)
    if not count:
        return []
    # A typed vector is what the index holds: without the type the planner has nothing but all rows of the scope.
    is_walked = count > EXACT and model.dimension <= _MOST_IN_HNSW
    column = f"(vector::halfvec({model.dimension}))" if is_walked else "vector"
    query = _NEAREST.format(vector=column, dimension=model.dimension)
    rows = await connection.fetch(query, *_scope(scope), _until(scope), model.fingerprint, literal(vector), limit)
    hits = [Hit(passage_id=row["passage_id"], score=row["score"]) for row in rows]
    return sorted(hits, key=lambda hit: -hit.score)  # a walk in relaxed order brings them nearly so


async def states(
    connection: Any, tenant_id: str, document_ids: Sequence[str] | None, *, is_fresh: bool = False
) -> dict[str, IndexState]:
    """See PassageIndex; `is_fresh`: of the index that is made anew."""
    wanted = None if document_ids is None else list(document_ids)
    rows = await connection.fetch(into(_STATES, is_fresh=is_fresh), tenant_id, wanted)
    return {row[0]: IndexState(fingerprint=row[1], passages=row[2], model=row[3]) for row in rows}


def _scope(scope: Scope) -> tuple[str, str | None, list[str] | None]:
    chosen = None if scope.document_ids is None else sorted(scope.document_ids)
    return scope.tenant_id, scope.user_id, chosen


def _until(scope: Scope) -> str | None:
    return json.dumps(dict(scope.until)) if scope.until else None


def _queries(scope: Scope, words: Sequence[Weighed], phrases: Sequence[set[tuple[str, ...]]]) -> tuple[list[str], list[float]]:
    """Queries of full text with what each adds to a passage's score: that a word occurs, and that it does so often.

    Together they are BM25 without the length of passages, with counts in three steps.
    """
    conditions = [_any_of(_all_of(scope, terms) for terms in sorted(sequences)) for sequences in phrases]
    if scope.document_ids is not None and len(scope.document_ids) <= MOST_NAMED:
        conditions.append(_any_of(_quoted("@" + document_id) for document_id in sorted(scope.document_ids)))
    queries, weights = [], []
    for word in words:
        before = 0.0
        for least, mark in ((1, ""), *OFTEN):
            now = least / (least + K1)
            asked = _any_of(_lexeme(scope, term + mark) for term in sorted(word.variants))
            queries.append(" & ".join([asked, *conditions]))
            weights.append(word.idf * (now - before))
            before = now
    return queries, weights


def _all_of(scope: Scope, terms: Iterable[str]) -> str:
    return f"({' & '.join(_lexeme(scope, term) for term in terms)})"


def _any_of(queries: Iterable[str]) -> str:
    return f"({' | '.join(queries)})"


def _lexeme(scope: Scope, term: str) -> str:
    return _quoted(f"{scope.tenant_id}:{term}")


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
