"""When the recommender learns, and what becomes of its models."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa

from fakes import FakeClock, MemoryStorage
from luminalib.adapters.children.pool import SubprocessPool
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.jobs import jobs
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.views.books import SqlBookViews
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.recommendations import SqlRecommendationViews
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.adapters.recommenders.hybrid_recommender import HybridRecommender
from luminalib.adapters.recommenders.tfidf_recommender import TfidfRecommender
from luminalib.domain.auth import Principal, Role
from luminalib.domain.pipeline import train_recommender
from luminalib.domain.recommendations import BookProfile
from luminalib.domain.tastes import TasteEvent, TasteKind
from luminalib.ports.children import ChildLimits
from luminalib.ports.recommender import Ranking, Recommender, TrainedModel, TrainingFailed
from luminalib.services.recommendations import (
    ImpressionNotes,
    RankingLoader,
    RecommendationService,
    TrainingPolicy,
    TrainingService,
)
from luminalib.services.recommendations.rankings import COUNT_AGAIN_AFTER
from records import NOW, make_book, make_user

POLICY = TrainingPolicy(events=3, pause=timedelta(hours=1))
Make = Callable[..., TrainingService]


@pytest.fixture
async def children() -> AsyncIterator[SubprocessPool]:
    async with SubprocessPool(1) as pool:
        yield pool


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def storage() -> MemoryStorage:
    return MemoryStorage()


@pytest.fixture
def uow(database: SqlDatabase, clock: FakeClock) -> SqlUnitOfWorkFactory:
    return SqlUnitOfWorkFactory(database, MemoryEventBus(), clock)


@pytest.fixture
def make(
    uow: SqlUnitOfWorkFactory,
    facts: SqlRecommendationViews,
    storage: MemoryStorage,
    children: SubprocessPool,
    clock: FakeClock,
) -> Make:
    def make(recommender: Recommender | None = None) -> TrainingService:
        return TrainingService(uow, facts, storage, recommender or HybridRecommender(children), POLICY, clock)

    return make


@pytest.fixture
def waiting(database: SqlDatabase) -> Callable[[], Awaitable[int]]:
    async def count() -> int:
        async with database.owner.connect() as connection:
            return await connection.scalar(sa.select(sa.func.count()).select_from(jobs)) or 0

    return count


async def borrow(uow: SqlUnitOfWorkFactory, books: int = 1, tenant: str = "main") -> str:
    """Somebody new who borrows some new books."""
    ada = await make_user(uow, tenant)
    for _ in range(books):
        book_id = await make_book(uow, tenant)
        async with uow(tenant) as unit:
            await unit.tastes.append(TasteEvent(user_id=ada, book_id=book_id, kind=TasteKind.BORROWED, at=NOW))
    return ada


def principal(user_id: str, tenant: str = "main") -> Principal:
    return Principal(tenant_id=tenant, user_id=user_id, role=Role.MEMBER)


async def test_due_after_enough_events(uow: SqlUnitOfWorkFactory, make: Make, waiting: Callable[[], Awaitable[int]]) -> None:
    training = make()
    await training.request_if_due("main")
    await borrow(uow, 2)
    await training.request_if_due("main")
    assert await waiting() == 0
    await borrow(uow)
    await training.request_if_due("main")
    await training.request_if_due("main")
    assert await waiting() == 1, "requests become one"


async def test_due_some_time_after_the_first_event(
    uow: SqlUnitOfWorkFactory, make: Make, clock: FakeClock, waiting: Callable[[], Awaitable[int]]
) -> None:
    await borrow(uow)
    clock.advance(POLICY.pause - timedelta(seconds=1))
    await make().request_if_due("main")
    assert await waiting() == 0
    clock.advance(timedelta(seconds=1))
    await make().request_if_due("main")
    assert await waiting() == 1


async def test_tfidf_never_asks_for_training(uow: SqlUnitOfWorkFactory, make: Make, waiting: Callable[[], Awaitable[int]]) -> None:
    await borrow(uow, 5)
    training = make(TfidfRecommender())
    await training.request_if_due("main")
    await training.run(train_recommender("main", NOW))
    assert await waiting() == 0
    with pytest.raises(TrainingFailed):
        await training.train("main")


async def test_the_job_trains_once_for_the_same_events(uow: SqlUnitOfWorkFactory, make: Make, storage: MemoryStorage) -> None:
    await borrow(uow, 3)
    job = train_recommender("main", NOW)
    await make().run(job)
    (first,) = storage.objects
    await make().run(job)
    assert list(storage.objects) == [first]
    async with uow.reading("main") as unit:
        (record,) = await unit.recommendations.models()
    assert (record.books, record.readers, record.events, record.storage_key) == (3, 1, 3, first)


async def test_only_two_models_are_kept(uow: SqlUnitOfWorkFactory, make: Make, storage: MemoryStorage) -> None:
    for _ in range(4):
        await borrow(uow)
        await make().train("main")
    async with uow.reading("main") as unit:
        kept = {model.storage_key for model in await unit.recommendations.models()}
    assert len(kept) == 2
    assert set(storage.objects) == kept


async def test_a_training_that_takes_too_long_leaves_the_model_before(
    uow: SqlUnitOfWorkFactory, make: Make, storage: MemoryStorage, children: SubprocessPool
) -> None:
    await borrow(uow, 3)
    await make().train("main")
    before = dict(storage.objects)
    hasty = HybridRecommender(children, ChildLimits(wall_seconds=0.001, cpu_seconds=30, memory_bytes=2**31))
    with pytest.raises(TrainingFailed):
        await make(hasty).train("main")
    assert storage.objects == before


async def test_a_training_that_failed_is_not_tried_again_at_once(
    uow: SqlUnitOfWorkFactory, make: Make, children: SubprocessPool, clock: FakeClock, waiting: Callable[[], Awaitable[int]]
) -> None:
    await borrow(uow, 3)
    hasty = make(HybridRecommender(children, ChildLimits(wall_seconds=0.001, cpu_seconds=30, memory_bytes=2**31)))
    await hasty.run(train_recommender("main", NOW))
    await hasty.request_if_due("main")
    assert await waiting() == 0
    clock.advance(POLICY.pause)
    await hasty.request_if_due("main")
    assert await waiting() == 1


async def test_nothing_is_learnt_across_tenants(uow: SqlUnitOfWorkFactory, facts: SqlRecommendationViews, make: Make) -> None:
    await borrow(uow, 2)
    await borrow(uow, 3, "other")
    await make().train("main")
    async with uow.reading("other") as unit:
        assert await unit.recommendations.models() == []
    async with uow.reading("main") as unit:
        (record,) = await unit.recommendations.models()
    assert (record.books, record.readers) == (2, 1)
    assert record.storage_key.startswith("recommender/main/")
    assert len(await facts.ids("main")) == 2


@pytest.fixture
def facts(reader: Reader) -> SqlRecommendationViews:
    return SqlRecommendationViews(reader)


@pytest.fixture
def views(reader: Reader, clock: FakeClock) -> SqlBookViews:
    return SqlBookViews(reader, clock)


class Slow(TfidfRecommender):
    """Trains until it is told to end."""

    learns = True

    def __init__(self) -> None:
        self.begun, self.end = asyncio.Event(), asyncio.Event()

    async def train(self, books: Sequence[BookProfile], events: AsyncIterator[Sequence[TasteEvent]]) -> TrainedModel:
        self.begun.set()
        await self.end.wait()
        return TrainedModel(content=b"", books=0, readers=0, events=0)


async def test_answers_come_while_a_training_runs(
    uow: SqlUnitOfWorkFactory,
    facts: SqlRecommendationViews,
    views: SqlBookViews,
    make: Make,
    storage: MemoryStorage,
    clock: FakeClock,
) -> None:
    ada = await borrow(uow, 2)
    await borrow(uow, 2)
    slow = Slow()
    training = asyncio.create_task(make(slow).train("main"))
    await slow.begun.wait()
    service = RecommendationService(uow, facts, views, RankingLoader(uow, facts, storage, slow, clock), ImpressionNotes(uow), clock)
    answer = await service.recommend(principal(ada), 10)
    assert len(answer.items) == 2
    assert not training.done()
    slow.end.set()
    await training
    assert len((await service.recommend(principal(ada), 10)).items) == 2


async def test_a_missing_model_is_trained_again(
    uow: SqlUnitOfWorkFactory,
    facts: SqlRecommendationViews,
    views: SqlBookViews,
    make: Make,
    storage: MemoryStorage,
    children: SubprocessPool,
    clock: FakeClock,
    waiting: Callable[[], Awaitable[int]],
) -> None:
    ada = await borrow(uow, 2)
    await borrow(uow, 2)
    await make().train("main")
    loader = RankingLoader(uow, facts, storage, HybridRecommender(children), clock)
    service = RecommendationService(uow, facts, views, loader, ImpressionNotes(uow), clock)
    assert (await service.recommend(principal(ada), 10)).recommender == "hybrid"
    storage.objects.clear()
    await borrow(uow)
    clock.advance(COUNT_AGAIN_AFTER)
    answer = await service.recommend(principal(ada), 10)
    assert (answer.recommender, len(answer.items)) == ("tfidf", 3)
    assert await waiting() == 1


async def test_a_storage_that_is_away_costs_the_model_but_not_the_answer(
    uow: SqlUnitOfWorkFactory,
    facts: SqlRecommendationViews,
    views: SqlBookViews,
    make: Make,
    storage: MemoryStorage,
    children: SubprocessPool,
    clock: FakeClock,
) -> None:
    ada = await borrow(uow, 2)
    await borrow(uow, 2)
    await make().train("main")
    storage.broken = True
    loader = RankingLoader(uow, facts, storage, HybridRecommender(children), clock)
    service = RecommendationService(uow, facts, views, loader, ImpressionNotes(uow), clock)
    assert (await service.recommend(principal(ada), 10)).recommender == "tfidf"
    storage.broken = False
    await borrow(uow)
    clock.advance(COUNT_AGAIN_AFTER)
    assert (await service.recommend(principal(ada), 10)).recommender == "hybrid"


async def test_a_book_from_a_server_whose_clock_is_behind(
    uow: SqlUnitOfWorkFactory, facts: SqlRecommendationViews, views: SqlBookViews, storage: MemoryStorage, clock: FakeClock
) -> None:
    ada = await borrow(uow)
    loader = RankingLoader(uow, facts, storage, TfidfRecommender(), clock)
    service = RecommendationService(uow, facts, views, loader, ImpressionNotes(uow), clock)
    assert (await service.recommend(principal(ada), 10)).items == []
    new = await make_book(uow)  # at the time of the one that was there, which no state shows
    clock.advance(COUNT_AGAIN_AFTER)
    assert [item.view.id for item in (await service.recommend(principal(ada), 10)).items] == [new]


async def test_a_book_that_is_never_recommended_does_not_have_the_ranking_made_anew(
    uow: SqlUnitOfWorkFactory, facts: SqlRecommendationViews, views: SqlBookViews, storage: MemoryStorage, clock: FakeClock
) -> None:
    ada = await borrow(uow, 2)
    unread = await make_book(uow)
    async with uow("main") as unit:
        (await unit.documents.get((await unit.books.get(unread)).document_id)).word_count = 3
    made = Counter[str]()

    class Counting(TfidfRecommender):
        def ranking(self, books: Sequence[BookProfile], before: Ranking | None = None) -> Ranking:
            made["rankings"] += 1
            return super().ranking(books, before)

    loader = RankingLoader(uow, facts, storage, Counting(), clock)
    service = RecommendationService(uow, facts, views, loader, ImpressionNotes(uow), clock)
    for _ in range(3):
        assert (await service.recommend(principal(ada), 10)).items == []
        clock.advance(COUNT_AGAIN_AFTER)
    assert made["rankings"] == 1


async def test_what_was_shown_is_written_down_once(
    uow: SqlUnitOfWorkFactory, facts: SqlRecommendationViews, views: SqlBookViews, storage: MemoryStorage, clock: FakeClock
) -> None:
    ada = await borrow(uow)
    await borrow(uow, 3)
    notes = ImpressionNotes(uow)
    service = RecommendationService(uow, facts, views, RankingLoader(uow, facts, storage, TfidfRecommender(), clock), notes, clock)
    for _ in range(2):
        await service.recommend(principal(ada), 2)
    await notes.flush()
    async with uow.reading("main") as unit:
        assert sum(one.shown for one in await unit.recommendations.taken(NOW.date())) == 2


async def test_a_ranking_is_made_before_anybody_asks_once_there_is_a_model(
    uow: SqlUnitOfWorkFactory,
    facts: SqlRecommendationViews,
    make: Make,
    storage: MemoryStorage,
    children: SubprocessPool,
    clock: FakeClock,
) -> None:
    await borrow(uow, 2)
    loader = RankingLoader(uow, facts, storage, HybridRecommender(children), clock)
    await loader.warm("main")
    assert loader._loaded == {}, "a small library that nobody asks is spared the memory"
    await make().train("main")
    await loader.warm("main")
    assert loader._loaded["main"].ranking.name == "hybrid"
