import re
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
    may_edit,
    normalise_isbn,
    normalise_tags,
    require_editor,
    require_reader,
    safe_filename,
    search_key,
    title_from_filename,
)
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
        created_by="owner",
        document_id="d",
        filename="a.txt",
        media_type=MediaType.TEXT,
        byte_size=1,
        sha256="0" * 64,
        staged_key="s",
        content_key="c",
        cover_key=None,
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


@given(st.text())
def test_search_keys_are_stable(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\evil.pdf", "evil.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("line\r\nX-Evil: 1.pdf", "lineX-Evil: 1.pdf"),
        (" lead.pdf ", "lead.pdf"),
        ("résumé 書籍 📚.pdf", "résumé 書籍 📚.pdf"),
        ("", "unnamed.pdf"),
        ("..", "unnamed.pdf"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
    ],
)
def test_file_names_are_made_safe(raw: str, safe: str) -> None:
    assert safe_filename(raw, MediaType.PDF) == safe


@given(st.text())
def test_no_file_name_is_dangerous(raw: str) -> None:
    safe = safe_filename(raw, MediaType.TEXT)
    assert 0 < len(safe) <= 255
    assert not re.search(r"[\x00-\x1f/\\\u202a-\u202e]", safe)
    assert safe.strip(". ")
    safe.encode()


@pytest.mark.parametrize(
    ("name", "title"), [("The_Salt_Road.txt", "The Salt Road"), (".pdf", ".pdf"), ("plain", "plain"), ("_.txt", "_.txt")]
)
def test_titles_come_from_file_names(name: str, title: str) -> None:
    assert title_from_filename(name) == title
