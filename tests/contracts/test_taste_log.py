"""What the log of taste events and the ledger of models promise, on both databases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.listings import book_listings
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.views import recommendations as recommendation_views
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.recommendations import SqlRecommendationViews
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.domain.loans import Loan
from luminalib.domain.recommendations import CatalogueState, Impression, ModelRecord, Strategy
from luminalib.domain.tastes import TasteEvent, TasteKind
from records import NOW, make_book, make_user

DAY = timedelta(days=1)


@pytest.fixture
def uow(database: SqlDatabase) -> SqlUnitOfWorkFactory:
    return SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())


@pytest.fixture
def views(reader: Reader) -> SqlRecommendationViews:
    return SqlRecommendationViews(reader)


async def of(views: SqlRecommendationViews, user_id: str, tenant: str = "main") -> Sequence[TasteEvent]:
    return (await views.facts(tenant, user_id)).events


def event(
    user_id: str, book_id: str, kind: TasteKind = TasteKind.BORROWED, at: datetime = NOW, rating: int | None = None
) -> TasteEvent:
    return TasteEvent(user_id=user_id, book_id=book_id, kind=kind, at=at, rating=rating)


async def append(uow: SqlUnitOfWorkFactory, *events: TasteEvent, tenant: str = "main") -> None:
    async with uow(tenant) as unit:
        for one in events:
            await unit.tastes.append(one)


def model(version: int) -> ModelRecord:
    return ModelRecord(
        recommender="hybrid",
        storage_key=f"recommender/main/{version}.model",
        sha256="0" * 64,
        byte_size=1,
        books=1,
        readers=1,
        events=1,
        last_event_id=version,
        seconds=0.5,
        trained_at=NOW,
    )


def facts(events: Sequence[TasteEvent]) -> list[tuple[str, str, TasteKind, int | None]]:
    return [(one.user_id, one.book_id, one.kind, one.rating) for one in events]


async def test_events_come_back_in_their_order(uow: SqlUnitOfWorkFactory, views: SqlRecommendationViews) -> None:
    ada, ben = await make_user(uow), await make_user(uow)
    await append(uow, event(ada, "1"), event(ben, "2"), event(ada, "1", TasteKind.RATED, rating=4))
    assert facts(await of(views, ada)) == [(ada, "1", TasteKind.BORROWED, None), (ada, "1", TasteKind.RATED, 4)]
    assert [one.at for one in await of(views, ben)] == [NOW]


async def test_batches_go_member_by_member_and_miss_nothing(uow: SqlUnitOfWorkFactory) -> None:
    members = sorted([await make_user(uow), await make_user(uow), await make_user(uow)])
    for number in range(7):
        await append(uow, event(members[number % 3], str(number)))
    found: list[TasteEvent] = []
    while True:
        async with uow.reading("main") as unit:
            batch = await unit.tastes.batch(found[-1] if found else None, 2)
        if not batch:
            break
        found += batch
    theirs = [(members[number % 3], str(number)) for number in (0, 3, 6, 1, 4, 2, 5)]
    assert [(one.user_id, one.book_id) for one in found] == theirs


async def test_counts_what_came_after(uow: SqlUnitOfWorkFactory) -> None:
    ada = await make_user(uow)
    async with uow.reading("main") as unit:
        assert await unit.tastes.count_after(0) == (0, None)
        assert await unit.tastes.latest_id() == 0
    await append(uow, event(ada, "1", at=NOW), event(ada, "2", at=NOW + DAY))
    async with uow.reading("main") as unit:
        latest = await unit.tastes.latest_id()
        assert await unit.tastes.count_after(0) == (2, NOW)
        assert await unit.tastes.count_after(latest) == (0, None)


async def test_popular_counts_members_not_loans(uow: SqlUnitOfWorkFactory) -> None:
    ada, ben = await make_user(uow), await make_user(uow)
    await append(uow, event(ada, "often"), event(ada, "often"), event(ada, "both"), event(ben, "both", TasteKind.HELD))
    await append(uow, event(ben, "old", at=NOW - DAY), event(ben, "rated", TasteKind.RATED, rating=5))
    async with uow.reading("main") as unit:
        assert await unit.tastes.popular(NOW, 10) == [("both", 2), ("often", 1)]
        assert await unit.tastes.popular(NOW, 1) == [("both", 2)]


async def test_forgetting_takes_one_member_only(uow: SqlUnitOfWorkFactory, views: SqlRecommendationViews) -> None:
    ada, ben = await make_user(uow), await make_user(uow)
    await append(uow, event(ada, "1"), event(ben, "1"))
    shown = [
        Impression(user_id=one, book_id="1", strategy=Strategy.NEW, recommender="tfidf", position=1, at=NOW) for one in (ada, ben)
    ]
    async with uow("main") as unit:
        await unit.recommendations.show(shown)
        await unit.tastes.forget(ada)
    assert await of(views, ada) == []
    assert len(await of(views, ben)) == 1
    async with uow.reading("main") as unit:
        assert sum(one.shown for one in await unit.recommendations.taken(NOW.date())) == 1


async def test_a_book_that_is_shown_again_the_same_day_counts_once_and_what_is_taken_after_it_was_shown(
    uow: SqlUnitOfWorkFactory,
) -> None:
    ada = await make_user(uow)
    for at in (NOW, NOW + timedelta(hours=1), NOW + DAY):
        shown = [
            Impression(user_id=ada, book_id=book, strategy=Strategy.PERSONAL, recommender="hybrid", position=place, at=at)
            for place, book in enumerate(("taken", "left", "had"), 1)
        ]
        async with uow("main") as unit:
            await unit.recommendations.show(shown)
    await append(uow, event(ada, "had", at=NOW - DAY), event(ada, "taken", at=NOW + timedelta(hours=2)))
    async with uow("main") as unit:
        days = [
            (one.day, one.strategy, one.recommender, one.shown, one.taken) for one in await unit.recommendations.taken(NOW.date())
        ]
        assert days == [
            (NOW.date(), Strategy.PERSONAL, "hybrid", 3, 1),
            ((NOW + DAY).date(), Strategy.PERSONAL, "hybrid", 3, 0),
        ]
        await unit.recommendations.forget_impressions(NOW + DAY)
        assert [one.day for one in await unit.recommendations.taken(NOW.date())] == [(NOW + DAY).date()]


async def test_the_state_changes_with_everything_that_matters(uow: SqlUnitOfWorkFactory, views: SqlRecommendationViews) -> None:
    seen = []
    for step in ("nothing", "book", "model"):
        if step == "book":
            await make_book(uow)
        if step == "model":
            async with uow("main") as unit:
                await unit.recommendations.add_model(model(1))
        seen.append(await views.state("main"))
        assert await views.state("main") == seen[-1]
    assert len(set(seen)) == 3


async def test_the_newest_model_is_first_and_versions_are_never_given_twice(uow: SqlUnitOfWorkFactory) -> None:
    async with uow("main") as unit:
        await unit.recommendations.add_model(model(1))
        await unit.recommendations.add_model(model(2))
    async with uow("main") as unit:
        newest, oldest = await unit.recommendations.models()
        assert (newest.last_event_id, oldest.last_event_id) == (2, 1)
        await unit.recommendations.remove_model(newest.version)
        await unit.recommendations.add_model(model(3))
    async with uow.reading("main") as unit:
        assert [one.last_event_id for one in await unit.recommendations.models()] == [3, 1]
        assert (await unit.recommendations.models())[0].version > newest.version


async def test_had_is_what_was_lent(uow: SqlUnitOfWorkFactory, views: SqlRecommendationViews) -> None:
    ada, ben = await make_user(uow), await make_user(uow)
    one, two, three = [await make_book(uow) for _ in range(3)]
    async with uow("main") as unit:
        for user_id, book_id, returned_at in ((ada, one, None), (ada, two, NOW), (ben, three, None)):
            loan = Loan(id=book_id, book_id=book_id, user_id=user_id, borrowed_at=NOW, due_at=NOW + DAY, returned_at=returned_at)
            await unit.loans.add(loan)
    assert (await views.facts("main", ada)).had == {one, two}


async def test_one_tenant_never_sees_the_other(uow: SqlUnitOfWorkFactory, views: SqlRecommendationViews) -> None:
    ada = await make_user(uow)
    book = await make_book(uow)
    await append(uow, event(ada, book))
    shown = Impression(user_id=ada, book_id=book, strategy=Strategy.NEW, recommender="tfidf", position=1, at=NOW)
    async with uow("main") as unit:
        await unit.recommendations.add_model(model(1))
        await unit.recommendations.show([shown])
    async with uow("other") as unit:
        assert await unit.tastes.batch(None, 10) == []
        assert await unit.tastes.popular(NOW, 10) == []
        assert await unit.tastes.latest_id() == 0
        assert await unit.recommendations.models() == []
        assert await unit.recommendations.taken(NOW.date()) == []
        await unit.tastes.forget(ada)
    assert await of(views, ada, "other") == []
    assert [batch async for batch in views.profiles("other")] == []
    assert await views.state("other") == CatalogueState(changed_at=None, summarised_at=None, model=None)
    assert await views.size("other") == 0
    assert len(await of(views, ada)) == 1


async def test_of_a_catalogue_that_is_known_only_what_has_changed_is_read(
    uow: SqlUnitOfWorkFactory, views: SqlRecommendationViews
) -> None:
    first, second = await make_book(uow), await make_book(uow)
    state = await views.state("main")
    async with uow("main") as unit:
        book = await unit.books.get(second)
        book.describe(replace(book.details, title="Another title"), NOW + DAY)
    changed = [book async for batch in views.profiles("main", state) for book in batch]
    assert {book.id: book.title for book in changed} == {first: "Title", second: "Another title"}, "of the same instant, or later"
    later = [book.id async for batch in views.profiles("main", await views.state("main")) for book in batch]
    assert later == [second]
    assert sorted(await views.ids("main")) == sorted([first, second])
    assert [book.id for book in await views.named("main", [first, "nobody"])] == [first]


async def test_of_a_large_catalogue_the_most_borrowed_and_the_newest_are_ranked(
    uow: SqlUnitOfWorkFactory, views: SqlRecommendationViews, database: SqlDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recommendation_views, "RANKED_BORROWED", 2)
    monkeypatch.setattr(recommendation_views, "RANKED_NEW", 1)
    ids = [await make_book(uow) for _ in range(3)]
    assert {book.id async for batch in views.profiles("main") for book in batch} == {*ids}, "it is not large yet"
    ids += [await make_book(uow) for _ in range(3)]
    async with database.owner.begin() as connection:
        for number, book_id in enumerate(ids):
            loans = {0: 5, 3: 7}.get(number, 0)
            row = {"loans": loans, "created_at": NOW + number * DAY}
            await connection.execute(sa.update(book_listings).where(book_listings.c.book_id == book_id).values(row))
    assert [*await views.ids("main")] == [ids[3], ids[0], ids[5]]
    monkeypatch.setattr(recommendation_views, "BATCH", 2)
    batches = [[book.id for book in batch] async for batch in views.profiles("main")]
    assert {one for batch in batches for one in batch} == {ids[0], ids[3], ids[5]}
    assert len(batches) == 2


async def test_of_a_member_s_events_about_a_book_the_newest_are_kept(
    uow: SqlUnitOfWorkFactory, views: SqlRecommendationViews
) -> None:
    ada, eve = await make_user(uow), await make_user(uow)
    await append(uow, *(event(ada, "book", at=NOW + n * DAY) for n in range(5)), event(ada, "another"), event(eve, "book"))
    async with uow("other") as unit:
        await unit.tastes.trim(0)
    async with uow("main") as unit:
        await unit.tastes.trim(2)
    kept = [(one.book_id, one.at) for one in await of(views, ada)]
    assert kept == [("book", NOW + 3 * DAY), ("book", NOW + 4 * DAY), ("another", NOW)]
    assert len(await of(views, eve)) == 1
