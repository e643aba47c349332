"""An indexer that is killed in the middle, again and again: afterwards the index holds what the database has."""

import asyncio
import os
import random
import sys
from pathlib import Path

import asyncpg
import pytest

from luminalib.adapters.passage_index.local import LocalPassageIndex
from luminalib.adapters.passage_index.pgvector import PgvectorPassageIndex
from luminalib.domain.passages import Scope
from luminalib.ports.embedder import Use
from passages import FakeEmbedder, emptied_index, make_document, make_passages

KILLS = int(os.environ.get("LUMINALIB_TEST_KILLS", "3"))
DOCUMENTS = 12
WRITER = """
import asyncio, sys
sys.path.insert(0, sys.argv[2])
from test_index_kills import write
asyncio.run(write(sys.argv[1]))
"""
Index = LocalPassageIndex | PgvectorPassageIndex


def index_at(place: str) -> Index:
    """The index in a folder or, when it is an address, in a database."""
    return PgvectorPassageIndex(place) if place.startswith("postgresql:") else LocalPassageIndex(Path(place))


async def write(place: str) -> None:
    """Writes the documents over and over, as an indexing job that is tried again does; says when it has begun."""
    index = index_at(place)
    await index.start()
    while True:
        for number in range(DOCUMENTS):
            await put(index, number)
            print(number, flush=True)  # noqa: T201 -- the test listens


async def put(index: Index, number: int) -> None:
    embedder = FakeEmbedder()
    texts = [f"cat {number} {at}" for at in range(20 + number)]
    model = await embedder.model()
    assert model is not None
    await index.replace(make_document(f"d{number}"), make_passages(f"d{number}", *texts))
    await index.add_vectors("main", f"d{number}", model, await embedder.embed(texts, Use.PASSAGE))


async def alone_at(place: str) -> None:
    """Waits until the server has noticed the death of its client: it ends the statement, even the commit, that it was at."""
    if not place.startswith("postgresql:"):
        return
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    connection = await asyncpg.connect(place)
    while await connection.fetchval(f"{others} AND backend_type = 'client backend'"):
        await asyncio.sleep(0.02)
    await connection.close()


@pytest.fixture(params=["local", "pgvector"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an index lies."""
    if request.param == "local":
        return str(tmp_path)
    return str(request.getfixturevalue("shared_postgres_url")).replace("+asyncpg", "")


@pytest.mark.parametrize("seed", range(KILLS))
async def test_a_killed_writer_leaves_whole_documents(place: str, seed: int) -> None:
    if place.startswith("postgresql:"):
        await emptied_index(place)
    chance = random.Random(seed)  # noqa: S311 -- chance that repeats
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parent)])
    writer = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WRITER, place, str(here)),
        env={**os.environ, "PYTHONPATH": paths},
        stdout=asyncio.subprocess.PIPE,
    )
    assert writer.stdout is not None
    for _ in range(chance.randrange(1, 2 * DOCUMENTS)):
        await writer.stdout.readline()
    await asyncio.sleep(chance.random() / 50)
    writer.kill()
    await writer.wait()
    await alone_at(place)
    index = index_at(place)
    await index.start()
    embedder = FakeEmbedder()
    model = await embedder.model()
    assert model is not None
    (vector,) = await embedder.embed(["cat"], Use.QUERY)
    for document_id, state in (await index.states("main")).items():
        number = int(document_id[1:])
        only = Scope(tenant_id="main", user_id=None, document_ids=frozenset([document_id]))
        expected = {one.id for one in make_passages(document_id, *(f"cat {number} {at}" for at in range(20 + number)))}
        assert {hit.passage_id for hit in (await index.lexical(only, "cat", (), 100)).hits} == expected
        near = await index.nearest(only, model, vector, 100)
        assert {hit.passage_id for hit in near} == (expected if state.model else set())
        assert all(hit.score > 0.2 for hit in near), "vectors lie where their rows say"
    for number in range(DOCUMENTS):  # the job is done again
        await put(index, number)
    assert {state.passages for state in (await index.states("main")).values()} == set(range(20, 20 + DOCUMENTS))
    await index.close()
