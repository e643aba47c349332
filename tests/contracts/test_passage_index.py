"""What every index of passages promises, over each of them and the fake."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luminalib.adapters.passage_index.local import LocalPassageIndex, vectors
from luminalib.adapters.passage_index.pgvector import PgvectorPassageIndex
from luminalib.domain.passages import Hit, Passage, Scope
from luminalib.ports.embedder import EmbeddingModel, Use
from luminalib.ports.passage_index import PassageIndex, PassageIndexUnavailable
from passages import FakeEmbedder, MemoryPassageIndex, emptied_index, make_document, make_passages

EVERYONE = Scope(tenant_id="main", user_id=None)
TEXTS = (
    "The lighthouse keeper wrote into his ledger every night.",
    "Ships passed far out and never knew his name.",
    "A cat slept on the warm stones of the harbour.",
    "The captain bought a car and drove along the coast.",
)


@pytest.fixture(params=["memory", "local", "pgvector"])
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of index; for that in PostgreSQL the address of a database that all tests share."""
    return str(request.getfixturevalue("shared_postgres_url") if request.param == "pgvector" else request.param)


@pytest.fixture
async def index(kind: str, tmp_path: Path) -> AsyncIterator[PassageIndex]:
    """An empty index of each kind."""
    if kind == "memory":
        yield MemoryPassageIndex()
        return
    opened = LocalPassageIndex(tmp_path / "passages") if kind == "local" else await emptied_index(kind)
    await opened.start()
    yield opened
    await opened.close()


async def put(
    index: PassageIndex, document_id: str, *texts: str, embedder: FakeEmbedder | None = None, **more: str
) -> list[Passage]:
    passages = make_passages(document_id, *texts)
    document = make_document(document_id, **more)
    await index.replace(document, passages)
    if embedder:
        model = await embedder.model()
        assert model is not None
        await index.add_vectors(document.tenant_id, document_id, model, await embedder.embed(texts, Use.PASSAGE))
    return passages


async def by_words(index: PassageIndex, text: str, scope: Scope = EVERYONE, phrases: tuple[str, ...] = ()) -> list[Hit]:
    return list((await index.lexical(scope, text, phrases, 10)).hits)


async def by_meaning(index: PassageIndex, embedder: FakeEmbedder, text: str, scope: Scope = EVERYONE, limit: int = 10) -> list[Hit]:
    model = await embedder.model()
    assert model is not None
    (vector,) = await embedder.embed([text], Use.QUERY)
    return await index.nearest(scope, model, vector, limit)


async def test_words_find_their_passage_in_any_form(index: PassageIndex) -> None:
    passages = await put(index, "d", *TEXTS)
    found = await index.lexical(EVERYONE, "Which keepers have ledgers?", (), 10)
    assert found.hits[0].passage_id == passages[0].id
    assert found.total == 1
    assert 0.0 < found.hits[0].score <= found.mass
    assert found.hits[0].coverage == pytest.approx(1.0)


async def test_a_passage_with_more_of_the_question_comes_first(index: PassageIndex) -> None:
    passages = await put(index, "d", "a ship", "a ship in a storm", "a storm", "a ship without a name")
    assert (await by_words(index, "ship in a storm"))[0].passage_id == passages[1].id


async def test_spelling_and_languages_meet(index: PassageIndex) -> None:
    await put(index, "da", "Søren sælger frø", language="da")
    (passage,) = await put(index, "de", "Die Straßen der alten Städte", language="de-AT")
    (chinese,) = await put(index, "zh", "一个老渔夫在海上钓鱼", language="zh")
    assert await by_words(index, "soren")
    assert [hit.passage_id for hit in await by_words(index, "strasse stadt")] == [passage.id]
    assert [hit.passage_id for hit in await by_words(index, "渔夫")] == [chinese.id]


async def test_a_phrase_must_occur_word_by_word(index: PassageIndex) -> None:
    await put(index, "d", "the turtle mocks the mock of a turtle", "the Mock Turtle sang")
    found = await by_words(index, "mock turtle", phrases=("Mock Turtle",))
    assert [hit.passage_id for hit in found] == [make_passages("d", "", "the Mock Turtle sang")[1].id]


async def test_phrases_are_met_by_their_places(index: PassageIndex) -> None:
    """Not across two passages, not out of order, and behind as many of the same words as there may be."""
    passages = await put(
        index, "d", "calm sea", "storm and sea", "sea storm", f"{'sea ' * 300}storm", "the storm, the sea", language="en"
    )
    await put(index, "e", "sea storm", tenant_id="other")
    await put(index, "f", "sea storm", owner_id="bob")
    found = await by_words(index, "sea storm", phrases=("sea storm",))
    assert {hit.passage_id for hit in found} == {passages[2].id, passages[3].id}
    assert await by_words(index, "sea storm", phrases=("sea storm", "calm sea")) == []
    assert await by_words(index, "sea storm", phrases=("sea nowhere",)) == []


async def test_what_others_hold_changes_no_score(index: PassageIndex) -> None:
    await put(index, "d", "cat ship", "storm lamp", "cat")
    alone = await index.lexical(EVERYONE, "cat storm", (), 10)
    await put(index, "e", "cat cat cat", "cat chat storm", tenant_id="other", language="fr")
    beside = await index.lexical(EVERYONE, "cat storm", (), 10)
    assert (beside.mass, beside.total) == (alone.mass, alone.total)
    assert [(hit.passage_id, hit.score) for hit in beside.hits] == [(hit.passage_id, hit.score) for hit in alone.hits]


async def test_meaning_finds_what_words_do_not(index: PassageIndex) -> None:
    embedder = FakeEmbedder()
    passages = await put(index, "d", *TEXTS, embedder=embedder)
    assert await by_words(index, "feline") == []
    found = await by_meaning(index, embedder, "feline", limit=2)
    assert found[0].passage_id == passages[2].id
    assert len(found) == 2
    assert found[0].score > found[1].score


async def test_another_models_vectors_are_not_compared(index: PassageIndex) -> None:
    old, new = FakeEmbedder("1"), FakeEmbedder("2")
    await put(index, "d", *TEXTS, embedder=old)
    assert await by_meaning(index, new, "cat") == []
    await put(index, "e", *TEXTS, embedder=new)
    assert len(await by_meaning(index, new, "cat")) == len(TEXTS)
    assert len(await by_meaning(index, old, "cat")) == len(TEXTS)


async def test_replacing_leaves_nothing_behind(index: PassageIndex) -> None:
    embedder = FakeEmbedder()
    await put(index, "d", *TEXTS, embedder=embedder)
    await put(index, "d", "nothing but wind", sha256="1")
    assert await by_words(index, "lighthouse cat captain") == []
    assert await by_meaning(index, embedder, "cat") == []
    state = (await index.states("main"))["d"]
    assert (state.passages, state.model) == (1, None)
    assert state.fingerprint == make_document("d", sha256="1").fingerprint


async def test_vectors_for_another_number_of_passages_are_not_taken(index: PassageIndex) -> None:
    embedder = FakeEmbedder()
    model = await embedder.model()
    assert model is not None
    await put(index, "d", "one", "two")
    await index.add_vectors("main", "d", model, await embedder.embed(["one"], Use.PASSAGE))
    await index.add_vectors("main", "gone", model, await embedder.embed(["one"], Use.PASSAGE))
    assert (await index.states("main"))["d"].model is None


async def test_removing_needs_the_right_tenant(index: PassageIndex) -> None:
    await put(index, "d", *TEXTS)
    await index.remove("other", "d")
    assert await by_words(index, "lighthouse")
    await index.remove("main", "d")
    await index.remove("main", "d")
    assert await by_words(index, "lighthouse") == []
    assert await index.states("main") == {}


async def test_states_name_only_a_tenants_documents(index: PassageIndex) -> None:
    await put(index, "a", "one")
    await put(index, "b", "two")
    await put(index, "c", "three", tenant_id="other")
    assert set(await index.states("main")) == {"a", "b"}
    assert set(await index.states("main", ["b", "c", "x"])) == {"b"}


async def test_pages_behind_the_last_read_are_not_shown(index: PassageIndex) -> None:
    embedder = FakeEmbedder()
    passages = await put(index, "d", "the cat is born", "the cat grows", "the cat dies", embedder=embedder)
    await put(index, "other", "a cat elsewhere", embedder=embedder)
    scope = Scope(tenant_id="main", user_id=None, until={"d": 2, "unknown": 1})
    for found in (await by_words(index, "cat", scope), await by_meaning(index, embedder, "cat", scope)):
        assert {hit.passage_id for hit in found} == {
            passages[0].id,
            passages[1].id,
            make_passages("other", "a cat elsewhere")[0].id,
        }


OWNERS = [None, "ada", "bob"]
TENANTS = ["main", "other"]
WORDS = ["cat", "ship", "storm", "lamp", "ledger"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    documents=st.lists(
        st.tuples(st.sampled_from(TENANTS), st.sampled_from(OWNERS), st.lists(st.sampled_from(WORDS), min_size=1, max_size=3)),
        min_size=1,
        max_size=8,
    ),
    asker=st.sampled_from(["ada", "bob", None]),
    tenant=st.sampled_from(TENANTS),
    chosen=st.none() | st.sets(st.integers(0, 9), max_size=4),
)
async def test_nothing_outside_the_scope_is_ever_found(
    index: PassageIndex,
    documents: list[tuple[str, str | None, list[str]]],
    asker: str | None,
    tenant: str,
    chosen: set[int] | None,
) -> None:
    embedder = FakeEmbedder()
    for held in ("main", "other"):
        for document_id in await index.states(held):
            await index.remove(held, document_id)
    allowed: set[str] = set()
    for number, (owner_tenant, owner, texts) in enumerate(documents):
        made = make_document(f"d{number}", tenant_id=owner_tenant, owner_id=owner)
        passages = make_passages(f"d{number}", *texts)
        await index.replace(made, passages)
        model = await embedder.model()
        assert model is not None
        await index.add_vectors(made.tenant_id, made.document_id, model, await embedder.embed(texts, Use.PASSAGE))
        if owner_tenant == tenant and owner in (None, asker) and (chosen is None or number in chosen):
            allowed |= {passage.id for passage in passages}
    scope = Scope(
        tenant_id=tenant, user_id=asker, document_ids=None if chosen is None else frozenset(f"d{number}" for number in chosen)
    )
    words = await index.lexical(scope, " ".join(WORDS), (), 50)
    meaning = await by_meaning(index, embedder, " ".join(WORDS), scope, limit=50)
    assert {hit.passage_id for hit in words.hits} == allowed
    assert {hit.passage_id for hit in meaning} == allowed
    assert words.total == len(allowed)


async def test_searches_go_on_while_a_document_is_written(index: PassageIndex) -> None:
    """Each sees all of a document or nothing of it."""
    embedder = FakeEmbedder()
    await put(index, "d", *["cat"] * 30, embedder=embedder)
    is_done = False

    async def write() -> None:
        nonlocal is_done
        for number in range(6):
            await put(index, "d", *["cat"] * (20 + 10 * (number % 2)), embedder=embedder, sha256=str(number))
        is_done = True

    async def read() -> None:
        while not is_done:
            found = await index.lexical(EVERYONE, "cat", (), 50)
            assert len(found.hits) in (20, 30)
            assert len(await by_meaning(index, embedder, "cat", limit=50)) in (0, 20, 30)

    await asyncio.gather(write(), read(), read())


async def test_two_indexes_on_one_folder_see_each_other(tmp_path: Path) -> None:
    """As a server and a command beside it do."""
    embedder = FakeEmbedder()
    first, second = LocalPassageIndex(tmp_path), LocalPassageIndex(tmp_path)
    await first.start()
    await second.start()
    await put(first, "d", *TEXTS, embedder=embedder)
    assert len(await by_meaning(second, embedder, "cat")) == len(TEXTS)
    await put(second, "e", *TEXTS, embedder=embedder)
    await second.remove("main", "d")
    assert {hit.passage_id for hit in await by_words(first, "lighthouse")} == {make_passages("e", TEXTS[0])[0].id}
    await first.close()
    await second.close()


async def test_postgresql_without_the_extension_says_what_to_do(postgres_url: str) -> None:
    """As where whoever migrated may not make extensions."""
    dsn, role = postgres_url.replace("+asyncpg", ""), f"plain_{uuid4().hex}"
    connection = await asyncpg.connect(dsn)
    await connection.execute(f"CREATE ROLE {role}; ALTER FUNCTION prepare_indexed_vectors(integer) OWNER TO {role}")
    index = PgvectorPassageIndex(dsn)
    with pytest.raises(PassageIndexUnavailable, match="CREATE EXTENSION vector, or choose LUMINALIB_PASSAGE_INDEX=local"):
        await index.start()
    await index.close()
    await connection.execute(f"ALTER FUNCTION prepare_indexed_vectors(integer) OWNER TO CURRENT_USER; DROP ROLE {role}")
    await connection.close()


async def test_large_scopes_are_walked_and_small_ones_compared(shared_postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways answer alike; what a walk meets outside the scope does not keep it from going on."""
    index = await emptied_index(shared_postgres_url)
    await index.start()
    embedder = FakeEmbedder()
    await put(index, "theirs", *(f"cat {at}" for at in range(400)), embedder=embedder, owner_id="bob")
    passages = await put(index, "d", *TEXTS, embedder=embedder)
    compared = await by_meaning(index, embedder, "cat", limit=4)
    monkeypatch.setattr("luminalib.adapters.passage_index.pgvector.reading.EXACT", 0)
    walked = await by_meaning(index, embedder, "cat", limit=4)
    assert [hit.passage_id for hit in walked] == [hit.passage_id for hit in compared]
    assert {hit.passage_id for hit in walked} == {passage.id for passage in passages}
    await index.close()


async def test_counts_of_terms_follow_what_is_there(index: PassageIndex) -> None:
    """The weight of a word is the same whatever was written and replaced before."""
    await put(index, "a", "cat ship", "cat cat cat cat")
    await put(index, "b", "storm")
    fresh = await index.lexical(EVERYONE, "cat storm", (), 10)
    await put(index, "b", "cat lamp")
    await put(index, "c", "storm storm ship")
    await index.remove("main", "c")
    await put(index, "b", "storm")
    again = await index.lexical(EVERYONE, "cat storm", (), 10)
    assert again.mass == pytest.approx(fresh.mass)
    assert {hit.passage_id: hit.score for hit in again.hits} == pytest.approx({hit.passage_id: hit.score for hit in fresh.hits})


async def test_slots_of_vectors_are_used_again(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    index = LocalPassageIndex(tmp_path)
    await index.start()
    chance = random.Random(7)  # noqa: S311 -- chance that repeats
    for _ in range(40):
        document_id = f"d{chance.randrange(6)}"
        await put(index, document_id, *(f"{word} {document_id}" for word in chance.sample(WORDS, 3)), embedder=embedder)
    (file,) = tmp_path.glob("vectors-*.f32")
    assert file.stat().st_size <= 7 * 3 * 64 * 4
    for number in range(6):
        held = await by_meaning(index, embedder, f"d{number}", limit=3)
        states = await index.states("main")
        if f"d{number}" in states:
            ids = {hit.passage_id for hit in held}
            alone = Scope(tenant_id="main", user_id=None, document_ids=frozenset([f"d{number}"]))
            assert ids == {hit.passage_id for hit in await by_meaning(index, embedder, f"d{number}", alone)}
    await index.close()


async def test_what_one_was_shown_of_a_frequent_word_is_not_shown_to_another(index: PassageIndex) -> None:
    """Long lists are kept between two searches, whoever asked first."""
    ours = await put(index, "ours", *["cat ship"] * 300)
    hers = await put(index, "hers", *["cat cat storm"] * 600, owner_id="ada")
    by_ada = await index.lexical(Scope(tenant_id="main", user_id="ada"), "cat", (), 1000)
    by_bob = await index.lexical(Scope(tenant_id="main", user_id="bob"), "cat storm", (), 1000)
    read = await index.lexical(Scope(tenant_id="main", user_id="ada", until={"hers": 10, "ours": 5}), "cat", (), 1000)
    chosen = await index.lexical(Scope(tenant_id="main", user_id="bob", document_ids=frozenset(["hers"])), "cat", (), 1000)
    seen = {passage.id for passage in ours}
    assert by_bob.hits
    assert {hit.passage_id for hit in by_bob.hits} <= seen
    assert [(word.word, word.is_there) for word in by_bob.words] == [("storm", False), ("cat", True)]
    assert (chosen.hits, [word.is_there for word in chosen.words]) == ([], [False])
    assert {hit.passage_id for hit in read.hits} == {passage.id for passage in [*hers[:10], *ours[:5]]}
    found = {hit.passage_id for hit in by_ada.hits}
    assert found <= seen | {passage.id for passage in hers}
    assert not found <= seen


async def test_of_many_vectors_those_with_nearly_the_same_signs_are_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They hold the nearest whatever was replaced since the signs were begun, and never what may not be shown."""
    for name, number in (("MANY", 300), ("EXACT", 0), ("COMPARED", 120)):
        monkeypatch.setattr(vectors, name, number)
    chance = np.random.default_rng(5)
    model = EmbeddingModel(name="made-up", dimension=72, fingerprint="made-up")
    index = LocalPassageIndex(tmp_path)
    await index.start()
    held: dict[str, Any] = {}
    for at in range(24):
        made = make_document(f"d{at % 18}", owner_id="ada" if at % 3 == 0 else None)
        passages = make_passages(made.document_id, *(f"{at} {number}" for number in range(40)))
        rows = chance.standard_normal((40, 72)).astype("f4") + 0.5 * chance.standard_normal(72).astype("f4") + 1.0
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        await index.replace(made, passages)
        await index.add_vectors("main", made.document_id, model, [row.tobytes() for row in rows])
        held[made.document_id] = rows
        assert bool(list(tmp_path.glob("*.signs"))) == (at >= 7)
    recalled = []
    for _ in range(20):
        wanted = held["d4"][int(chance.integers(40))] + 0.05 * chance.standard_normal(72).astype("f4")
        for user, documents in (("ada", None), ("bob", None), ("bob", frozenset(["d0", "d1", "d4", "d7"]))):
            found = await index.nearest(Scope(tenant_id="main", user_id=user, document_ids=documents), model, wanted.tobytes(), 10)
            shown = [one for one in held if (user == "ada" or int(one[1:]) % 3) and (documents is None or one in documents)]
            cosines = np.sort(np.concatenate([held[one] @ wanted for one in shown]))[::-1]
            assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
            assert found[0].score == pytest.approx(cosines[0], abs=1e-5)
            recalled.append(np.mean([hit.score >= cosines[9] - 1e-5 for hit in found]))
    assert np.mean(recalled) > 0.85
    await index.close()
