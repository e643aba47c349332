import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NoReturn
from uuid import uuid4

import pytest
import sqlalchemy as sa

from fakes import FakeClock, FakeLLM, MemoryStorage
from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.consensus import consensus_aspects
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.jobs import jobs
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.reviews import SqlReviewViews
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.domain.auth import the_house
from luminalib.domain.books import Book, BookDetails, BookNotFound
from luminalib.domain.consensus import REBUILD_EVERY, UPDATE_CONSENSUS, update_consensus
from luminalib.domain.consensus_views import ConsensusStatus, ConsensusView
from luminalib.domain.documents import Document, StagedFile
from luminalib.domain.intelligence import LanguageEngineUnavailable, Sentiment, UnusableAnswer
from luminalib.domain.media import MediaType
from luminalib.domain.pipeline import sweep
from luminalib.domain.reviews import Review
from luminalib.services.consensus import ConsensusService
from luminalib.services.housekeeping import HousekeepingService
from records import make_user

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HOUSE = the_house()
Shelve = Callable[[], Awaitable[str]]


@dataclass
class Desk:
    """The consensus on a database with one book, and readers who change their minds."""

    uow: SqlUnitOfWorkFactory
    database: SqlDatabase
    reader: Reader
    llm: FakeLLM = field(default_factory=FakeLLM)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW))

    def __post_init__(self) -> None:
        self.service = ConsensusService(self.uow, SqlReviewViews(self.reader), self.llm, self.clock)

    async def shelve(self) -> str:
        staged = StagedFile(key=str(uuid4()), filename="a.txt", media_type=MediaType.TEXT, byte_size=1, sha256=uuid4().hex * 2)
        document = Document.from_staged(str(uuid4()), staged, None, NOW)
        book = Book.from_details(str(uuid4()), document.id, BookDetails(title="The Salt Road"), None, NOW)
        async with self.uow("main") as unit:
            await unit.documents.add(document)
            await unit.books.add(book)
        return book.id

    async def review(self, book_id: str, text: str, rating: int = 4) -> Review:
        self.clock.advance(timedelta(seconds=1))
        user_id = await make_user(self.uow)
        at = self.clock.now()
        review = Review(id=str(uuid4()), book_id=book_id, user_id=user_id, rating=rating, text=text, created_at=at, updated_at=at)
        async with self.uow("main") as unit:
            await unit.reviews.add(review)
        return review

    async def edit(self, review: Review, text: str, rating: int = 4) -> None:
        self.clock.advance(timedelta(seconds=1))
        async with self.uow("main") as unit:
            kept = await unit.consensus.find_review(review.id)
            assert kept is not None
            kept.change(rating, text, self.clock.now())

    async def remove(self, review: Review) -> None:
        async with self.uow("main") as unit:
            kept = await unit.consensus.find_review(review.id)
            assert kept is not None
            await unit.reviews.remove(kept)

    async def update(self, book_id: str) -> None:
        await self.service.update(update_consensus(book_id, "main", NOW))

    async def look(self, book_id: str) -> ConsensusView:
        return await self.service.analysis(HOUSE, book_id)

    async def table(self, book_id: str) -> dict[str, tuple[int, int, int]]:
        c = consensus_aspects.c
        async with self.database.owner.connect() as connection:
            rows = await connection.execute(sa.select(c.name, c.positive, c.negative, c.undecided).where(c.book_id == book_id))
            return {row.name: (row.positive, row.negative, row.undecided) for row in rows}


@pytest.fixture
def desk(database: SqlDatabase, reader: Reader) -> Desk:
    return Desk(SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock()), database, reader)


@pytest.fixture
async def book(desk: Desk) -> str:
    return await desk.shelve()


async def test_without_reviews_it_is_empty(desk: Desk, book: str) -> None:
    found = await desk.look(book)
    assert (found.status, found.words, found.aspects, found.ratings.count) == (ConsensusStatus.EMPTY, None, [], 0)
    await desk.update(book)
    assert (await desk.look(book)).status is ConsensusStatus.EMPTY
    with pytest.raises(BookNotFound):
        await desk.look(str(uuid4()))


async def test_reviews_add_up_to_a_table_with_their_ids(desk: Desk, book: str) -> None:
    first = await desk.review(book, "+plot -pacing", 4)
    second = await desk.review(book, "+plot", 5)
    assert (await desk.look(book)).status is ConsensusStatus.PENDING
    await desk.update(book)
    found = await desk.look(book)
    assert found.status is ConsensusStatus.COMPLETED
    assert [(aspect.name, aspect.sentiment.value, aspect.mentions, ids) for aspect, ids in found.aspects] == [
        ("plot", "positive", 2, [second.id, first.id]) if second.id < first.id else ("plot", "positive", 2, [first.id, second.id]),
        ("pacing", "negative", 1, [first.id]),
    ]
    assert found.words is not None
    assert found.words.text == "2 reviews: plot +2 -0, pacing +0 -1"
    assert (found.words.praise, found.words.criticism) == (["+plot"], ["-pacing"])
    assert (found.words.provider, found.words.prompt) == ("fake", "table@1")
    assert (found.ratings.mean, found.ratings.histogram) == (4.5, {1: 0, 2: 0, 3: 0, 4: 1, 5: 1})


async def test_each_review_keeps_its_sentiment(desk: Desk, book: str) -> None:
    reviews = [await desk.review(book, text) for text in ("+plot", "-plot", "nothing", "+plot -ending")]
    await desk.update(book)
    async with desk.uow.reading("main") as unit:
        moods = [found.sentiment for review in reviews if (found := await unit.consensus.find_review(review.id))]
    assert moods == [Sentiment.POSITIVE, Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.MIXED]


async def test_an_edit_takes_the_old_reading_out(desk: Desk, book: str) -> None:
    review = await desk.review(book, "+plot +humour")
    await desk.review(book, "+plot")
    await desk.update(book)
    await desk.edit(review, "-plot", 1)
    assert (await desk.look(book)).status is ConsensusStatus.PENDING
    await desk.update(book)
    assert await desk.table(book) == {"plot": (1, 1, 0)}


async def test_a_deletion_takes_the_reading_out(desk: Desk, book: str) -> None:
    gone = await desk.review(book, "+plot +humour")
    last = await desk.review(book, "+plot")
    await desk.update(book)
    await desk.remove(gone)
    assert (await desk.look(book)).status is ConsensusStatus.PENDING
    await desk.update(book)
    assert await desk.table(book) == {"plot": (1, 0, 0)}
    await desk.remove(last)
    await desk.update(book)
    found = await desk.look(book)
    assert (found.status, await desk.table(book)) == (ConsensusStatus.EMPTY, {})
    assert found.words is not None
    assert (found.words.text, found.words.praise, found.words.provider) == ("", [], "")


async def test_only_what_is_new_is_read(desk: Desk, book: str) -> None:
    for _ in range(25):
        await desk.review(book, "+plot")
    await desk.update(book)
    assert desk.llm.calls == 2, "in batches"
    await desk.review(book, "-plot")
    await desk.update(book)
    assert desk.llm.calls == 3
    await desk.update(book)
    assert desk.llm.calls == 3


async def test_other_stars_alone_are_worded_but_not_read_again(desk: Desk, book: str) -> None:
    review = await desk.review(book, "+plot", 5)
    await desk.update(book)
    await desk.edit(review, "+plot", 3)
    assert (await desk.look(book)).status is ConsensusStatus.PENDING
    await desk.update(book)
    assert (await desk.look(book)).status is ConsensusStatus.COMPLETED
    assert desk.llm.calls == 1
    assert desk.llm.requests[-1].mean == 3


async def test_the_prose_is_worded_from_a_table_that_does_not_grow(desk: Desk, book: str) -> None:
    for n in range(60):
        await desk.review(book, f"+plot +characters{chr(97 + n % 26)} -ending")
    await desk.update(book)
    request = desk.llm.requests[-1]
    assert len(request.aspects) == 8
    assert max(len(aspect.quotes) for aspect in request.aspects) <= 4
    assert request.review_count == 60


async def test_a_review_that_changes_while_it_is_read_is_read_again(desk: Desk, book: str) -> None:
    review = await desk.review(book, "+plot")

    async def meanwhile() -> None:
        desk.llm.meanwhile = None
        await desk.edit(review, "-plot")

    desk.llm.meanwhile = meanwhile
    await desk.update(book)
    assert await desk.table(book) == {"plot": (0, 1, 0)}


async def test_a_book_that_goes_while_it_is_read_leaves_nothing(desk: Desk, book: str) -> None:
    await desk.review(book, "+plot")

    async def meanwhile() -> None:
        async with desk.uow("main") as unit:
            await unit.books.remove(await unit.books.get(book))

    desk.llm.meanwhile = meanwhile
    await desk.update(book)
    assert await desk.table(book) == {}


async def test_an_absent_engine_leaves_what_was_there(desk: Desk, book: str) -> None:
    await desk.review(book, "+plot")
    await desk.update(book)
    await desk.review(book, "-ending")
    desk.llm.error = LanguageEngineUnavailable()
    with pytest.raises(LanguageEngineUnavailable):
        await desk.update(book)
    found = await desk.look(book)
    assert (found.status, found.words and found.words.text) == (ConsensusStatus.PENDING, "1 reviews: plot +1 -0")
    assert found.ratings.count == 2, "numbers are exact at any time"


async def test_what_was_read_and_not_yet_worded_is_pending(desk: Desk, book: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many reviews as the words speak of, each of them read: but the words are those of before."""
    review = await desk.review(book, "+plot")
    await desk.update(book)
    await desk.edit(review, "-plot", 2)

    async def cut_off(_: object) -> NoReturn:
        raise LanguageEngineUnavailable

    with monkeypatch.context() as patch, pytest.raises(LanguageEngineUnavailable):
        patch.setattr(desk.llm, "synthesise_consensus", cut_off)
        await desk.update(book)
    found = await desk.look(book)
    assert (found.status, await desk.table(book)) == (ConsensusStatus.PENDING, {"plot": (0, 1, 0)})
    assert found.words is not None
    assert found.words.criticism == []
    await desk.update(book)
    found = await desk.look(book)
    assert found.words is not None
    assert (found.status, found.words.criticism) == (ConsensusStatus.COMPLETED, ["-plot"])


async def test_what_cannot_be_read_is_said(desk: Desk, book: str) -> None:
    await desk.review(book, "+plot")
    desk.llm.error = UnusableAnswer("It said nonsense.")
    job = update_consensus(book, "main", NOW)
    with pytest.raises(UnusableAnswer):
        await desk.service.update(job)
    await desk.service.leave(job, desk.llm.error)
    await desk.service.give_up(job, desk.llm.error)
    found = await desk.look(book)
    assert (found.status, found.words and found.words.error) == (ConsensusStatus.FAILED, "It said nonsense.")
    desk.llm.error = None
    await desk.update(book)
    assert (await desk.look(book)).status is ConsensusStatus.COMPLETED


async def test_the_table_is_rebuilt_now_and_then(desk: Desk, book: str) -> None:
    for _ in range(REBUILD_EVERY - 1):
        await desk.review(book, "+plot")
    await desk.update(book)
    async with desk.database.owner.begin() as connection:
        await connection.execute(sa.update(consensus_aspects).values(positive=7))
    await desk.review(book, "-plot")
    await desk.update(book)
    assert await desk.table(book) == {"plot": (REBUILD_EVERY - 1, 1, 0)}


async def test_after_any_changes_the_table_is_what_the_reviews_say(desk: Desk, book: str) -> None:
    """Fold in, subtract and rebuild against counting from scratch."""
    chance = random.Random(5)  # noqa: S311 -- the same changes each time
    reviews: dict[str, tuple[Review, str]] = {}
    for _ in range(12):
        for _ in range(chance.randint(1, 6)):
            action = chance.choice(["add", "add", "edit", "remove"])
            text = " ".join(f"{chance.choice('+-')}{name}" for name in chance.sample(["plot", "ending", "humour", "maps"], 2))
            if action == "add" or not reviews:
                review = await desk.review(book, text)
                reviews[review.id] = (review, text)
            elif action == "edit":
                review, _ = reviews[chance.choice(sorted(reviews))]
                await desk.edit(review, text)
                reviews[review.id] = (review, text)
            else:
                review, _ = reviews.pop(chance.choice(sorted(reviews)))
                await desk.remove(review)
        await desk.update(book)
        bright = Counter(word[1:] for _, text in reviews.values() for word in text.split() if word[0] == "+")
        dark = Counter(word[1:] for _, text in reviews.values() for word in text.split() if word[0] == "-")
        assert await desk.table(book) == {name: (bright[name], dark[name], 0) for name in {*bright, *dark}}


async def test_another_tenant_sees_nothing_of_it(desk: Desk, book: str) -> None:
    await desk.review(book, "+plot")
    await desk.update(book)
    async with desk.uow.reading("other") as unit:
        assert await unit.consensus.find(book) is None
        assert await unit.consensus.top_aspects(book, 9) == []
        assert await unit.consensus.moods(book) == {}
        assert await unit.consensus.quotes(book, "plot", Sentiment.POSITIVE, 9) == []
        assert await unit.consensus.openings(book, 9) == []
        assert await unit.consensus.behind(9) == []


async def test_what_was_given_up_is_tried_again_with_the_daily_sweep(desk: Desk, book: str) -> None:
    await desk.shelve()
    await desk.review(book, "+plot")
    housekeeping = HousekeepingService(desk.uow, MemoryStorage(), desk.clock)
    await housekeeping.sweep(sweep("main", NOW))
    async with desk.database.owner.connect() as connection:
        waiting = [*await connection.scalars(sa.select(jobs.c.payload).where(jobs.c.name == UPDATE_CONSENSUS))]
    assert waiting == [{"book_id": book}]


async def test_books_do_not_mix(desk: Desk, book: str) -> None:
    other = await desk.shelve()
    await desk.review(book, "+plot")
    await desk.review(other, "-plot")
    for one in (book, other):
        await desk.update(one)
    assert (await desk.table(book), await desk.table(other)) == ({"plot": (1, 0, 0)}, {"plot": (0, 1, 0)})
