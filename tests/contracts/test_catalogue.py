"""Finding books by what people type, on both databases."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.catalogue import book_texts, catalogue_terms
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.views import catalogue
from luminalib.adapters.db.views.books import SqlBookViews
from luminalib.adapters.db.views.matches import LONGER_MAX
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.domain.books import BookFilter
from luminalib.domain.catalogue import FacetKind, FoundBooks, SuggestionKind
from luminalib.domain.paging import PageRequest
from postgres import Postgres
from records import NOW, make_book, make_summary
from templates import newest_schema

SHELF: list[dict[str, Any]] = [
    {"title": "Alice\u2019s Adventures in Wonderland", "authors": ("Lewis Carroll",), "tags": ("fantasy", "children")},
    {"title": "The Hound of the Baskervilles", "authors": ("Arthur Conan Doyle",), "series": "Sherlock Holmes", "series_index": 3},
    {"title": "A Study in Scarlet", "authors": ("Arthur Conan Doyle",), "series": "Sherlock Holmes", "series_index": 1},
    {"title": "Fear and Trembling", "authors": ("S\u00f8ren Kierkegaard",), "language": "da", "tags": ("philosophy",)},
    {"title": "Great Expectations", "authors": ("Charles Dickens",), "published_year": 1861, "tags": ("novel", "London")},
    {"title": "Bleak House", "authors": ("Charles Dickens",), "published_year": 1853, "tags": ("novel", "London")},
    {"title": "L\u2019\u00c9tranger", "authors": ("Albert Camus",), "language": "fr", "tags": ("novel",)},
    {
        "title": "Linear Algebra",
        "authors": ("Ann Lee",),
        "isbn": "978-0-306-40615-7",
        "description": "With the Mock Turtle as a guest.",
    },
    {"title": "\u6226\u4e89\u3068\u5e73\u548c", "authors": ("\u30c8\u30eb\u30b9\u30c8\u30a4",), "language": "ja"},
    {"title": "Expectations, and how to live with them", "authors": ("Ann Lee",), "description": "Great for a start."},
]


async def furnish(url: str) -> None:
    database = SqlDatabase(url)
    made = SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())
    for details in SHELF:
        await describe(made, await make_book(made), **({"authors": (), "tags": ()} | details))
    await database.close()


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the shelf, to be copied: to fill one takes longer than most tests."""
    path = tmp_path_factory.mktemp("shelf") / "luminalib.db"
    shutil.copyfile(newest_schema(), path)
    asyncio.run(furnish(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(furnished: Path, tmp_path: Path) -> str:
    shutil.copyfile(furnished, tmp_path / "luminalib.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'luminalib.db'}"


@pytest.fixture(scope="module")
def postgres_template(postgres_server: Postgres, postgres_template: str) -> Iterator[str]:
    """Likewise on PostgreSQL."""
    with postgres_server.database(postgres_template) as name:
        asyncio.run(furnish(postgres_server.url(name)))
        yield name


@pytest.fixture
def uow(database: SqlDatabase) -> SqlUnitOfWorkFactory:
    return SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())


async def describe(uow: SqlUnitOfWorkFactory, book_id: str, **changes: Any) -> None:
    async with uow("main") as unit:
        book = await unit.books.get(book_id)
        book.describe(replace(book.details, **changes), NOW)


@pytest.fixture
def views(uow: SqlUnitOfWorkFactory, reader: Reader) -> SqlBookViews:
    return SqlBookViews(reader, SystemClock())


@pytest.fixture
def find(views: SqlBookViews) -> Callable[..., Awaitable[tuple[list[str], str | None]]]:
    async def titles(q: str, **wanted: Any) -> tuple[list[str], str | None]:
        page = await views.list("main", BookFilter(**{"sort": "relevance", "q": q} | wanted), PageRequest())
        meant = page.did_you_mean if isinstance(page, FoundBooks) else None
        return [book.title for book in page.items], meant

    return titles


Find = Callable[..., Awaitable[tuple[list[str], str | None]]]


@pytest.mark.parametrize(
    ("q", "first", "meant"),
    [
        ("alice's", "Alice\u2019s Adventures in Wonderland", None),
        ("ALICE", "Alice\u2019s Adventures in Wonderland", None),
        ("advent wonder", "Alice\u2019s Adventures in Wonderland", None),
        ("soren", "Fear and Trembling", None),
        ("S\u00f8ren Kierkegaard", "Fear and Trembling", None),
        ("sherlok", "A Study in Scarlet", "sherlock"),
        ("sherlock scarlet", "A Study in Scarlet", None),
        ("dikens blaek", "Bleak House", "dickens bleak"),
        ("the hund of the baskervils", "The Hound of the Baskervilles", "hound baskervilles"),
        ("9780306406157", "Linear Algebra", None),
        ("978-0-306-40615-7", "Linear Algebra", None),
        ("0-306-40615-2", "Linear Algebra", None),
        ("mock turtle", "Linear Algebra", None),
        ("etranger", "L\u2019\u00c9tranger", None),
        ("l'\u00e9tranger", "L\u2019\u00c9tranger", None),
        ("\u6226\u4e89", "\u6226\u4e89\u3068\u5e73\u548c", None),
        ("great expectations", "Great Expectations", None),
        ("expectatoins dickens", "Great Expectations", "expectations dickens"),
        ("dickens great house expectations", "Great Expectations", None),
    ],
)
async def test_what_people_type_finds_the_book(find: Find, q: str, first: str, meant: str | None) -> None:
    titles, did_you_mean = await find(q)
    assert (titles[0], did_you_mean) == (first, meant)


SPELT: list[dict[str, Any]] = [
    {"title": "Spider-Man", "series": "Spider-Man", "series_index": 1},
    {"title": "Spiders of the World"},
    {"title": "Snow Man"},
    {"title": "Superman"},
    {"title": "The C Programming Language"},
    {"title": "A C for Everyone"},
    {"title": "C++ Primer", "authors": ("Jean-Luc B. Moo",), "tags": ("c++",)},
    {"title": "C# in Depth"},
    {"title": "Pro ASP.NET Core"},
    {"title": "The Net"},
    {"title": "\u30ac\u30f3\u30c0\u30e0"},
]


@pytest.mark.parametrize(
    ("q", "first", "meant"),
    [
        *((q, "Spider-Man", None) for q in ("spiderman", "spider-man", "Spider Man", "SPIDER\u2010MAN")),
        ("snow man", "Snow Man", None),
        ("snowman", "Snow Man", "snow man"),
        ("super man", "Superman", None),
        ("c++", "C++ Primer", None),
        ("C++ prim", "C++ Primer", None),
        ("c plus plus", "C++ Primer", None),
        ("c primer", "C++ Primer", None),
        ("c#", "C# in Depth", None),
        ("c sharp", "C# in Depth", None),
        (".net", "Pro ASP.NET Core", None),
        ("asp.net", "Pro ASP.NET Core", None),
        ("aspnet", "Pro ASP.NET Core", None),
        ("dotnet", "Pro ASP.NET Core", None),
        ("net", "The Net", None),
        ("\u304c\u3093\u3060\u3080", "\u30ac\u30f3\u30c0\u30e0", None),
        ("\uff76\uff9e\uff9d\uff80\uff9e\uff91", "\u30ac\u30f3\u30c0\u30e0", None),
        ("jeanluc", "C++ Primer", None),
    ],
)
async def test_joined_and_apart_and_signs_as_they_are_said(
    uow: SqlUnitOfWorkFactory, find: Find, q: str, first: str, meant: str | None
) -> None:
    await shelve(uow)
    titles, did_you_mean = await find(q)
    assert (titles[0], did_you_mean) == (first, meant)


@pytest.mark.parametrize(
    ("q", "kind", "text"),
    [
        *((q, SuggestionKind.TITLE, "Spider-Man") for q in ("spiderm", "spider-m", "spider man")),
        *((q, SuggestionKind.SERIES, "Spider-Man") for q in ("spiderm", "spider-m", "spider man")),
        ("super man", SuggestionKind.TITLE, "Superman"),
        ("c++", SuggestionKind.TITLE, "C++ Primer"),
        ("c++", SuggestionKind.TAG, "c++"),
        ("c#", SuggestionKind.TITLE, "C# in Depth"),
        (".net", SuggestionKind.TITLE, "Pro ASP.NET Core"),
        ("jean luc", SuggestionKind.AUTHOR, "Jean-Luc B. Moo"),
        ("\u304c\u3093", SuggestionKind.TITLE, "\u30ac\u30f3\u30c0\u30e0"),
    ],
)
async def test_what_is_typed_in_other_ways_is_completed(
    uow: SqlUnitOfWorkFactory, views: SqlBookViews, q: str, kind: SuggestionKind, text: str
) -> None:
    await shelve(uow)
    assert next(one.text for one in await views.suggest("main", q, 8) if one.kind is kind) == text


async def shelve(uow: SqlUnitOfWorkFactory) -> None:
    for details in SPELT:
        await describe(uow, await make_book(uow), **({"authors": (), "tags": ()} | details))


@pytest.mark.parametrize(
    "q", ["zzyzx", "!!!", "100%", "'\"*", "AND", "NEAR(", "a:b OR", "title:", "\\", "-", "x" * 200, "\u0e01" * 60]
)
async def test_nothing_that_is_typed_is_a_command(find: Find, q: str) -> None:
    titles, _ = await find(q)
    assert len(titles) <= 2  # AND is a word, too


async def test_filters_and_sorts_hold_beside_words(find: Find) -> None:
    assert (await find("dickens", sort="title"))[0] == ["Bleak House", "Great Expectations"]
    assert (await find("dickens", year=1861))[0] == ["Great Expectations"]
    assert (await find("dikens", year=1861, sort="title")) == (["Great Expectations"], "dickens")
    assert (await find("expectations", author="dickens"))[0] == ["Great Expectations"]
    assert (await find("expectations", tag="fantasy"))[0] == []
    assert (await find("dickens great house expectations", sort="title"))[0] == ["Great Expectations"]
    assert (await find("dickens house great scarlet bleak", sort="title"))[0] == []
    assert (await find("holmes", series="sherlock holmes", available=True, sort="title"))[0][0] == "The Hound of the Baskervilles"
    assert (await find("novel"))[0]
    assert not (await find("novel", language="ja"))[0]


async def test_whole_words_are_found_among_very_many_that_only_begin_so(
    uow: SqlUnitOfWorkFactory, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "RANKED", 3)
    catalogue.candidates.cache_clear()
    for number in range(6):
        await describe(uow, await make_book(uow), title=f"Number {number}", tags=("seafaring",), authors=())
    await describe(uow, await make_book(uow), title="The last of all", tags=("sea",), authors=())
    titles, _ = await find("sea")
    catalogue.candidates.cache_clear()
    assert titles[0] == "The last of all"


@pytest.mark.parametrize("typed", ["stormy", "storm"], ids=["a whole word", "a beginning"])
async def test_titles_are_found_among_very_many_that_have_a_word_elsewhere(
    uow: SqlUnitOfWorkFactory, find: Find, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setattr(catalogue, "RANKED", 3)
    catalogue.candidates.cache_clear()
    for number in range(6):
        await describe(uow, await make_book(uow), title=f"Number {number}", tags=("stormy",), authors=())
    await describe(uow, await make_book(uow), title="Stormy weather", authors=())
    few, _ = await find(typed)
    for number in range(4):
        await describe(uow, await make_book(uow), title=f"Stormy night {number}", authors=())
    many, _ = await find(typed)
    catalogue.candidates.cache_clear()
    assert few[0] == "Stormy weather"
    assert len(few) == len(many) == 3
    assert all(title.startswith("Stormy") for title in many)


async def test_a_changed_book_is_found_by_its_new_words_and_a_summary_s(
    uow: SqlUnitOfWorkFactory, find: Find, views: SqlBookViews
) -> None:
    (alice,) = (await views.list("main", BookFilter(q="alice", sort="relevance"), PageRequest())).items
    await describe(uow, alice.id, title="Through the Looking-Glass", tags=("chess",))
    assert (await find("alice"))[0] == []
    assert (await find("looking glass"))[0] == (await find("chess"))[0] == ["Through the Looking-Glass"]
    async with uow("main") as unit:
        await unit.books.remove(await unit.books.get(alice.id))
    assert (await find("chess"))[0] == []
    assert not [one for one in await views.suggest("main", "che", 8) if one.text == "chess"]


@pytest.mark.parametrize("longer", [1, LONGER_MAX + 1], ids=["few", "very many"])
async def test_what_was_begun_is_found_wherever_it_stands(
    uow: SqlUnitOfWorkFactory, find: Find, views: SqlBookViews, longer: int
) -> None:
    """However many words begin so: few are asked for by name where the database has no better way to look for beginnings."""
    (alice,) = (await views.list("main", BookFilter(q="alice", sort="relevance"), PageRequest())).items
    assert (await find("wabe"))[0] == (await find("brill"))[0] == []
    await describe(uow, alice.id, description=" ".join(f"wabes{word_of_letters(n)}" for n in range(longer)))
    assert (await find("wabe"))[0] == (await find("wabe alic"))[0] == [alice.title]
    async with uow("main") as unit:
        await unit.documents.save_summary(make_summary(alice.document_id, "Twas brillig."))
    assert (await find("brill"))[0] == (await find("wabe brill"))[0] == [alice.title]
    assert (await views.list("other", BookFilter(q="brill", sort="relevance"), PageRequest())).items == []


def word_of_letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


async def test_words_of_an_older_version_are_written_anew(database: SqlDatabase, uow: SqlUnitOfWorkFactory, find: Find) -> None:
    async with database.owner.begin() as connection:
        await connection.execute(sa.delete(book_texts).where(book_texts.c.title.like("alice%")))
        await connection.execute(sa.update(book_texts).values(version=0, title="old").where(book_texts.c.title == "bleak house"))
    assert (await find("alice"))[0] == []
    async with uow("main") as unit:
        (first,) = await unit.books.outworded(1, "")
        (second,) = await unit.books.outworded(20, first)
        assert list(await unit.books.outworded(20, "")) == sorted((first, second)) == [first, second]
        await unit.books.reword([first, second])
        assert not await unit.books.outworded(20, "")
    assert (await find("alice"))[0]
    assert (await find("bleak"))[0] == ["Bleak House"]


@pytest.mark.parametrize(
    ("q", "kind", "text"),
    [
        ("ali", SuggestionKind.TITLE, "Alice\u2019s Adventures in Wonderland"),
        ("the hou", SuggestionKind.TITLE, "The Hound of the Baskervilles"),
        ("wonder", SuggestionKind.TITLE, "Alice\u2019s Adventures in Wonderland"),
        ("dick", SuggestionKind.AUTHOR, "Charles Dickens"),
        ("charles d", SuggestionKind.AUTHOR, "Charles Dickens"),
        ("kierke", SuggestionKind.AUTHOR, "S\u00f8ren Kierkegaard"),
        ("sher", SuggestionKind.SERIES, "Sherlock Holmes"),
        ("lon", SuggestionKind.TAG, "london"),
    ],
)
async def test_what_is_typed_is_completed(views: SqlBookViews, q: str, kind: SuggestionKind, text: str) -> None:
    found = await views.suggest("main", q, 8)
    assert (kind, text) in [(one.kind, one.text) for one in found]
    assert await views.suggest("other", q, 8) == []


async def counts(views: SqlBookViews, kind: FacetKind, **wanted: Any) -> dict[str | int, int]:
    facets: Sequence[Any] = (await views.facets("main", BookFilter(**wanted), [kind]))[kind]
    return {one.value: one.count for one in facets}


async def test_facets_count_the_books_of_a_list(views: SqlBookViews) -> None:
    assert await counts(views, FacetKind.TAG) == {"novel": 3, "london": 2, "children": 1, "fantasy": 1, "philosophy": 1}
    assert (await counts(views, FacetKind.AUTHOR))["Charles Dickens"] == 2
    assert await counts(views, FacetKind.TAG, author="dickens") == {"novel": 2, "london": 2}
    assert await counts(views, FacetKind.YEAR, tag="novel") == {1853: 1, 1861: 1}
    assert await counts(views, FacetKind.SERIES, q="holmes", sort="relevance") == {"Sherlock Holmes": 2}
    assert await counts(views, FacetKind.LANGUAGE) == {"da": 1, "fr": 1, "ja": 1}
    assert await counts(views, FacetKind.TAG, q="dikens", sort="relevance") == {"novel": 2, "london": 2}
    assert (await views.facets("other", BookFilter(), [FacetKind.TAG]))[FacetKind.TAG] == []


async def test_languages_and_years_of_the_catalogue_are_kept_counts(
    database: SqlDatabase, uow: SqlUnitOfWorkFactory, views: SqlBookViews
) -> None:
    (house,) = (await views.list("main", BookFilter(q="bleak", sort="relevance"), PageRequest())).items
    years = await counts(views, FacetKind.YEAR)
    assert years[1853] == 1
    await describe(uow, house.id, language="en", published_year=1861)
    assert await counts(views, FacetKind.LANGUAGE) == {"da": 1, "en": 1, "fr": 1, "ja": 1}
    assert await counts(views, FacetKind.YEAR) == {**{year: n for year, n in years.items() if year != 1853}, 1861: years[1861] + 1}
    for wanted, total in ((BookFilter(language="en"), 1), (BookFilter(year=1861), 2), (BookFilter(year=1853), 0)):
        page = await views.list("main", wanted, PageRequest())
        assert (page.total, page.is_estimate, len(page.items)) == (total, False, total)
    assert (await views.list("main", BookFilter(year=1861, language="en"), PageRequest())).total == 1
    await describe(uow, house.id, language=None, published_year=None)
    assert await counts(views, FacetKind.LANGUAGE) == {"da": 1, "fr": 1, "ja": 1}
    async with uow("main") as unit:
        await unit.books.remove(await unit.books.get(house.id))
    assert (await counts(views, FacetKind.YEAR)).get(1861, 0) == years[1861]
    async with uow("main") as unit:
        assert await unit.files.books_off() == 0
    async with database.owner.begin() as connection:
        await connection.execute(sa.update(catalogue_terms).where(catalogue_terms.c.kind.in_(["language", "year"])).values(books=7))
    async with uow("main") as unit:
        assert await unit.files.books_off() > 0
        await unit.files.recount([])
        assert await unit.files.books_off() == 0
    assert await counts(views, FacetKind.LANGUAGE) == {"da": 1, "fr": 1, "ja": 1}


async def test_counts_of_names_and_tags_follow_every_change(
    database: SqlDatabase, uow: SqlUnitOfWorkFactory, views: SqlBookViews
) -> None:
    (house,) = (await views.list("main", BookFilter(q="bleak", sort="relevance"), PageRequest())).items
    await describe(uow, house.id, tags=("novel", "law"), authors=("Charles Dickens", "Phiz"))
    await describe(uow, house.id, title="Bleak House, again")
    async with database.owner.connect() as connection:
        rows = await connection.execute(sa.select(catalogue_terms.c.label, catalogue_terms.c.books))
        kept = {row.label: row.books for row in rows}
    assert {name: kept[name] for name in ("novel", "london", "law", "charles dickens", "phiz")} == {
        "novel": 3, "london": 1, "law": 1, "charles dickens": 2, "phiz": 1,
    }  # fmt: skip
