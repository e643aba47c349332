import hashlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
import sqlalchemy as sa

from fakes import FakeClock
from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.jobs import jobs
from luminalib.adapters.db.passages import passage_vectors
from luminalib.adapters.db.sentence_vectors import SqlSentenceVectors
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.views.passages import SqlPassageViews
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.adapters.passage_index.local import LocalPassageIndex
from luminalib.adapters.text.passages import SemanticPassageSplitter
from luminalib.domain.auth import Principal, Role, User, the_house
from luminalib.domain.books import Book, BookDetails
from luminalib.domain.documents import Document, DocumentStatus, StagedFile
from luminalib.domain.media import MediaType
from luminalib.domain.passages import MOST_CHARACTERS, PassageNotFound, Scope
from luminalib.domain.pipeline import INDEX_DOCUMENT
from luminalib.domain.search import NoMeanings, NothingToSearch, SearchMode
from luminalib.domain.texts import SECTION_BREAK, sections_of
from luminalib.ports.embedder import Embedder, EmbedderUnavailable, Use
from luminalib.ports.passage_index import PassageIndex
from luminalib.ports.sentence_vectors import SentenceVectors
from luminalib.services.passages import PassageService
from luminalib.services.search import SearchRequest, SearchService
from luminalib.steps.indexing import IndexTools, behind, catch_up
from luminalib.steps.retrieving import Retriever
from passages import FakeEmbedder, MemoryPassageIndex

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SEA = "The keeper lit the lamp every evening. " * 3
LAND = "A cat slept in the orchard behind the mill. " * 3


@dataclass
class Desk:
    """The services around passages, on a real database."""

    uow: SqlUnitOfWorkFactory
    index: PassageIndex
    embedder: Embedder
    database: SqlDatabase
    views: SqlPassageViews
    sentences: SentenceVectors | None = None

    @property
    def tools(self) -> IndexTools:
        return IndexTools(uow=self.uow, index=self.index, embedder=self.embedder, sentences=self.sentences)

    @property
    def passages(self) -> PassageService:
        return PassageService(self.tools, SemanticPassageSplitter(), FakeClock(NOW))

    @property
    def search(self) -> SearchService:
        return SearchService(self.uow, self.views, Retriever(self.index, self.embedder, self.sentences))

    async def add(self, *texts: str, owner: str | None = None, title: str | None = "A book") -> Document:
        """A document whose text has been read, with a book when it has a title."""
        digest = hashlib.sha256(repr((texts, owner, title)).encode()).hexdigest()
        staged = StagedFile(key=f"staging/{uuid4()}", filename="a.txt", media_type=MediaType.TEXT, byte_size=3, sha256=digest)
        document = Document.from_staged(str(uuid4()), staged, owner, NOW)
        document.status, document.language = DocumentStatus.COMPLETED, "en"
        async with self.uow("main") as unit:
            await unit.documents.add(document)
            await unit.documents.replace_text(document.id, sections_of([("One", text) for text in texts]))
            if title:
                await unit.books.add(Book.from_details(str(uuid4()), document.id, BookDetails(title=title), owner, NOW))
        await self.passages.index_now("main", document.id)
        return document

    async def member(self, name: str) -> Principal:
        user = User(
            id=str(uuid4()),
            email=f"{name}@library.test",
            password_hash="x",
            display_name=name,
            role=Role.MEMBER,
            is_active=True,
            created_at=NOW,
        )
        async with self.uow("main") as unit:
            await unit.users.add(user)
        return Principal(tenant_id="main", user_id=user.id, role=Role.MEMBER)

    async def found(self, by: Principal, q: str, mode: SearchMode = SearchMode.AUTO) -> list[str]:
        answer = await self.search.search(by, SearchRequest(q=q, mode=mode))
        return [item.view.passage.document_id for item in answer.items]


@pytest.fixture
async def desk(database: SqlDatabase, reader: Reader) -> Desk:
    uow = SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())
    return Desk(uow, MemoryPassageIndex(), FakeEmbedder(), database, SqlPassageViews(reader))


HOUSE = the_house()


async def test_passages_lie_in_the_text_where_they_say(desk: Desk) -> None:
    texts = ["Night fell. " * 400, "Morning came. " * 300]
    document = await desk.add(*texts)
    whole = SECTION_BREAK.join(texts)
    async with desk.uow.reading("main") as unit:
        passages = await unit.passages.of(document.id)
    (view,) = (await desk.views.several([passages[-1].id], Scope(tenant_id="main", user_id=None))).views.values()
    assert len(passages) > 5
    assert all(whole[one.start : one.stop] == one.text and len(one.text) <= MOST_CHARACTERS for one in passages)
    assert {one.page for one in passages} == {1, 2}
    assert [one.ordinal for one in passages] == list(range(len(passages)))
    assert any(one.start < before.stop for before, one in itertools.pairwise(passages)), "neighbours overlap"
    assert view.title == "A book"
    assert 50 < view.percent < 100


async def test_indexing_again_changes_nothing_and_embeds_nothing_again(desk: Desk) -> None:
    document = await desk.add(SEA, LAND)
    assert isinstance(desk.embedder, FakeEmbedder)
    assert len(desk.embedder.asked) == 2
    await desk.passages.index_now("main", document.id)
    assert isinstance(desk.index, MemoryPassageIndex)
    desk.index.documents.clear()
    await desk.passages.index_now("main", document.id)
    assert len(desk.embedder.asked) == 2
    assert await desk.found(HOUSE, "keeper", SearchMode.LEXICAL) == [document.id]
    assert await behind(desk.tools, "main") == []


async def test_a_document_that_has_gone_is_forgotten(desk: Desk) -> None:
    document = await desk.add(SEA)
    async with desk.uow("main") as unit:
        await unit.documents.remove(await unit.documents.get(document.id))
    assert await desk.found(HOUSE, "keeper") == [], "although the index still has it"
    assert await behind(desk.tools, "main") == [document.id]
    await desk.passages.index_now("main", document.id)
    assert await behind(desk.tools, "main") == []
    assert await desk.index.states("main") == {}


async def test_new_content_takes_the_place_of_the_old(desk: Desk) -> None:
    document = await desk.add(SEA)
    async with desk.uow("main") as unit:
        stored = await unit.documents.get(document.id)
        stored.sha256 = "f" * 64
        await unit.documents.replace_text(document.id, sections_of([(None, LAND)]))
    assert await behind(desk.tools, "main") == [document.id]
    await desk.passages.index_now("main", document.id)
    assert await desk.found(HOUSE, "keeper", mode=SearchMode.LEXICAL) == []
    assert await desk.found(HOUSE, "orchard") == [document.id]


async def test_an_embedder_that_is_away_costs_meaning_not_words(desk: Desk) -> None:
    assert isinstance(desk.embedder, FakeEmbedder)
    desk.embedder.is_away = True
    with pytest.raises(EmbedderUnavailable):
        await desk.add(SEA)
    answer = await desk.search.search(HOUSE, SearchRequest(q="keeper"))
    assert len(answer.items) == 1
    assert answer.retrieved.mode is SearchMode.LEXICAL
    assert "words alone" in (answer.retrieved.note or "")
    with pytest.raises(EmbedderUnavailable):
        await desk.search.search(HOUSE, SearchRequest(q="keeper", mode=SearchMode.SEMANTIC))
    desk.embedder.is_away = False
    (waiting,) = await behind(desk.tools, "main")
    await desk.passages.index_now("main", waiting)
    assert await desk.found(HOUSE, "keeper", mode=SearchMode.SEMANTIC)


async def test_another_model_has_everything_embedded_anew_while_words_answer(desk: Desk) -> None:
    document = await desk.add(LAND)
    desk.embedder = FakeEmbedder("2")
    assert await behind(desk.tools, "main") == [document.id]
    assert await desk.found(HOUSE, "cat") == [document.id]
    await desk.passages.index_now("main", document.id)
    assert await desk.found(HOUSE, "kitten", mode=SearchMode.SEMANTIC) == [document.id]
    assert await behind(desk.tools, "main") == []


async def test_behind_documents_are_indexed_by_jobs_of_which_one_waits(desk: Desk) -> None:
    document = await desk.add(SEA)
    await desk.index.remove("main", document.id)
    for _ in range(2):
        await desk.passages.request_if_behind("main")
        await catch_up(desk.tools, "main", [document.id], NOW)
    async with desk.database.owner.connect() as connection:
        waiting = (await connection.execute(sa.select(jobs.c.name, jobs.c.payload))).all()
    assert [(name, payload["document_id"]) for name, payload in waiting] == [(INDEX_DOCUMENT, document.id)]


async def test_reindexing_restores_what_was_lost(desk: Desk) -> None:
    kept, gone = await desk.add(SEA), await desk.add(LAND)
    async with desk.uow("main") as unit:
        await unit.documents.remove(await unit.documents.get(gone.id))
    await desk.index.remove("main", kept.id)
    assert [done async for done in desk.passages.reindex(["main"])] == [("main", 1, 2), ("main", 2, 2)]
    assert set(await desk.index.states("main")) == {kept.id}


async def test_documents_without_a_book_are_found_by_their_owner_alone(desk: Desk) -> None:
    ada, bob = await desk.member("ada"), await desk.member("bob")
    document = await desk.add(SEA, owner=ada.user_id, title=None)
    librarian = replace(bob, role=Role.LIBRARIAN)
    assert await desk.found(ada, "keeper") == [document.id]
    for other in (bob, librarian, HOUSE):
        assert await desk.found(other, "keeper") == []
    async with desk.uow("main") as unit:
        await unit.books.add(Book.from_details(str(uuid4()), document.id, BookDetails(title="Now a book"), ada.user_id, NOW))
    await desk.passages.index_now("main", document.id)
    assert await desk.found(bob, "keeper") == [document.id]


async def test_an_index_that_is_behind_shows_nothing_that_has_become_private(desk: Desk) -> None:
    ada, bob = await desk.member("ada"), await desk.member("bob")
    document = await desk.add(SEA, owner=ada.user_id)
    async with desk.uow("main") as unit:
        book = await unit.books.find_by_document(document.id)
        assert book is not None
        await unit.books.remove(book)
    assert await desk.found(bob, "keeper") == []
    assert await desk.found(ada, "keeper") == [document.id]


async def test_neighbours_of_a_passage_stay_within_its_document_and_scope(desk: Desk) -> None:
    document = await desk.add(*(f"Chapter {number} tells of the sea." for number in range(5)))
    await desk.add("Chapter of another book.")
    everyone = Scope(tenant_id="main", user_id=None)
    async with desk.uow.reading("main") as unit:
        passages = await unit.passages.of(document.id)
    around = await desk.views.around(passages[0].id, 2, 1, everyone)
    until = await desk.views.around(passages[2].id, 1, 2, replace(everyone, until={document.id: 4}))
    with pytest.raises(PassageNotFound):
        await desk.views.around(passages[0].id, 0, 0, replace(everyone, document_ids=frozenset(["x"])))
    assert [view.passage.ordinal for view in around.views.values()] == [0, 1]
    assert [view.passage.ordinal for view in until.views.values()] == [1, 2, 3]


async def test_what_cannot_be_searched_is_said(desk: Desk) -> None:
    with pytest.raises(NothingToSearch):
        await desk.found(HOUSE, "?!")
    desk.embedder = NoMeaning()
    with pytest.raises(NoMeanings):
        await desk.found(HOUSE, "cat", mode=SearchMode.SEMANTIC)
    assert await desk.found(HOUSE, "cat") == []


class NoMeaning(FakeEmbedder):
    async def model(self) -> None:
        return None


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[LocalPassageIndex]:
    index = LocalPassageIndex(tmp_path / "index")
    await index.start()
    yield index
    await index.close()


async def test_the_same_on_the_local_index(desk: Desk, local: LocalPassageIndex) -> None:
    desk.index = local
    document = await desk.add(SEA, LAND)
    assert await desk.found(HOUSE, "keepers") == [document.id, document.id]
    assert await behind(desk.tools, "main") == []


DIFFUSE = "A cat came. A ship left. A cat left the ship. The storm was loud. The lamp was lit. A cat was at the lamp in the storm."
EXACT = f"The keeper slept. {'The wind blew over the grey hills and the sea. ' * 9}A cat sat at the lamp."


@pytest.fixture
async def close(desk: Desk) -> Desk:
    """A desk that looks at sentences, too."""
    desk.sentences = SqlSentenceVectors(desk.uow, FakeClock(NOW))
    return desk


async def test_a_sentence_that_says_it_outweighs_a_passage_about_it(desk: Desk) -> None:
    diffuse, exact = await desk.add(DIFFUSE), await desk.add(EXACT)
    asked = "a cat sat at the lamp"
    assert await desk.found(HOUSE, asked, SearchMode.SEMANTIC) == [diffuse.id, exact.id]
    desk.sentences = SqlSentenceVectors(desk.uow, FakeClock(NOW))
    assert await desk.found(HOUSE, asked, SearchMode.SEMANTIC) == [diffuse.id, exact.id], "nothing is kept yet"
    for document in (diffuse, exact):
        await desk.passages.index_now("main", document.id)
    assert await desk.found(HOUSE, asked, SearchMode.SEMANTIC) == [exact.id, diffuse.id]


async def test_sentences_are_embedded_once_and_the_rest_after_a_crash(close: Desk) -> None:
    document = await close.add("Night fell on the sea. " * 100 + "Morning came.", "Night fell on the sea. A cat woke.")
    assert isinstance(close.embedder, FakeEmbedder)
    asked = close.embedder.asked
    assert asked.count("Night fell on the sea.") <= 2
    assert {"Night fell on the sea.", "Morning came.", "A cat woke."} <= set(asked)
    before = len(asked)
    await close.passages.index_now("main", document.id, anew_in=close.index)
    assert len(asked) == before
    async with close.database.owner.begin() as connection:  # as when the server had died between passages and sentences
        model = await close.embedder.model()
        assert model is not None
        await connection.execute(sa.delete(passage_vectors).where(passage_vectors.c.model != model.fingerprint))
    await close.passages.index_now("main", document.id)
    assert "A cat woke." in asked[before:]


async def test_nearness_is_that_of_the_nearest_sentence_and_of_the_nearest_two(close: Desk) -> None:
    document = await close.add("A cat sat. The lamp was lit. A ship left.")
    async with close.uow.reading("main") as unit:
        (passage,) = await unit.passages.of(document.id)
    model = await close.embedder.model()
    assert model is not None
    assert close.sentences is not None
    texts = ["A cat sat.", "The lamp was lit.", "A ship left.", "lamp ship"]
    *sentences, wanted = (np.frombuffer(one, "<f4") for one in await close.embedder.embed(texts, Use.PASSAGE))
    pairs = [(first + second) / np.linalg.norm(first + second) for first, second in itertools.pairwise(sentences)]
    (found,) = await close.sentences.nearness("main", model, [wanted.tobytes()], [passage.id, "unknown"])
    expected = (max(one @ wanted for one in sentences) + max(one @ wanted for one in pairs)) / 2
    assert found == {passage.id: pytest.approx(expected, abs=1e-2)}
    assert await close.sentences.nearness("other", model, [wanted.tobytes()], [passage.id]) == [{}]
