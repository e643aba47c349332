from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luminalib.domain.documents import LEGAL_STEPS, Document, DocumentStatus, IllegalStep, StagedFile
from luminalib.domain.media import MediaType
from luminalib.domain.texts import SECTION_BREAK, sections_of

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


def staged(sha256: str = "a" * 64) -> StagedFile:
    return StagedFile(key="staging/x", filename="a.txt", media_type=MediaType.TEXT, byte_size=3, sha256=sha256)


def document(status: DocumentStatus = DocumentStatus.PENDING, word_count: int | None = None) -> Document:
    made = Document.from_staged("d", staged(), "owner", NOW)
    made.status, made.word_count = status, word_count
    return made


def test_a_document_goes_its_way() -> None:
    one = document()
    way = [DocumentStatus.PROCESSING, DocumentStatus.ANALYZING, DocumentStatus.COMPLETED]
    assert [(one.move_to(status, LATER), one.progress) for status in way] == [
        ("pending", 5),
        ("processing", 60),
        ("analyzing", 100),
    ]
    assert one.is_finished
    assert one.updated_at == LATER


@pytest.mark.parametrize("start", DocumentStatus)
@pytest.mark.parametrize("target", DocumentStatus)
def test_only_legal_steps_are_taken(start: DocumentStatus, target: DocumentStatus) -> None:
    one = document(start)
    if target in LEGAL_STEPS[start]:
        assert one.move_to(target, LATER) is start
        assert one.status is target
    else:
        with pytest.raises(IllegalStep):
            one.move_to(target, LATER)
        assert one.status is start


def test_a_failure_keeps_its_reason_until_the_next_try() -> None:
    one = document(DocumentStatus.PROCESSING)
    one.progress = 30
    one.move_to(DocumentStatus.FAILED, LATER, error=("corrupt", "It is damaged."))
    assert (one.error_code, one.error_message, one.progress) == ("corrupt", "It is damaged.", 30)
    one.move_to(DocumentStatus.PENDING, LATER)
    assert (one.error_code, one.error_message, one.progress) == (None, None, 0)


def test_new_content_starts_anew_under_the_same_id() -> None:
    one = document(DocumentStatus.COMPLETED, word_count=7)
    assert one.replace_content(staged("b" * 64), LATER) is DocumentStatus.COMPLETED
    assert (one.id, one.uploaded_by, one.created_at) == ("d", "owner", NOW)
    assert (one.sha256, one.status, one.word_count, one.updated_at) == ("b" * 64, DocumentStatus.PENDING, None, LATER)
    assert "b" * 16 in one.content_key


@given(st.lists(st.tuples(st.none() | st.text(), st.text()), max_size=20))
def test_every_section_lies_at_its_offset(texts: list[tuple[str | None, str]]) -> None:
    sections = sections_of(texts)
    whole = SECTION_BREAK.join(text for _, text in texts)
    assert [whole[section.start : section.end] for section in sections] == [text for _, text in texts]
    assert [section.page for section in sections] == list(range(1, len(texts) + 1))
