from datetime import UTC, datetime
from typing import Any

import pytest

from luminalib.domain.tenant_files import (
    FORMAT,
    Manifest,
    TenantFileBroken,
    TenantFileNotForHere,
    moved,
    moved_key,
    objects_of,
)


def test_objects_move_with_their_library() -> None:
    (here, there) = (moved_key("documents/d/file.pdf", "main", slug) for slug in ("main", "seaside"))
    assert here == "documents/d/file.pdf"
    assert there != here
    assert there.endswith("documents/d/file.pdf")
    assert moved_key(there, "seaside", "main") == here
    assert moved_key("staging/x", "main", "main") == "staging/x"


@pytest.mark.parametrize("old", ["main", "seaside"])
@pytest.mark.parametrize(
    "key",
    [
        None,
        5,
        "",
        "documents/../secret",
        "documents/./x",
        "documents//x",
        "documents/",
        "/documents/d/x",
        "documents\\..\\x",
        "staging/a\\b",
        "uploads/u/0",
        "elsewhere/documents/d/x",
        "secret",
    ],
)
def test_a_file_names_no_objects_but_its_own(key: object, old: str) -> None:
    own = moved_key("documents/x", "main", old).removesuffix("documents/x")
    with pytest.raises(TenantFileBroken):
        moved_key(f"{own}{key}" if isinstance(key, str) else key, old, "main")


def test_a_library_s_keys_are_not_another_s() -> None:
    seaside = moved_key("documents/d/x", "main", "seaside")
    with pytest.raises(TenantFileBroken):
        moved_key(seaside, "mountain", "main")
    with pytest.raises(TenantFileBroken):
        moved_key("documents/d/x", "seaside", "main")


def test_of_each_document_the_keys_that_there_are() -> None:
    row: dict[str, Any] = {"content_key": "documents/d/x", "staged_key": "staging/x", "cover_key": None}
    assert objects_of(row) == [["documents/d/x", "staging/x"]]
    assert objects_of(row | {"cover_key": "documents/d/c"}) == [["documents/d/x", "staging/x"], ["documents/d/c"]]


def test_rows_move_with_their_library() -> None:
    row: dict[str, Any] = {"content_key": "documents/d/x", "staged_key": "staging/x", "cover_key": None, "id": "d"}
    there = moved("documents", row, "main", "seaside")
    assert there == row | {key: moved_key(row[key], "main", "seaside") for key in ("content_key", "staged_key")}
    assert moved("books", row, "main", "seaside") == row
    assert moved("app_passwords", {"id": "a"}, "main", "seaside") is None
    assert moved("app_passwords", {"id": "a"}, "main", "main") == {"id": "a"}
    with pytest.raises(TenantFileBroken):
        moved("documents", row | {"cover_key": "../../etc/passwd"}, "main", "seaside")


def test_operators_are_admins_in_a_library_of_its_own() -> None:
    operator: dict[str, object] = {"id": "u", "role": "operator"}
    assert moved("users", operator, "main", "seaside") == {"id": "u", "role": "admin"}
    assert moved("users", operator, "main", "main") == operator
    assert moved("users", {"id": "u", "role": "librarian"}, "main", "seaside") == {"id": "u", "role": "librarian"}


@pytest.mark.parametrize(
    ("number", "revision", "fits"), [(FORMAT, "0041", True), (FORMAT, "0040", False), (FORMAT + 1, "0041", False)]
)
def test_a_file_goes_where_its_schema_is(number: int, revision: str, *, fits: bool) -> None:
    made_at = datetime(2026, 1, 2, tzinfo=UTC)
    manifest = Manifest(format=number, product="0.1", revision=revision, slug="seaside", made_at=made_at, salt=None, members={})
    if fits:
        manifest.require_fit("0041")
    else:
        with pytest.raises(TenantFileNotForHere, match=f"schema {revision}"):
            manifest.require_fit("0041")
