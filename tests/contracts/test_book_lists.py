"""Lists of the catalogue: from either end, in every order, and what happens when they grow too long to be counted."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args
from uuid import uuid4

import pytest
import sqlalchemy as sa

from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.listings import book_listings
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.views import book_pages, books
from luminalib.adapters.db.views.book_pages import page_statement
from luminalib.adapters.db.views.book_shapes import Shape
from luminalib.adapters.db.views.books import SqlBookViews
from luminalib.adapters.db.views.reader import Reader, SqliteReader
from luminalib.adapters.db.views.statements import Statement
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.api import books as books_api
from luminalib.domain.books import BookFilter
from luminalib.domain.holds import Hold, HoldState
from luminalib.domain.paging import PageRequest
from records import NOW, make_book, make_user

BOOKS = 23
SORTS = [sort for sort in get_args(books_api.SORTS) if sort != "relevance"]
"""Those that need no question."""


@pytest.fixture
async def uow(database: SqlDatabase) -> SqlUnitOfWorkFactory:
    made = SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())
    for number in range(BOOKS):
        book_id = await make_book(made)
        async with made("main") as unit:
            book = await unit.books.get(book_id)
            tags = ("even", "all") if number % 2 == 0 else ("all",)
            changed: dict[str, Any] = {
                "title": f"Title {number % 5}",
                "authors": (f"Ann {number % 3} Lee",),
                "tags": tags,
                "language": "EN",
                "series": f"Saga {number % 2}" if number % 4 else None,
                "series_index": number % 7 if number % 4 and number % 7 else None,
            }
            book.describe(replace(book.details, published_year=1990 + number % 4, **changed), NOW + timedelta(hours=number))
    async with database.owner.begin() as connection:
        ids = [*await connection.scalars(sa.select(book_listings.c.book_id).order_by(book_listings.c.book_id))]
        for number, book_id in enumerate(ids):
            numbers = {"loans": number % 4, "rating_count": number % 3, "rating_sum": 4 * (number % 3)}
            await connection.execute(sa.update(book_listings).where(book_listings.c.book_id == book_id).values(numbers))
    return made


@pytest.fixture
def views(uow: SqlUnitOfWorkFactory, reader: Reader) -> SqlBookViews:
    return SqlBookViews(reader, SystemClock())


async def pages(views: SqlBookViews, wanted: BookFilter, size: int = 5) -> list[str]:
    found: list[str] = []
    for number in range(1, 100):
        page = await views.list("main", wanted, PageRequest(number, size))
        if not page.items:
            return found
        assert page.total == (await views.list("main", wanted, PageRequest(1, 100))).total
        found += [book.id for book in page.items]
    raise AssertionError("the list has no end")


async def test_a_list_is_the_same_from_either_end(views: SqlBookViews, monkeypatch: pytest.MonkeyPatch) -> None:
    for sort in SORTS:
        forward = await pages(views, BookFilter(sort=sort))
        assert len(set(forward)) == BOOKS, sort
        opposite = BookFilter(sort=sort.removeprefix("-") if sort.startswith("-") else f"-{sort}")
        with monkeypatch.context() as patched:
            patched.setattr(books, "FAR", 0)
            assert await pages(views, BookFilter(sort=sort)) == forward, sort
            assert await pages(views, opposite) == forward[::-1], sort


FILTERED: tuple[tuple[dict[str, Any], int], ...] = (
    ({"tag": "even"}, 12),
    ({"tag": "Even"}, 12),
    ({"tag": "eve"}, 0),
    ({"author": "lee"}, 23),
    ({"author": "LEE 1"}, 8),
    ({"author": "lee 1 2"}, 0),
    ({"language": "en"}, 23),
    ({"series": "SAGA 1"}, 11),
    ({"series": "Saga 0"}, 6),
    ({"series": "Saga"}, 0),
    ({"q": "saga"}, 17),
    ({"language": "de"}, 0),
    ({"year": 1991}, 6),
    ({"status": "pending"}, 23),
    ({"status": "failed"}, 0),
    ({"available": True}, 23),
    ({"available": False}, 0),
    ({"tag": "even", "year": 1990, "author": "ann", "language": "en", "status": "pending", "available": True}, 6),
    ({"author": "ann 1", "tag": "all", "series": "Saga 1"}, 4),
    ({"author": "ann", "tag": "even", "available": False}, 0),
    ({"q": "title ann"}, 23),
    ({"q": "title", "tag": "even", "author": "lee"}, 12),
    ({"q": "100%"}, 0),
)


async def test_filters(views: SqlBookViews, monkeypatch: pytest.MonkeyPatch) -> None:
    for wanted, total in FILTERED:
        for sort in ("-created_at", "title", "-rating"):
            page = await views.list("main", BookFilter(**wanted, sort=sort), PageRequest())
            assert (page.total, len(page.items), page.is_estimate) == (total, min(20, total), False), wanted
        titles = await pages(views, BookFilter(**wanted, sort="title"))
        with monkeypatch.context() as patched:
            patched.setattr(books, "MANY", 0)
            assert await pages(views, BookFilter(**wanted, sort="title")) == titles, wanted
            patched.setattr(books, "FAR", 0)
            assert len(await pages(views, BookFilter(**wanted))) == total, wanted


async def test_what_nobody_fetched_in_time_is_not_counted_as_out(uow: SqlUnitOfWorkFactory, views: SqlBookViews) -> None:
    kept, lapsed, *_ = (await views.list("main", BookFilter(), PageRequest())).items
    now, ben = SystemClock().now(), await make_user(uow)
    async with uow("main") as unit:
        for book, until in ((kept, now + timedelta(days=1)), (lapsed, now - timedelta(days=1))):
            await unit.holds.add(
                Hold(
                    id=str(uuid4()),
                    book_id=book.id,
                    user_id=ben,
                    number=1,
                    placed_at=NOW,
                    state=HoldState.READY,
                    ready_at=NOW,
                    ready_until=until,
                )
            )
    out = await views.list("main", BookFilter(available=False), PageRequest())
    assert ([book.id for book in out.items], out.total) == ([kept.id], 1)
    assert (await views.list("main", BookFilter(available=True), PageRequest())).total == BOOKS - 1


async def test_the_rarest_word_of_a_name_is_looked_for_first(views: SqlBookViews, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    rows = views._reader.rows

    def seen(statement: Statement, *arguments: Any, **given: Any) -> Any:
        asked.append([given[f"author{n}"] for n in range(3)])
        return rows(statement, *arguments, **given)

    monkeypatch.setattr(views._reader, "rows", seen)
    for name in ("Ann Lee 1", "1 Lee Ann"):
        assert (await views.list("main", BookFilter(author=name), PageRequest())).total == 8
        assert asked[-1][0] == "1"


async def test_the_volumes_of_a_series_stand_in_their_order(views: SqlBookViews) -> None:
    by_series = (await views.list("main", BookFilter(sort="series"), PageRequest(1, 100))).items
    assert [book.series for book in by_series] == ["Saga 0"] * 6 + ["Saga 1"] * 11 + [None] * 6
    numbers = [book.series_index for book in by_series if book.series == "Saga 1"]
    assert numbers == [*sorted(number for number in numbers if number is not None), *(n for n in numbers if n is None)]


async def test_what_matches_too_many_is_counted_now_and_then_and_said_to_be(
    views: SqlBookViews, uow: SqlUnitOfWorkFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (books, book_pages):
        monkeypatch.setattr(module, "COUNTED_EXACTLY", 10)
    for cached in (book_pages.page_statement, book_pages.total_statement):
        cached.cache_clear()
    wanted = BookFilter(language="en", status="pending")
    first = await views.list("main", wanted, PageRequest())
    assert (first.total, first.is_estimate) == (BOOKS, True)
    last = await views.list("main", wanted, PageRequest(5, 5))
    assert (len(last.items), last.is_estimate) == (3, True)
    in_a_state = await views.list("main", BookFilter(status="pending"), PageRequest())
    assert (in_a_state.total, in_a_state.is_estimate) == (BOOKS, True)
    for known in (
        BookFilter(),
        BookFilter(language="en"),
        BookFilter(tag="all"),
        BookFilter(tag="all", sort="title"),
        BookFilter(available=True),
    ):
        exact = await views.list("main", known, PageRequest())
        assert (exact.total, exact.is_estimate) == (BOOKS, False), "what is kept is never estimated"
    for cached in (book_pages.page_statement, book_pages.total_statement):
        cached.cache_clear()


async def test_a_long_list_of_one_author_is_not_sorted_whole(views: SqlBookViews, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (books, book_pages):
        monkeypatch.setattr(module, "COUNTED_EXACTLY", 10)
    monkeypatch.setattr(books, "MANY", 10)
    walks: list[bool] = []

    def asked(shape: Shape, *given: Any, **named: Any) -> Statement:
        walks.append(shape.walks)
        return page_statement(shape, *given, **named)

    monkeypatch.setattr(books, "page_statement", asked)
    for cached in (book_pages.page_statement, book_pages.total_statement):
        cached.cache_clear()
    for page in (1, 2, 1):  # at first it is counted, then its length is known
        found = await views.list("main", BookFilter(author="lee", sort="title"), PageRequest(page, 10))
        assert (found.total, found.is_estimate) == (BOOKS, True)
    assert walks == [True] * 3
    for cached in (book_pages.page_statement, book_pages.total_statement):
        cached.cache_clear()


async def test_what_takes_longer_than_a_millisecond_leaves_the_event_loop(database: SqlDatabase, reader: Reader) -> None:
    if not isinstance(reader, SqliteReader):
        pytest.skip("only SQLite is read in the event loop")
    numbers = sa.select(sa.literal_column("1").label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(sa.select(numbers.c.n + 1).where(numbers.c.n < 300_000))
    slow = Statement(sa.select(sa.func.count()).select_from(numbers))
    assert await reader.row(slow, "main") == (300_000,)
    assert slow in reader._slow._pauses, "it was interrupted in the loop, and read in a thread"
    quick = Statement(sa.select(sa.literal_column("1")))
    assert await reader.row(quick, "main") == (1,)
    assert quick not in reader._slow._pauses


async def test_a_large_schema_and_its_change_do_not_drive_reading_out_of_the_event_loop(
    database: SqlDatabase, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not isinstance(reader, SqliteReader):
        pytest.skip("only SQLite is read in the event loop")
    in_thread: list[object] = []
    whole = reader._in_thread

    def seen(*asked: Any) -> Any:
        in_thread.append(asked)
        return whole(*asked)

    monkeypatch.setattr(reader, "_in_thread", seen)
    quick = Statement(sa.select(sa.func.count()).select_from(book_listings))
    for round_ in range(2):
        async with database.engine.begin() as connection:
            for number in range(1_000):  # reading such a schema takes many milliseconds
                await connection.execute(sa.text(f"CREATE TABLE more_{round_}_{number} (id INTEGER PRIMARY KEY, word TEXT UNIQUE)"))
        read = [await reader.row(quick, "main") for _ in range(4)]
        assert read == [(0,)] * 4
        assert len(in_thread) <= round_, "at most the one that found the schema changed"


async def test_what_nearly_every_visit_asks_for_is_compiled_before(views: SqlBookViews, monkeypatch: pytest.MonkeyPatch) -> None:
    views.prepare()

    def compiled_now(self: Statement, *_: object) -> None:
        raise AssertionError(f"compiled while somebody waits: {self.select}")

    monkeypatch.setattr(Statement, "_prepared", compiled_now)
    for wanted in (
        {},
        {"sort": "title"},
        {"sort": "-rating"},
        {"available": True},
        {"tag": "even"},
        {"q": "title", "sort": "relevance"},
    ):
        assert (await views.list("main", BookFilter(**wanted), PageRequest())).total
    assert (await views.list("main", BookFilter(), PageRequest(2, 20))).items


async def test_what_is_asked_for_the_first_time_is_compiled_beside_the_event_loop(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_in: list[int] = []
    made = Statement._prepared

    def seen(self: Statement, *given: Any) -> Any:
        made_in.append(threading.get_ident())
        return made(self, *given)

    monkeypatch.setattr(Statement, "_prepared", seen)
    statement = Statement(sa.select(sa.literal_column("1")))
    assert [await reader.row(statement, "main") for _ in range(2)] == [(1,), (1,)]
    assert len(made_in) == 1, "once"
    assert made_in != [threading.get_ident()]
