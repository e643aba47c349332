"""The rules that make a list out of scores."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luminalib.domain.recommendations import (
    BookProfile,
    Candidate,
    Reason,
    ReasonKind,
    arrange,
    first_unread,
    likeness,
    sentence,
    series_of,
)
from luminalib.domain.shelves import Shelves


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Dawn (The Long Year, #2)", ("The Long Year", 2)),
        ("Dawn (The Long Year #2)", ("The Long Year", 2)),
        ("Dawn (The Long Year, Book Three)", ("The Long Year", 3)),
        ("The Long Year, Volume II: Dawn", ("The Long Year", 2)),
        ("The Long Year - Vol. 10", ("The Long Year", 10)),
        ("Das lange Jahr. Band 4", ("Das lange Jahr", 4)),
        ("Catch-22", None),
        ("Book 2", None),
        ("The Book of Three", None),
        ("A Part of Me", None),
        ("Dawn (a novel)", None),
    ],
)
def test_series_are_read_from_titles(title: str, expected: tuple[str, int] | None) -> None:
    assert series_of(title) == expected


def book(
    number: int, author: str = "", tags: tuple[str, ...] = (), series: str | None = None, volume: int | None = None
) -> BookProfile:
    return BookProfile(
        id=f"b{number}", title=f"Title {number}", authors=(author,) if author else (), tags=tags, series=series, volume=volume
    )


def candidates(*scores: float) -> list[Candidate]:
    return [Candidate(book_id=f"b{number}", score=score) for number, score in enumerate(scores)]


def arranged(books: list[BookProfile], *scores: float, limit: int = 10) -> list[str]:
    by_id = {one.id: one for one in books}
    return [one.book_id for one, _ in arrange(candidates(*scores), by_id, limit)]


def test_best_first_when_all_differ() -> None:
    assert arranged([book(0), book(1), book(2)], 0.9, 0.8, 0.7) == ["b0", "b1", "b2"]


def test_one_of_a_kind_yields_to_another_kind() -> None:
    same = ("sea", "storms")
    assert arranged([book(0, tags=same), book(1, tags=same), book(2, tags=("bread",))], 0.9, 0.8, 0.75) == ["b0", "b2", "b1"]


def test_two_of_an_author_in_ten() -> None:
    books = [book(number, "Prolific" if number < 5 else f"author {number}") for number in range(15)]
    order = arranged(books, *(1 - number / 100 for number in range(15)), limit=12)
    assert sum(book_id in {f"b{number}" for number in range(5)} for book_id in order[:10]) <= 2


def test_when_there_is_nothing_else_an_author_fills_the_list() -> None:
    assert len(arranged([book(number, "Only") for number in range(5)], *[0.5] * 5)) == 5


def test_one_of_a_series() -> None:
    books = [book(0, series="Saga", volume=1), book(1, series="Saga", volume=2), book(2)]
    assert arranged(books, 0.9, 0.8, 0.1) == ["b0", "b2", "b1"]


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), st.integers(0, 2)), max_size=30), st.integers(1, 12))
def test_any_list_is_full_and_without_repeats(facts: list[tuple[float, int, int]], limit: int) -> None:
    books = [book(n, f"a{author}", tags=(f"t{tag}",)) for n, (_, author, tag) in enumerate(facts)]
    by_id = {one.id: one for one in books}
    picked = arrange(candidates(*(score for score, _, _ in facts)), by_id, limit)
    order = [one.book_id for one, _ in picked]
    assert len(order) == len(set(order)) == min(limit, len(facts))
    assert all(lost >= 0 for _, lost in picked)


def test_the_first_unread_volume_stands_for_the_series() -> None:
    books = [book(number, series="Saga", volume=number + 1) for number in range(5)]
    by_id = {one.id: one for one in books}
    shelves = Shelves.of(books)

    def first(had: set[str], *wanted: int) -> list[str]:
        return [one.book_id for one in first_unread([candidates(*[1.0] * 5)[n] for n in wanted], by_id, shelves.volumes, had)]

    assert first(set(), 4, 2) == ["b0"]
    assert first({"b0"}, 4) == ["b1"]
    assert first({"b0", "b2"}, 4) == ["b3"], "what was skipped was skipped on purpose"
    assert first({"b4"}, 2) == ["b2"], "who has read the last may still read the middle"


def test_likeness_is_jaccards() -> None:
    one, other = {("tag", "a"), ("tag", "b")}, {("tag", "b"), ("tag", "c")}
    assert likeness(one, other) == pytest.approx(1 / 3)
    assert likeness(one, one) == 1
    assert likeness(set(), set()) == 0


@pytest.mark.parametrize("kind", list(ReasonKind))
def test_every_reason_has_a_sentence(kind: ReasonKind) -> None:
    text = sentence(Reason(kind, 1.0, book_id="b0", name="sea"), {"b0": "The Ledger"})
    assert text
    assert "{" not in text
    assert "None" not in text


def test_shelves_know_tags_in_any_case() -> None:
    shelves = Shelves.of([book(0, tags=("Sea",)), book(1, tags=("bread",))])
    assert shelves.tagged(["SEA"]) == {"b0"}
    assert shelves.newest == ["b1", "b0"]
