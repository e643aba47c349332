import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luminalib.domain.filenames import safe_filename, title_from_filename
from luminalib.domain.media import MediaType


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
        ("x" * 300 + "." + "e" * 8, "x" * 246 + "." + "e" * 8),
        ("x" * 300 + "." + "e" * 9, "x" * 255),
        ("x." + "y" * 253, "x." + "y" * 253),
        ("." + "y" * 300, "." + "y" * 254),
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
