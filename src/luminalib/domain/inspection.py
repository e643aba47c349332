"""What does not fit together: files that belong to nothing, documents whose file or work is missing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from luminalib.domain.documents import DocumentStatus
from luminalib.domain.storage_keys import DOCUMENTS, STAGING, prefix_of
from luminalib.domain.uploads import PARTS

UNTOUCHED_FOR = timedelta(hours=1)
"""A younger object may belong to a transaction that has not committed yet."""
STAGED_FOR = timedelta(days=1)
"""No upload takes longer; what is staged and older belongs to one that was cut off."""


def searched(tenant_id: str) -> list[str]:
    """The prefixes under which every object belongs to a row of the tenant."""
    return [prefix_of(tenant_id) + kind for kind in (DOCUMENTS, PARTS, STAGING)]


@dataclass(frozen=True, kw_only=True, slots=True)
class FileRow:
    """What the database knows of a document's file, and whether a job waits for it or works on it."""

    document_id: str
    staged_key: str
    content_key: str
    cover_key: str | None
    status: DocumentStatus
    has_job: bool

    @property
    def is_stranded(self) -> bool:
        """Whether nobody will ever finish it."""
        return self.status not in (DocumentStatus.COMPLETED, DocumentStatus.FAILED) and not self.has_job


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspection:
    """What was found: keys of objects without a row, documents without their object, documents that nobody works on.

    `unindexed` are documents that the index of passages does not hold as the database has them.
    `miscounted` are the books whose kept numbers (loans, holds, ratings, status) are not what a recount gives, `books_off` by how
    much the kept numbers of books, in all and of each name and tag, are wrong.
    """

    orphans: list[str]
    missing: list[str]
    stranded: list[str]
    unindexed: list[str] = field(default_factory=list)
    miscounted: list[str] = field(default_factory=list)
    books_off: int = 0

    @property
    def is_sound(self) -> bool:
        """Whether everything fits together."""
        faults = (self.orphans, self.missing, self.stranded, self.unindexed, self.miscounted)
        return not (any(faults) or self.books_off)

    def __str__(self) -> str:
        behind = f", {len(self.unindexed)} whose passages are not in the index as they are" if self.unindexed else ""
        miscounted = f", {len(self.miscounted)} books with wrong counts" if self.miscounted or self.books_off else ""
        return (
            f"{len(self.orphans)} files without a document, {len(self.missing)} documents without their file,"
            f" {len(self.stranded)} documents that nobody works on{behind}{miscounted}"
        )


def is_old(key: str, modified_at: datetime, now: datetime) -> bool:
    """Whether an object that has no row has had the time to get one."""
    return modified_at < now - (STAGED_FOR if STAGING in key else UNTOUCHED_FOR)


def compare(objects: Iterable[tuple[str, datetime]], rows: Iterable[FileRow], parts: frozenset[str], now: datetime) -> Inspection:
    """Holds the storage's objects (key, time of the last change) against the documents' and uploads' rows.

    The objects must have been listed before the rows were read, or what came in between would look like an orphan.
    """
    rows = list(rows)
    known = parts | {key for row in rows for key in (row.staged_key, row.content_key, row.cover_key) if key}
    keys = dict(objects)
    return Inspection(
        orphans=[key for key, modified_at in keys.items() if key not in known and is_old(key, modified_at, now)],
        missing=[row.document_id for row in rows if row.content_key not in keys and row.staged_key not in keys],
        stranded=[row.document_id for row in rows if row.is_stranded],
    )
