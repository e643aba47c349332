"""The jobs and events by which a document travels, made in one place so that all features say the same."""

from datetime import datetime

from luminalib.domain.documents import Document, DocumentEvent, DocumentStatus
from luminalib.domain.jobs import Job

PROCESS_DOCUMENT = "process_document"
DELETE_FILES = "delete_files"
SWEEP = "sweep"
TRAIN_RECOMMENDER = "train_recommender"
INDEX_DOCUMENT = "index_document"


def lock_of(document_id: str) -> str:
    """What a document's jobs lock, so that they run one after another."""
    return f"document:{document_id}"


def process_document(document: Document, tenant_id: str, at: datetime) -> Job:
    """Reads and analyses the content that the document has now; content that comes later has a job of its own."""
    lock = lock_of(document.id)
    return Job(
        name=PROCESS_DOCUMENT,
        payload={"document_id": document.id, "content_key": document.content_key},
        tenant_id=tenant_id,
        run_at=at,
        lock=lock,
        queueing_lock=f"{lock}:{document.sha256}",
    )


def index_document(document_id: str, tenant_id: str, at: datetime) -> Job:
    """Brings passages and index to what is true of a document by then: its text, who may find it, or that it has gone."""
    lock = f"passages:{document_id}"
    payload = {"document_id": document_id}
    return Job(name=INDEX_DOCUMENT, payload=payload, tenant_id=tenant_id, run_at=at, lock=lock, queueing_lock=lock)


def delete_files(document_id: str, tenant_id: str, at: datetime, *, key: str) -> Job:
    """Removes the object `key`, and all of the document's own when the document is gone."""
    payload = {"document_id": document_id, "key": key}
    return Job(name=DELETE_FILES, payload=payload, tenant_id=tenant_id, run_at=at, lock=lock_of(document_id))


def sweep(tenant_id: str, at: datetime) -> Job:
    """Removes what nothing needs any more: uploads that were cut off, old security events."""
    return Job(name=SWEEP, payload={}, tenant_id=tenant_id, run_at=at, queueing_lock=SWEEP)


def status_event(
    document: Document, book_id: str | None, previous: DocumentStatus | None, at: datetime, detail: str | None = None
) -> DocumentEvent:
    """The news that a document has come to its present state."""
    return _event(document, book_id, "status", previous, at, detail)


def progress_event(document: Document, book_id: str | None, at: datetime) -> DocumentEvent:
    """The news that a document has come further within its state."""
    return _event(document, book_id, "progress", document.status, at, None)


def _event(
    document: Document, book_id: str | None, kind: str, previous: DocumentStatus | None, at: datetime, detail: str | None
) -> DocumentEvent:
    return DocumentEvent(
        document_id=document.id,
        book_id=book_id,
        owner_id=document.uploaded_by,
        kind=kind,
        status=document.status,
        previous=previous,
        progress=document.progress,
        at=at,
        detail=detail,
    )


def train_recommender(tenant_id: str, at: datetime) -> Job:
    """Has the recommender learn from all that members did; requests that wait become one."""
    lock = f"{TRAIN_RECOMMENDER}:{tenant_id}"
    return Job(name=TRAIN_RECOMMENDER, payload={}, tenant_id=tenant_id, run_at=at, lock=lock, queueing_lock=lock)
