from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luminalib.domain.auth import NotAllowed, Principal, Role
from luminalib.domain.books import (
    Book,
    BookDetails,
    BookFile,
    InvalidIsbn,
    LoanRequired,
    SeriesMissing,
    may_edit,
    normalise_isbn,
    normalise_tags,
    require_editor,
    require_reader,
    search_key,
    series_key,
)
from luminalib.domain.covers import Cover, CoverKind, CoverNotFound
from luminalib.domain.media import MediaType
from luminalib.domain.texts import EmbeddedMetadata

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def principal(user_id: str | None, role: Role = Role.MEMBER) -> Principal:
    return Principal(tenant_id="main", user_id=user_id, role=role)


def book(created_by: str | None = "owner") -> Book:
    return Book.from_details("b", "d", BookDetails(title="Title"), created_by, NOW)


@pytest.mark.parametrize(
    "given", ["9780306406157", "978-0-306-40615-7", "0-306-40615-2", "ISBN: 0306406152", "isbn 978 0 306 40615 7"]
)
def test_isbns_become_thirteen_digits(given: str) -> None:
    assert normalise_isbn(given) == "9780306406157"


def test_an_isbn_10_may_end_in_x() -> None:
    assert normalise_isbn("0-8044-2957-X") == "9780804429573"


@pytest.mark.parametrize("wrong", ["9780306406158", "0306406153", "978030640615", "", "X", "9770306406157", "٩٧٨٠٣٠٦٤٠٦١٥٧"])
def test_wrong_isbns_are_refused(wrong: str) -> None:
    with pytest.raises(InvalidIsbn):
        normalise_isbn(wrong)


@given(st.from_regex(r"97[89][0-9]{9}", fullmatch=True))
def test_exactly_one_check_digit_is_right(stem: str) -> None:
    def is_right(digit: int) -> bool:
        try:
            return normalise_isbn(f"{stem}{digit}") == f"{stem}{digit}"
        except InvalidIsbn:
            return False

    assert sum(is_right(digit) for digit in range(10)) == 1


def book_file(*, has_loan: bool) -> BookFile:
    return BookFile(
        id="b",
        title="Salt",
        authors=("Ann Able",),
        created_by="owner",
        document_id="d",
        filename="a.txt",
        media_type=MediaType.TEXT,
        byte_size=1,
        sha256="0" * 64,
        staged_key="s",
        content_key="c",
        cover_key=None,
        cover=Cover(CoverKind.DRAWN),
        has_loan=has_loan,
    )


def test_owners_and_librarians_may_edit_and_read() -> None:
    allowed = [principal("owner"), principal("other", Role.LIBRARIAN), principal(None, Role.ADMIN)]
    refused = [principal("other"), principal(None)]
    for one in allowed:
        require_editor(one, book())
        require_reader(one, book_file(has_loan=False))
    for one in refused:
        with pytest.raises(NotAllowed):
            require_editor(one, book())
        with pytest.raises(LoanRequired):
            require_reader(one, book_file(has_loan=False))
        require_reader(one, book_file(has_loan=True))
    assert not may_edit(principal(None), None), "nobody owns what the house added"


def test_what_the_file_says_fills_only_what_is_missing() -> None:
    found = EmbeddedMetadata(title="Embedded", authors=("Someone",), language="fr", tags=("sea",))
    details = BookDetails(title="Given", tags=("mine",), copies_total=3).completed_by(found)
    assert details == BookDetails(title="Given", authors=("Someone",), language="fr", tags=("mine",), copies_total=3)


def test_describing_replaces_everything() -> None:
    one = book()
    one.describe(BookDetails(title="New", authors=("A",), tags=(" Sea", "sea")), NOW)
    assert one.details == BookDetails(title="New", authors=("A",), tags=("sea",))
    assert (one.id, one.document_id, one.created_by) == ("b", "d", "owner")


def test_tags_are_kept_once_in_lower_case() -> None:
    assert normalise_tags(("Sea", " sea ", "", "Île")) == ["sea", "île"]


@pytest.mark.parametrize(("text", "key"), [("Émile Zola", "emile zola"), ("  STRASSE  Straße ", "strasse strasse"), ("ﬁn", "fin")])
def test_search_keys_ignore_case_accents_and_ligatures(text: str, key: str) -> None:
    assert search_key(text) == key


def test_what_people_fill_in_comes_back_as_it_was() -> None:
    given_ones = BookDetails(
        title="Dawn",
        authors=("Ines Calloway", "Jo Reed"),
        isbn="9780306406157",
        language="de",
        published_year=1999,
        description="A long year begins.",
        tags=("sea", "war"),
        copies_total=3,
        series="The Long Year",
        series_index=1.5,
    )
    book = Book.from_details("b", "d", given_ones, "u", NOW)
    assert book.details == given_ones
    book.describe(BookDetails(title="Dusk"), NOW)
    assert (book.details, book.created_by) == (BookDetails(title="Dusk"), "u")


def test_languages_are_kept_as_codes_or_as_they_were_written() -> None:
    kept = [
        Book.from_details("b", "d", BookDetails(title="T", language=one), None, NOW).language
        for one in ("DE-at", "Klingonish", None)
    ]
    assert kept == ["de", "Klingonish", None]


@given(st.text())
def test_search_keys_are_stable(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


def test_a_place_in_a_series_needs_the_series() -> None:
    with pytest.raises(SeriesMissing):
        Book.from_details("b", "d", BookDetails(title="Dawn", series_index=2), None, NOW)
    details = BookDetails(title="Dawn", series="The Long Year", series_index=0)
    assert details.changed({"series": None}) == BookDetails(title="Dawn")
    assert details.changed({"series_index": 1.5}).series_index == 1.5
    assert details.changed({"series": "Another"}).series_index == 0


@pytest.mark.parametrize(
    ("series", "index", "expected"),
    [
        (None, None, ("The Long Year", 2.0)),
        ("the long year", None, ("the long year", 2.0)),
        ("Another", None, ("Another", None)),
        ("The Long Year", 0.0, ("The Long Year", 0.0)),
    ],
)
def test_a_file_completes_a_series_that_is_its_own(
    series: str | None, index: float | None, expected: tuple[str, float | None]
) -> None:
    found = EmbeddedMetadata(series="The Long Year", series_index=2.0)
    completed = BookDetails(title="Dawn", series=series, series_index=index).completed_by(found)
    assert (completed.series, completed.series_index) == expected


def test_books_without_a_series_come_behind_those_with_one() -> None:
    assert series_key("Ümit") < series_key("Zebra") < series_key(None)


def test_a_drawn_cover_has_another_name_when_its_words_change() -> None:
    drawn = book_file(has_loan=False)
    assert drawn.cover_name == replace(drawn, sha256="1" * 64).cover_name
    assert len({drawn.cover_name, replace(drawn, title="Sea").cover_name, replace(drawn, authors=()).cover_name}) == 3
    found = replace(drawn, cover=Cover(CoverKind.FOUND))
    assert found.cover_name == replace(found, title="Sea").cover_name
    with pytest.raises(CoverNotFound):
        _ = replace(drawn, cover=Cover(CoverKind.NONE)).cover_name
