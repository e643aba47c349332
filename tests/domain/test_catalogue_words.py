"""What books are found, sorted and corrected by."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luminalib.domain.books import Book, BookDetails
from luminalib.domain.catalogue import BookWords, catalogue_words, searchable, sort_key, terms_of, words_of
from luminalib.domain.catalogue_questions import Typed, errors_allowed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Alice\u2019s Adventures", ["alice", "alices", "adventures"]),
        ("L\u2019\u00c9tranger", ["etranger", "letranger"]),
        ("J. K. Rowling", ["jk", "rowling"]),
        ("S\u00f8ren \u0141\u00f3d\u017a Stra\u00dfe \u0111", ["soren", "lodz", "strasse", "d"]),
        ("co\u00adoperate", ["cooperate"]),
        ("\uff21\uff22\uff23 cafe\u0301", ["abc", "cafe"]),
        ("\u6771\u4eac\u90fd", ["\u6771\u4eac", "\u4eac\u90fd"]),
        ("!?\u2026", []),
        ("Spider-Man", ["spider", "man", "spiderman"]),
        ("X-Men", ["x", "men", "xmen"]),
        ("C++ and C#", ["cplusplus", "c", "and", "csharp", "c"]),
        ("C++17, \uff23\uff0b\uff0b", ["cplusplus", "c", "17", "cplusplus", "c"]),
        (".NET", ["dotnet", "net"]),
        ("ASP.NET", ["asp", "net", "aspnet", "dotnet"]),
        ("Wait...and see. No. 5", ["wait", "and", "see", "no", "5"]),
        ("12 + 3 = #15", ["12", "3", "15"]),
        ("\u30ac\u30f3\u30c0\u30e0", ["\u304c\u3093", "\u3093\u3060", "\u3060\u3080"]),
    ],
)
def test_words_are_what_people_type(text: str, words: list[str]) -> None:
    assert catalogue_words(text) == words


@pytest.mark.parametrize(
    ("titles", "language"),
    [
        (["An Apple", "The Bear", "A Cat"], "en"),
        (["Der Apfel", "Ein B\u00e4r", "Die Verwandlung"], "de"),
        (["L\u2019Assommoir", "Un Barrage", "La Peste"], "fr"),
        (["Volume 2", "Volume 10", "Volume 100"], "en"),
        (["Book 007", "Book 8"], "en"),
        (["\u201cApple\u201d", "\u2026 Bear", "Cat", "(Dog)", "\u00c9clair", "Zebra"], "en"),
        (["The", "Theatre"], "en"),
    ],
)
def test_titles_sort_as_on_a_shelf(titles: list[str], language: str) -> None:
    keys = [sort_key(title, language) for title in titles]
    assert keys == sorted(set(keys))


def test_an_article_of_another_language_is_a_word() -> None:
    assert sort_key("Die Hard", "en").startswith("die")
    assert sort_key("Die Wand", "de") == "wand"


@pytest.mark.parametrize(("word", "errors"), [("ox", 0), ("1984", 0), ("fox", 1), ("house", 1), ("houses", 2)])
def test_long_words_may_have_two_wrong_letters(word: str, errors: int) -> None:
    assert errors_allowed(word) == errors


def book(title: str, authors: str = "", tags: str = "", description: str = "") -> BookWords:
    return BookWords(searchable(title), "", searchable(authors), searchable(tags), searchable(description))


@pytest.mark.parametrize(
    ("q", "better", "worse"),
    [
        ("dickens", book("Dickens"), book("Bleak House", "Charles Dickens")),
        ("dickens", book("Bleak House", "Charles Dickens"), book("London", tags="dickens")),
        ("dickens", book("London", tags="dickens"), book("London", description="Dickens lived here.")),
        ("bleak house", book("Bleak House"), book("The bleak house by the sea")),
        ("house", book("House"), book("Household")),
        ("bleak house", book("Bleak House by the sea"), book("House of bleak days")),
        ("house of m", book("House of M"), book("House")),
        ("the house", book("The House"), book("House")),
    ],
)
def test_the_title_counts_most_and_whole_words_more_than_beginnings(q: str, better: BookWords, worse: BookWords) -> None:
    typed = Typed.of(q)
    assert typed.fits(better) > typed.fits(worse) > 0


def test_what_was_corrected_is_named_and_worth_less_than_what_was_typed() -> None:
    typed = Typed.of("dikens bleak")
    (corrected,) = typed.corrections({"dikens": {"dickens": 1}, "bleak": {"bleak": 0}})
    bleak = book("Bleak House", "Charles Dickens")
    assert corrected.best_spelling(bleak) == "dickens bleak"
    assert typed.best_spelling(bleak) is None
    assert corrected.fits(bleak) < Typed.of("dickens bleak").fits(bleak)
    assert (typed.is_well_found(bleak), Typed.of("dickens bleak").is_well_found(bleak)) == (False, True)


def test_words_that_stand_nowhere_are_corrected_first_and_by_the_nearest() -> None:
    near = {"anne": {"anne": 0, "ane": 1, "hanna": 2}, "tyyler": {"tyler": 1, "teller": 2}, "xyzzy": {}}
    careful, near_by, bold = Typed((("anne",), ("tyyler",), ("xyzzy",))).corrections(near)
    assert careful.groups == (("anne",), ("tyyler", "tyler"), ("xyzzy",))
    assert near_by.groups == (("anne", "ane"), ("tyyler", "tyler"), ("xyzzy",))
    assert bold.groups == (("anne", "ane", "hanna"), ("tyyler", "tyler", "teller"), ("xyzzy",))
    assert Typed.of("anne").corrections({"anne": {"anne": 0}}) == []
    assert [one.groups for one in Typed.of("raptre").corrections({"raptre": {"raptures": 2}})] == [(("raptre", "raptures"),)]


def test_neighbours_are_read_as_one_word_and_one_as_two_that_are_known() -> None:
    assert Typed.of("snow white").groups == (("snow", "snowwhite"), ("white", "snowwhite"))
    (apart,) = Typed.of("snowwhite tales").apart({"snow", "white", "sno", "tales"})
    assert apart.best_spelling(book("Snow White", tags="tales")) == "snow white tales"
    assert apart.fits(book("Snow White tales")) < Typed.of("snow white tales").fits(book("Snow White tales"))
    assert Typed.of("snowwhite").apart({"snow"}) == Typed.of("19 84").apart({"19", "84"}) == []


def test_the_nearer_correction_fits_better_and_none_is_a_beginning() -> None:
    _, bold = Typed.of("rescxe").corrections({"rescxe": {"rescue": 1, "recce": 2}})
    assert bold.fits(book("Rescue")) > bold.fits(book("Recce"))
    elsewhere = bold.fits(book("", description="rescue"))
    assert bold.fits(book("", tags="rescxes")) > elsewhere
    assert bold.fits(book("Rescuers")) == elsewhere


def test_a_book_is_found_by_all_that_names_it() -> None:
    details = BookDetails(
        title="Dawn", authors=("J. K. Reed",), isbn="9780306406157", tags=("Sea",), description="War.", series="The Long Year"
    )
    book = Book.from_details("b", "d", details, None, datetime(2026, 1, 2, tzinfo=UTC))
    words = words_of(book)
    assert (words.title, words.series, words.authors, words.tags, words.description) == (
        "dawn",
        "the long year",
        "jk reed",
        "sea 9780306406157",
        "war",
    )
    assert terms_of(book) == [
        ("name", "j. k. reed", "J. K. Reed"),
        ("series", "the long year", "The Long Year"),
        ("tag", "sea", "sea"),
    ]
    bare = Book.from_details("b", "d", BookDetails(title="Dawn"), None, datetime(2026, 1, 2, tzinfo=UTC))
    assert (words_of(bare).series, words_of(bare).tags, terms_of(bare)) == ("", "", [])


@given(st.text(max_size=80))
def test_a_title_is_always_found_by_itself(title: str) -> None:
    typed = Typed.of(title)
    if typed.groups:
        assert typed.fits(book(title)) >= len(typed.groups)
