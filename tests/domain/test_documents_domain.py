from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luminalib.domain.documents import (
    LEGAL_STEPS,
    Document,
    DocumentStatus,
    ExtractionFailed,
    IllegalStep,
    NotFailed,
    StagedFile,
    claim_of,
)
from luminalib.domain.media import MediaType
from luminalib.domain.pipeline import (
    delete_files,
    index_document,
    lock_of,
    process_document,
    progress_event,
    status_event,
    sweep,
    train_recommender,
)
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


def test_each_member_and_the_catalogue_have_a_content_once() -> None:
    sha256 = "a" * 64
    mine, yours, house, ours = [
        Document.from_staged("d", staged(sha256), owner, NOW, is_catalogued=is_catalogued)
        for owner, is_catalogued in (("ada", False), ("ben", False), (None, False), ("ada", True))
    ]
    assert len({mine.claim, yours.claim, house.claim, ours.claim}) == 4
    assert Document.from_staged("e", staged(sha256), "ada", LATER).claim == mine.claim
    assert (ours.claim, ours.is_catalogued, mine.is_catalogued) == (sha256, True, False)
    mine.enter_catalogue()
    assert (mine.claim, mine.is_catalogued) == (ours.claim, True)


@pytest.mark.parametrize("is_catalogued", [True, False])
def test_new_content_belongs_to_whom_the_old_did(*, is_catalogued: bool) -> None:
    one = Document.from_staged("d", staged(), "ada", NOW, is_catalogued=is_catalogued)
    one.knowledge_path = "rules.txt"
    one.replace_content(staged("b" * 64), LATER)
    assert (one.is_catalogued, one.knowledge_path) == (is_catalogued, "rules.txt")
    assert one.claim == claim_of("b" * 64, None if is_catalogued else "ada")


@pytest.mark.parametrize("status", [*DocumentStatus])
def test_only_what_has_failed_is_tried_again(status: DocumentStatus) -> None:
    one = document(status)
    if status is DocumentStatus.FAILED:
        assert one.retry(LATER) is DocumentStatus.FAILED
        assert (one.status, one.progress, one.updated_at) == (DocumentStatus.PENDING, 0, LATER)
    else:
        with pytest.raises(NotFailed) as refused:
            one.retry(LATER)
        assert refused.value.facts == {"status": status.value}


def test_progress_goes_through_the_percents_of_its_state_and_never_back() -> None:
    one = document(DocumentStatus.PROCESSING)
    one.progress = 5
    for share, progress, is_news in ((0.0, 5, False), (0.5, 32, True), (0.5, 32, False), (0.2, 32, False), (-1.0, 32, False)):
        assert (one.advance(share, LATER), one.progress) == (is_news, progress)
    assert (one.advance(7.0, LATER), one.progress, one.updated_at) == (True, 59, LATER)
    one.move_to(DocumentStatus.ANALYZING, LATER)
    assert (one.advance(1.0, LATER), one.progress) == (True, 99)
    for status in (DocumentStatus.PENDING, DocumentStatus.FAILED, DocumentStatus.COMPLETED):
        rests = document(status)
        assert not rests.advance(1.0, LATER)
        assert rests.updated_at == NOW


def test_files_lie_where_their_content_says() -> None:
    one = Document.from_staged("d", staged("0123456789abcdef" * 4), "ada", NOW)
    assert (one.content_key, one.key_for_cover) == (
        "documents/d/0123456789abcdef.txt",
        "documents/d/cover-0123456789abcdef.webp",
    )


def test_why_text_cannot_be_read_is_a_word_and_a_sentence() -> None:
    failed = ExtractionFailed("drm", "It is locked.")
    assert (failed.code, failed.detail, failed.facts) == ("drm", "It is locked.", {"code": "drm"})


def test_a_document_s_jobs_keep_their_order_and_wait_once() -> None:
    one = document()
    process = process_document(one, "seaside", NOW)
    delete = delete_files("d", "seaside", NOW, key="documents/d/old")
    assert process.payload == {"document_id": "d", "content_key": one.content_key}
    assert delete.payload == {"document_id": "d", "key": "documents/d/old"}
    assert process.lock == delete.lock == lock_of("d")
    assert (process.queueing_lock, delete.queueing_lock) == (f"{lock_of('d')}:{one.sha256}", None), (
        "each content is read, each key deleted"
    )
    index = index_document("d", "seaside", NOW)
    assert index.lock == index.queueing_lock
    assert index.lock not in (None, process.lock), "it waits for no other work on the document"
    swept, trained = sweep("seaside", NOW), train_recommender("seaside", NOW)
    assert swept.queueing_lock
    assert trained.lock == trained.queueing_lock is not None
    assert {job.tenant_id for job in (process, delete, index, swept, trained)} == {"seaside"}
    assert {job.run_at for job in (process, delete, index, swept, trained)} == {NOW}


def test_news_of_a_document_say_from_where_to_where() -> None:
    one = document(DocumentStatus.ANALYZING)
    one.progress = 70
    status = status_event(one, "b", DocumentStatus.PROCESSING, LATER, "late")
    assert (status.kind, status.previous, status.status, status.detail) == ("status", "processing", "analyzing", "late")
    assert (status.owner_id, status.book_id, status.document_id) == ("owner", "b", "d")
    progress = progress_event(one, None, LATER)
    assert (progress.kind, progress.previous, progress.progress, progress.at) == ("progress", "analyzing", 70, LATER)


@given(st.lists(st.tuples(st.none() | st.text(), st.text()), max_size=20))
def test_every_section_lies_at_its_offset(texts: list[tuple[str | None, str]]) -> None:
    sections = sections_of(texts)
    whole = SECTION_BREAK.join(text for _, text in texts)
    assert [whole[section.start : section.end] for section in sections] == [text for _, text in texts]
    assert [section.page for section in sections] == list(range(1, len(texts) + 1))
