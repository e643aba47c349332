"""Nothing that a member may not see is found, quoted, counted or cited, whatever is asked, in whichever index."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from fakes import FakeClock
from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.sentence_vectors import SqlSentenceVectors
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.views.books import SqlBookViews
from luminalib.adapters.db.views.passages import SqlPassageViews
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.adapters.passage_index.local import LocalPassageIndex
from luminalib.adapters.text.passages import SemanticPassageSplitter
from luminalib.domain.answer_rules import AnswerRules
from luminalib.domain.auth import Principal, Role
from luminalib.domain.books import Book, BookDetails, BookFilter
from luminalib.domain.catalogue import FacetKind
from luminalib.domain.conversations import Selection
from luminalib.domain.documents import Document, DocumentNotFound, DocumentStatus, StagedFile
from luminalib.domain.media import MediaType
from luminalib.domain.search import SearchMode
from luminalib.domain.texts import sections_of
from luminalib.ports.passage_index import PassageIndex
from luminalib.services.conversations.errand import Errand, Question
from luminalib.services.conversations.extractive import quoted_answer
from luminalib.services.conversations.finding import Finder
from luminalib.services.passages import PassageService
from luminalib.services.search import SearchRequest, SearchService
from luminalib.steps.indexing import IndexTools
from luminalib.steps.retrieving import Retriever
from passages import FakeEmbedder, MemoryPassageIndex, emptied_index
from records import make_user

NOW = datetime(2026, 1, 2, tzinfo=UTC)
MEMBERS = ("ada", "bob")
SHELF: Mapping[str, tuple[str | None, bool]] = {
    "lighthouse": (None, True),
    "harbour": ("ada", True),
    "diary": ("ada", False),
    "letter": ("bob", False),
    "ledger": ("bob", False),
}
"""Documents by the word that they alone have: who has brought it, and whether it is a book of the catalogue."""
COMMON = ("storm", "captain", "night")


@dataclass(frozen=True)
class Library:
    """Documents by their word, members by their name, and the services that they ask."""

    search: SearchService
    finder: Finder
    catalogue: SqlBookViews
    documents: Mapping[str, str]
    members: Mapping[str, Principal]

    def seen_by(self, name: str) -> set[str]:
        return {self.documents[word] for word, (owner, is_book) in SHELF.items() if is_book or owner == name}


@pytest.fixture(params=["fake", "real"])
async def index(
    request: pytest.FixtureRequest, tmp_path: Path, database: SqlDatabase, database_url: str
) -> AsyncIterator[PassageIndex]:
    """The fake, and on each database the index that goes with it."""
    if request.param == "fake":
        yield MemoryPassageIndex()
        return
    real = LocalPassageIndex(tmp_path / "index") if database.is_sqlite else await emptied_index(database_url)
    await real.start()
    yield real
    await real.close()


@pytest.fixture
async def library(index: PassageIndex, database: SqlDatabase, reader: Reader) -> Library:
    uow = SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())
    embedder, sentences = FakeEmbedder(), SqlSentenceVectors(uow, FakeClock(NOW))
    passages = PassageService(
        IndexTools(uow=uow, index=index, embedder=embedder, sentences=sentences), SemanticPassageSplitter(), FakeClock(NOW)
    )
    members, documents = {}, {}
    for name in MEMBERS:
        members[name] = Principal(tenant_id="main", user_id=await make_user(uow), role=Role.MEMBER)
    for word, (owner, is_book) in SHELF.items():
        digest = hashlib.sha256(word.encode()).hexdigest()
        staged = StagedFile(key=f"staging/{word}", filename=f"{word}.txt", media_type=MediaType.TEXT, byte_size=3, sha256=digest)
        document = Document.from_staged(str(uuid4()), staged, members[owner].user_id if owner else None, NOW)
        document.status, document.language = DocumentStatus.COMPLETED, "en"
        texts = [f"The captain saw the {word} at night. The storm came to the {word}.", f"At night the {word} was lost."]
        async with uow("main") as unit:
            await unit.documents.add(document)
            await unit.documents.replace_text(document.id, sections_of([("One", text) for text in texts]))
            if is_book:
                await unit.books.add(Book.from_details(str(uuid4()), document.id, BookDetails(title=word, tags=(word,)), None, NOW))
        await passages.index_now("main", document.id)
        documents[word] = document.id
    retriever = Retriever(index, embedder, sentences)
    catalogue = SqlBookViews(reader, FakeClock(NOW))
    views = SqlPassageViews(reader)
    return Library(SearchService(uow, views, retriever), Finder(uow, views, retriever), catalogue, documents, members)


@examples(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(MEMBERS),
    words=st.lists(st.sampled_from([*SHELF, *COMMON]), min_size=1, max_size=4),
    chosen=st.sets(st.sampled_from(list(SHELF)), max_size=2),
    mode=st.sampled_from([SearchMode.AUTO, SearchMode.LEXICAL, SearchMode.SEMANTIC]),
    is_quoted=st.booleans(),
)
async def test_what_others_keep_is_not_there(
    library: Library, name: str, words: list[str], chosen: set[str], mode: SearchMode, *, is_quoted: bool
) -> None:
    by = library.members[name]
    seen = library.seen_by(name)
    allowed = seen & {library.documents[word] for word in chosen} if chosen else seen
    hidden = [word for word, document_id in library.documents.items() if document_id not in allowed]
    asked = f'"{words[0]}" {" ".join(words[1:])}' if is_quoted else " ".join(words)
    named = [library.documents[word] for word in sorted(chosen)]

    answer = await library.search.search(by, SearchRequest(q=asked, mode=mode, document_ids=named))
    assert {item.view.passage.document_id for item in answer.items} <= allowed
    shown = " ".join(f"{item.view.title} {item.snippet.text} {item.text or ''}" for item in answer.items)
    assert not [word for word in hidden if word in shown]
    assert answer.retrieved.total <= 2 * len(allowed)
    if not is_quoted and mode is not SearchMode.LEXICAL:
        assert {item.view.passage.document_id for item in answer.items} == allowed, "the rest is found"

    selection = Selection(document_ids=named)
    if not {*named} <= seen:
        with pytest.raises(DocumentNotFound):
            await library.finder.scope(by, selection)
        return
    scope = await library.finder.scope(by, selection)
    errand = Errand(
        by=by, question=Question(text=asked), scope=scope, rules=AnswerRules(refusal="No."), deadline=0.0, characters=1000
    )
    errand.found(await library.finder.find(by, scope, errand.asked))
    cited = quoted_answer(errand)
    assert {one.document_id for one in cited.citations} <= allowed
    assert not [word for word in hidden if word in cited.content]


async def test_the_catalogue_completes_and_counts_books_alone(library: Library) -> None:
    """Documents that are no books are in no suggestion and no facet, not even for those who keep them."""
    for word, (_, is_book) in SHELF.items():
        completed = [one.text for one in await library.catalogue.suggest("main", word[:4], 10)]
        counted = await library.catalogue.facets("main", BookFilter(q=word), [FacetKind.TAG])
        assert (word in completed, [one.value for one in counted[FacetKind.TAG]]) == (is_book, [word] if is_book else [])
        assert await library.catalogue.suggest("elsewhere", word[:4], 10) == []
        assert (await library.catalogue.facets("elsewhere", BookFilter(q=word), [FacetKind.TAG]))[FacetKind.TAG] == []
