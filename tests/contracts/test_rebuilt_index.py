"""The index in PostgreSQL, made anew beside the one that answers."""

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from luminalib.adapters.passage_index.pgvector import PgvectorPassageIndex
from luminalib.domain.passages import Scope
from luminalib.ports.embedder import Use
from luminalib.ports.passage_index import PassageIndexUnavailable, PassageWriter
from passages import DIMENSION, FakeEmbedder, emptied_index, make_document, make_passages

KILLS = int(os.environ.get("LUMINALIB_TEST_KILLS", "3"))
EVERYONE = Scope(tenant_id="main", user_id=None)
TABLES = ("documents", "passages", "vectors", "terms")
REBUILDER = """
import asyncio, sys
sys.path.insert(0, sys.argv[2])
from test_rebuilt_index import rebuild_over_and_over
asyncio.run(rebuild_over_and_over(sys.argv[1]))
"""


@pytest.fixture
async def index(shared_postgres_url: str) -> AsyncIterator[PgvectorPassageIndex]:
    """As the server comes to it, which owns no table and sees one tenant."""
    dsn = shared_postgres_url.replace("+asyncpg", "")
    await (await emptied_index(shared_postgres_url)).close()
    opened = PgvectorPassageIndex(dsn, {"role": "luminalib_app"})
    await opened.start()
    yield opened
    await opened.close()


async def put(index: PassageWriter, document_id: str, *texts: str, tenant_id: str = "main") -> None:
    embedder = FakeEmbedder()
    model = await embedder.model()
    assert model is not None
    await index.replace(make_document(document_id, tenant_id=tenant_id), make_passages(document_id, *texts))
    await index.add_vectors(tenant_id, document_id, model, await embedder.embed(texts, Use.PASSAGE))


async def found(index: PgvectorPassageIndex, text: str, tenant_id: str = "main") -> int:
    """How many passages have the words; meaning finds as many as there are."""
    scope = Scope(tenant_id=tenant_id, user_id=None)
    embedder = FakeEmbedder()
    model = await embedder.model()
    assert model is not None
    (vector,) = await embedder.embed([text], Use.QUERY)
    near = await index.nearest(scope, model, vector, 100)
    assert len(near) == sum(state.passages for state in (await index.states(tenant_id)).values())
    return len((await index.lexical(scope, text, (), 100)).hits)


async def described(dsn: str) -> list[str]:
    """What belongs to the tables of the index, as the catalogue of the database has it."""
    connection = await asyncpg.connect(dsn)
    try:
        names = [f"{kind}_{table}" for table in TABLES for kind in ("indexed", "fresh", "gone")]
        rows = await connection.fetch("SELECT indexdef FROM pg_indexes WHERE tablename = ANY($1)", names)
        rows += await connection.fetch("SELECT relname || reloptions::text FROM pg_class WHERE relname = ANY($1)", names)
        rows += await connection.fetch(
            "SELECT relname || relrowsecurity || relacl::text FROM pg_class WHERE relname = ANY($1)", names
        )
        rows += await connection.fetch("SELECT tablename || policyname || roles::text || qual FROM pg_policies", timeout=5)
        columns = "SELECT table_name || column_name || data_type || is_nullable || coalesce(collation_name, '')"
        rows += await connection.fetch(f"{columns} FROM information_schema.columns WHERE table_name = ANY($1)", names)
        rows += await connection.fetch("SELECT definition FROM pg_views WHERE viewname = 'searched_passages'")
        return sorted(str(row[0]) for row in rows)
    finally:
        await connection.close()


async def test_the_old_index_answers_until_the_new_one_is_whole(index: PgvectorPassageIndex, shared_postgres_url: str) -> None:
    dsn = shared_postgres_url.replace("+asyncpg", "")
    await put(index, "old", "storm over the sea", "calm sea")
    before = await described(dsn)
    assert any("hnsw" in one and "ef_construction='128'" in one for one in before)
    async with index.rebuilding(["main"]) as fresh:
        await put(fresh, "new", "sea and land", "the sea", "a third sea")
        await put(fresh, "new", "sea", "lamp")  # as a job does that is tried again
        await put(fresh, "gone", "sea")
        await fresh.remove("main", "gone")
        assert (await found(index, "sea"), await found(index, "storm")) == (2, 1)
        assert set(await index.states("main")) == {"old"}
        assert set(await fresh.states("main")) == {"new"}
        await put(index, "meanwhile", "sea")  # is lost, and a comparison with the database tells
        with pytest.raises(PassageIndexUnavailable):
            async with index.rebuilding(["main"]):
                pass
    assert (await found(index, "sea"), await found(index, "storm"), await found(index, "lamp")) == (1, 0, 1)
    assert set(await index.states("main")) == {"new"}
    assert await described(dsn) == before, "nobody can tell it from one that was written row by row"
    await put(index, "later", "sea storm")
    await index.remove("main", "new")
    assert (await found(index, "sea"), await found(index, "lamp")) == (1, 0)
    async with asyncio.timeout(10):
        connection = await asyncpg.connect(dsn)
        counted = dict(await connection.fetch("SELECT term, passages FROM indexed_terms"))
        await connection.close()
    assert set(counted.values()) == {1}, "terms are counted as if each document had been added by itself"


async def test_what_fails_leaves_the_old_index(index: PgvectorPassageIndex, shared_postgres_url: str) -> None:
    await put(index, "old", "storm over the sea")
    before = await described(shared_postgres_url.replace("+asyncpg", ""))
    with pytest.raises(ZeroDivisionError):
        async with index.rebuilding(["main"]) as fresh:
            await put(fresh, "new", "sea")
            raise ZeroDivisionError
    assert await found(index, "storm") == 1
    assert await described(shared_postgres_url.replace("+asyncpg", "")) == before


async def test_of_several_tenants_one_is_made_anew_in_its_place(index: PgvectorPassageIndex) -> None:
    await put(index, "d", "storm")
    await put(index, "e", "storm", tenant_id="other")
    async with index.rebuilding(["main"]) as fresh:
        await put(fresh, "d", "sea")
        assert await found(index, "sea") == 1
    async with index.rebuilding(["main", "other"]) as fresh:
        await put(fresh, "d", "lamp")
        await put(fresh, "e", "land", tenant_id="other")
    assert [await found(index, word) for word in ("lamp", "land", "sea")] == [1, 0, 0]
    assert [await found(index, word, "other") for word in ("lamp", "land", "storm")] == [0, 1, 0]


async def rebuild_over_and_over(dsn: str) -> None:
    """Makes the index anew until it is killed; says how far it is."""
    index = PgvectorPassageIndex(dsn, {"role": "luminalib_app"})
    await index.start()
    while True:
        async with index.rebuilding(["main"]) as fresh:
            for number in range(5):
                await put(fresh, f"d{number}", *(f"cat {number} {at}" for at in range(20)))
                print(number, flush=True)  # noqa: T201 -- the test listens
        print("done", flush=True)  # noqa: T201 -- as above


@pytest.mark.parametrize("seed", range(KILLS))
async def test_one_that_is_killed_is_cleared_away_by_the_next_start(
    index: PgvectorPassageIndex, shared_postgres_url: str, seed: int
) -> None:
    dsn = shared_postgres_url.replace("+asyncpg", "")
    for number in range(5):
        await put(index, f"d{number}", *(f"cat {number} {at}" for at in range(20)))
    before = await described(dsn)
    chance = random.Random(seed)  # noqa: S311 -- chance that repeats
    here = Path(__file__).parent
    writer = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", REBUILDER, dsn, str(here)),
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(here), str(here.parent)])},
        stdout=asyncio.subprocess.PIPE,
    )
    assert writer.stdout is not None
    for _ in range(chance.randrange(1, 13)):
        await writer.stdout.readline()
        assert await found(index, "cat") == 100, "whoever searches meanwhile finds all"
    writer.kill()
    await writer.wait()
    connection = await asyncpg.connect(dsn)
    while await connection.fetchval("SELECT true FROM pg_locks WHERE locktype = 'advisory' AND objid = 1280657751"):
        await asyncio.sleep(0.02)  # the server notices the death of its client
    await connection.close()
    again = PgvectorPassageIndex(dsn, {"role": "luminalib_app"})
    await again.start()
    assert await described(dsn) == before
    assert await found(again, "cat") == 100
    async with again.rebuilding(["main"]) as fresh:
        await put(fresh, "d", "dog")
    assert (await found(again, "cat"), await found(again, "dog")) == (0, 1)
    await again.close()


async def test_a_graph_is_kept_for_who_has_made_one(index: PgvectorPassageIndex, shared_postgres_url: str) -> None:
    """A server that runs has seen to it once, and does not look again."""
    await put(index, "old", "sea")
    async with index.rebuilding(["main"]) as fresh:
        await fresh.replace(make_document("new"), make_passages("new", "sea"))
    assert any(f"ix_indexed_vectors_{DIMENSION}" in one for one in await described(shared_postgres_url.replace("+asyncpg", "")))
