from datetime import UTC, datetime, timedelta

import pytest

from luminalib.domain.documents import DocumentStatus
from luminalib.domain.inspection import STAGED_FOR, UNTOUCHED_FOR, FileRow, Inspection, compare, is_old, searched
from luminalib.domain.storage_keys import STAGING

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=100)
MOMENT = timedelta(microseconds=1)


def row(document_id: str = "d", status: DocumentStatus = DocumentStatus.COMPLETED, *, has_job: bool = False) -> FileRow:
    return FileRow(
        document_id=document_id,
        staged_key=f"{STAGING}{document_id}",
        content_key=f"documents/{document_id}/file",
        cover_key=f"documents/{document_id}/cover",
        status=status,
        has_job=has_job,
    )


@pytest.mark.parametrize("status", [*DocumentStatus])
def test_nobody_works_on_what_is_unfinished_and_has_no_job(status: DocumentStatus) -> None:
    is_over = status in (DocumentStatus.COMPLETED, DocumentStatus.FAILED)
    assert row(status=status).is_stranded is not is_over
    assert not row(status=status, has_job=True).is_stranded


@pytest.mark.parametrize(
    ("key", "kept"), [("documents/d/file", UNTOUCHED_FOR), ("uploads/u/0", UNTOUCHED_FOR), (f"{STAGING}d", STAGED_FOR)]
)
def test_what_is_young_may_still_get_its_row(key: str, kept: timedelta) -> None:
    assert not is_old(key, NOW - kept, NOW)
    assert is_old(key, NOW - kept - MOMENT, NOW)


def test_files_and_rows_are_held_against_each_other() -> None:
    rows = [
        row("whole"),
        row("staged"),
        row("lost"),
        row("idle", DocumentStatus.PROCESSING),
        row("busy", DocumentStatus.PROCESSING, has_job=True),
    ]
    there = ["documents/whole/file", "documents/whole/cover", f"{STAGING}staged", "documents/idle/file", "documents/busy/file"]
    pieces = ["uploads/u/0", "uploads/gone/0", "documents/nobody/file"]
    found = compare(((key, LONG_AGO) for key in [*there, *pieces]), iter(rows), frozenset({"uploads/u/0"}), NOW)
    assert (found.orphans, found.missing, found.stranded) == (["uploads/gone/0", "documents/nobody/file"], ["lost"], ["idle"])
    assert compare([("documents/nobody/file", NOW)], [], frozenset(), NOW).is_sound, "it is being written"


def test_a_library_is_sound_when_nothing_is_wrong() -> None:
    sound = Inspection(orphans=[], missing=[], stranded=[])
    assert sound.is_sound
    assert str(sound) == "0 files without a document, 0 documents without their file, 0 documents that nobody works on"
    for unsound in (
        Inspection(orphans=["key"], missing=[], stranded=[]),
        Inspection(orphans=[], missing=["d"], stranded=[]),
        Inspection(orphans=[], missing=[], stranded=["d"]),
        Inspection(orphans=[], missing=[], stranded=[], unindexed=["d"]),
        Inspection(orphans=[], missing=[], stranded=[], miscounted=["b"]),
        Inspection(orphans=[], missing=[], stranded=[], books_off=1),
    ):
        assert not unsound.is_sound
    off = Inspection(orphans=[], missing=[], stranded=[], unindexed=["d"], books_off=1)
    assert str(off).endswith("1 whose passages are not in the index as they are, 0 books with wrong counts")
    assert str(Inspection(orphans=[], missing=[], stranded=[], miscounted=["b"])).endswith(", 1 books with wrong counts")


def test_every_prefix_of_a_tenant_is_looked_through() -> None:
    assert searched("main") == ["documents/", "uploads/", "staging/"]
    assert all("elsewhere" in prefix for prefix in searched("elsewhere"))
