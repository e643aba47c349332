"""A document: one uploaded file on its way through the pipeline."""

import hashlib
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from luminalib.domain.errors import Conflict, Invalid, LuminaError, NotFound
from luminalib.domain.media import MediaType
from luminalib.domain.storage_keys import DOCUMENTS, prefix_in


class DocumentStatus(StrEnum):
    """The states of the pipeline."""

    PENDING = "pending"
    PROCESSING = "processing"
    ANALYZING = "analyzing"
    COMPLETED = "completed"
    FAILED = "failed"


_S = DocumentStatus
LEGAL_STEPS = MappingProxyType(
    {
        _S.PENDING: frozenset({_S.PROCESSING, _S.PENDING, _S.FAILED}),
        _S.PROCESSING: frozenset({_S.ANALYZING, _S.PENDING, _S.FAILED}),
        _S.ANALYZING: frozenset({_S.COMPLETED, _S.PENDING, _S.FAILED}),
        _S.COMPLETED: frozenset({_S.PENDING}),
        _S.FAILED: frozenset({_S.PENDING}),
    }
)
"""Where each state may go. Back to pending: a retry, or new content."""

PROGRESS_AT = MappingProxyType({_S.PENDING: 0, _S.PROCESSING: 5, _S.ANALYZING: 60, _S.COMPLETED: 100})
"""The progress in percent with which a state begins; a failed document keeps what it had reached."""

PROGRESS_SPANS = MappingProxyType({_S.PROCESSING: (5, 59), _S.ANALYZING: (60, 99)})
"""The percents through which the pages that are read, then the parts that are analysed, move a document."""


class DocumentNotFound(NotFound):
    """There is no such document, or none that you may see."""

    slug = "document-not-found"


class DuplicateContent(Conflict):
    """The library already has a file with exactly these bytes."""

    slug = "duplicate-content"


class FileTooLarge(Invalid):
    """The file is larger than this library accepts."""

    slug = "file-too-large"


class NotFailed(Conflict):
    """Only a failed document is tried again."""

    slug = "not-failed"


class DocumentHasBook(Conflict):
    """The document is the file of a book. Change or remove the book."""

    slug = "document-has-book"


class EmptyFile(Invalid):
    """The file is empty. Choose one with content."""

    slug = "empty-file"


class IllegalStep(Conflict):
    """The document cannot go from its state to that one."""

    slug = "illegal-step"


class ExtractionFailed(LuminaError):
    """The text cannot be read out of the file, now or later: `code` says why in one word, the detail in a sentence.

    Codes: corrupt, encrypted, drm, no-text-layer, no-letters, xfa-form, portfolio, no-text, unsafe-xml, limit-pages, limit-text,
    limit-memory, limit-time,
    limit-expanded.
    """

    slug = "extraction-failed"

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        super().__init__(detail, code=code)


@dataclass(frozen=True, kw_only=True, slots=True)
class StagedFile:
    """A file that has arrived whole and lies under a staging key, measured and judged, but belongs to nothing yet.

    `is_counted` says that its account's share counts it already: as what an upload announced.
    """

    key: str
    filename: str
    media_type: MediaType
    byte_size: int
    sha256: str
    is_counted: bool = False


def claim_of(sha256: str, owner_id: str | None) -> str:
    """What one document of a tenant may have: in the catalogue the digest, else one of owner and digest; the house is ""."""
    return sha256 if owner_id is None else hashlib.sha256(f"{owner_id}:{sha256}".encode()).hexdigest()


@dataclass(eq=False, kw_only=True)
class Document:
    """One uploaded file. `staged_key` is where the bytes lay until they were promoted to `content_key`.

    `knowledge_path` names the file of the knowledge directory that it is a copy of, None for what members brought. The
    catalogue has each content once, and so has each member for themselves: `claim` is unique, see `claim_of`.
    """

    id: str
    filename: str
    media_type: MediaType
    byte_size: int
    sha256: str
    claim: str
    staged_key: str
    content_key: str
    uploaded_by: str | None
    created_at: datetime
    updated_at: datetime
    status: DocumentStatus = DocumentStatus.PENDING
    progress: int = 0
    error_code: str | None = None
    error_message: str | None = None
    page_count: int | None = None
    word_count: int | None = None
    language: str | None = None
    cover_key: str | None = None
    knowledge_path: str | None = None

    @classmethod
    def from_staged(
        cls, document_id: str, staged: StagedFile, uploaded_by: str | None, at: datetime, *, is_catalogued: bool = False
    ) -> "Document":
        """A new document for a file that has just arrived; `is_catalogued` when it is a book's."""
        return cls(
            id=document_id,
            filename=staged.filename,
            media_type=staged.media_type,
            byte_size=staged.byte_size,
            sha256=staged.sha256,
            claim=claim_of(staged.sha256, None if is_catalogued else uploaded_by or ""),
            staged_key=staged.key,
            content_key=f"{prefix_in(staged.key)}{DOCUMENTS}{document_id}/{staged.sha256[:16]}{staged.media_type.extension}",
            uploaded_by=uploaded_by,
            created_at=at,
            updated_at=at,
        )

    def replace_content(self, staged: StagedFile, at: datetime) -> DocumentStatus:
        """Takes another file in, back at the start of the pipeline; returns the state it came from."""
        fresh = Document.from_staged(self.id, staged, self.uploaded_by, at, is_catalogued=self.is_catalogued)
        previous = self.status
        for f in fields(self):
            if f.name not in ("id", "uploaded_by", "created_at", "knowledge_path"):
                setattr(self, f.name, getattr(fresh, f.name))
        return previous

    @property
    def is_catalogued(self) -> bool:
        """Whether the catalogue, not a member alone, has its content."""
        return self.claim == self.sha256

    def enter_catalogue(self) -> None:
        """Its content is the catalogue's from now on."""
        self.claim = claim_of(self.sha256, None)

    def retry(self, at: datetime) -> DocumentStatus:
        """Goes back to the start of the pipeline. Raises NotFailed."""
        if self.status is not DocumentStatus.FAILED:
            raise NotFailed(status=self.status.value)
        return self.move_to(DocumentStatus.PENDING, at)

    def advance(self, share: float, at: datetime) -> bool:
        """Takes over how much of its present state is done, 0.0 to 1.0; says whether that is news, in steps of whole percents."""
        begins, ends = PROGRESS_SPANS.get(self.status, (self.progress, self.progress))
        reached = int(begins + (ends - begins) * min(max(share, 0.0), 1.0))
        if reached <= self.progress:
            return False
        self.progress, self.updated_at = reached, at
        return True

    @property
    def key_for_cover(self) -> str:
        """Where a cover of the present content belongs."""
        return f"{self.content_key.rpartition('/')[0]}/cover-{self.sha256[:16]}.webp"

    @property
    def is_finished(self) -> bool:
        """Whether the pipeline is done with it, well or not."""
        return self.status in (DocumentStatus.COMPLETED, DocumentStatus.FAILED)

    def move_to(self, status: DocumentStatus, at: datetime, *, error: tuple[str, str] | None = None) -> DocumentStatus:
        """Takes a step of the pipeline and returns the state it came from. `error` is (code, sentence) and goes with `failed`.

        Raises IllegalStep for a step that the state machine does not have.
        """
        previous = self.status
        if status not in LEGAL_STEPS[previous]:
            raise IllegalStep(f"A document that is {previous} cannot become {status}.")
        self.status = status
        self.progress = PROGRESS_AT.get(status, self.progress)
        self.error_code, self.error_message = error or (None, None)
        self.updated_at = at
        return previous


@dataclass(eq=False, kw_only=True)
class DocumentEvent:
    """A row of the append-only log of what happened to documents; `id` grows in the order of commits.

    `previous` is None for the first event. `kind` is `status`, or `progress` for news between two states.
    """

    document_id: str
    book_id: str | None
    owner_id: str | None
    kind: str
    status: DocumentStatus
    previous: DocumentStatus | None
    progress: int
    at: datetime
    detail: str | None = None
    id: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentFilter:
    """Which documents a list shows: a member's own or all, in one state, with words in their name."""

    owner_id: str | None = None
    status: DocumentStatus | None = None
    q: str | None = None
