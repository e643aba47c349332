"""What is recommended has a reason that a reader would accept."""

from pathlib import Path

import pytest

from libraries import rank_with
from luminalib.adapters.recommenders.reasons import Share, reasons_of
from luminalib.domain.recommendations import BookProfile, Reader, ReasonKind

PROSE = "There were many things that they would have said about their business before then, and nothing was said. "
BOOKS = [
    BookProfile(id="salt", title="The Salt", language="en", year=1990, tags=("sea",), text=PROSE + "Salt and herring."),
    BookProfile(id="tide", title="A Tide", language="en", year=1990, tags=("sea",), text=PROSE + "Ledgers of a harbour."),
    BookProfile(id="loaf", title="The Loaf", language="en", year=1990, tags=("bread",), text=PROSE + "Yeast and flour."),
    BookProfile(id="crust", title="A Crust", language="en", year=1990, tags=("bread",), text=PROSE + "Rye and ovens."),
]


@pytest.mark.parametrize("name", ["tfidf", "hybrid"])
def test_the_same_language_and_years_and_small_words_are_no_likeness(name: str, tmp_path: Path) -> None:
    ranking = rank_with(name, BOOKS, [], tmp_path)
    assert [one.book_id for one in ranking.rank(Reader(opinions={"salt": 1.0}), 10)] == ["tide"]
    assert ranking.rank(Reader(opinions={"gone": 1.0}), 10) == []


def reasons(book: BookProfile, terms: dict[str, float], stated: dict[str, float] | None = None) -> list[str | None]:
    shares = [Share("mine", sum(terms.values()), 0.0, terms)]
    return [reason.name for reason in reasons_of(book, shares, stated or {}) if reason.kind is ReasonKind.TAG]


def test_reasons_are_tags_persons_and_places_and_no_stray_word_of_the_text() -> None:
    book = BookProfile(id="b", title="B", tags=("Sea stories",), topics=("business", "Nantucket", "BUSINESS"), language="en")
    assert reasons(book, {"tag:business": 2.0}) == []
    assert reasons(book, {"tag:nantucket": 2.0}) == ["Nantucket"]
    assert reasons(book, {"tag:sea stories": 2.0}) == ["Sea stories"]
    assert reasons(book, {}, {"tag:business": 2.0}) == ["business"]


def test_nouns_of_german_are_no_names() -> None:
    book = BookProfile(id="b", title="B", topics=("Nebel",), language="de")
    assert reasons(book, {"tag:nebel": 2.0}) == []
