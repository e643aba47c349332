from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest

from luminalib.domain.uploads import (
    DELETE_UPLOAD,
    KEPT_FOR,
    METADATA_MAX,
    PIECE_MIN,
    MalformedMetadata,
    PieceTooSmall,
    Upload,
    WrongOffset,
    delete_upload,
    parse_metadata,
)

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def upload(length: int, received: int = 0) -> Upload:
    return Upload(id="u", user_id="ada", length=length, received=received, filename="a", created_at=NOW, expires_at=NOW + KEPT_FOR)


@pytest.mark.parametrize(
    ("length", "least"),
    [(1, 1), (10, 1), (31, 1), (32, 2), (1600, 100), (2**20, PIECE_MIN), (2**20 - 16, PIECE_MIN - 1), (2**40, PIECE_MIN)],
)
def test_the_least_piece_is_a_sixteenth_or_64_kib(length: int, least: int) -> None:
    assert upload(length).least_piece == least


def test_pieces_are_large_enough_or_the_last() -> None:
    one = upload(1600)
    for offset, size in ((0, 0), (0, 100), (0, 1600), (1599, 1), (1501, 99), (1400, 100)):
        one.check_piece(offset, size)
    for offset, size in ((0, 1), (0, 99), (1500, 99)):
        with pytest.raises(PieceTooSmall) as refused:
            one.check_piece(offset, size)
        assert refused.value.facts == {"min_bytes": 100}


def test_pieces_begin_where_the_last_one_ended_and_keep_the_upload_alive() -> None:
    one = upload(100, received=40)
    one.check_offset(40)
    for offset in (39, 41, 0):
        with pytest.raises(WrongOffset) as refused:
            one.check_offset(offset)
        assert refused.value.facts == {"offset": 40}
    assert not one.is_whole
    one.take(60, NOW + timedelta(hours=1))
    assert (one.received, one.is_whole, one.expires_at) == (100, True, NOW + timedelta(hours=1) + KEPT_FOR)
    one.become("d", "b", NOW + timedelta(hours=2))
    assert (one.document_id, one.book_id, one.expires_at) == ("d", "b", NOW + timedelta(hours=2) + KEPT_FOR)
    assert timedelta(hours=24) == KEPT_FOR


def test_the_job_that_deletes_pieces_names_where_they_lie() -> None:
    job = delete_upload(upload(1), "main", NOW)
    assert (job.name, job.payload, job.tenant_id, job.run_at) == (DELETE_UPLOAD, {"prefix": "uploads/u/"}, "main", NOW)


def test_metadata_are_pairs_in_base64() -> None:
    value = b64encode("Zoë, or The Sea.txt".encode()).decode()
    assert parse_metadata(f"filename {value},  is_draft , ,kind Ym9vaw==") == {
        "filename": "Zoë, or The Sea.txt",
        "is_draft": "",
        "kind": "book",
    }
    assert parse_metadata("") == {}
    assert parse_metadata("x ".ljust(METADATA_MAX - 4) + "QUJD") == {"x": "ABC"}
    with pytest.raises(MalformedMetadata, match="longer than 16 KiB"):
        parse_metadata("x " + "A" * (METADATA_MAX - 1))
    for wrong in ("filename !!!", "filename /w==", "filename a b"):
        with pytest.raises(MalformedMetadata):
            parse_metadata(wrong)
