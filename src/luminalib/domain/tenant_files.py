"""A whole library in one file: what it holds, what it leaves out and why, and what changes where it arrives under another name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from luminalib.domain.auth import Role
from luminalib.domain.errors import Conflict, Invalid
from luminalib.domain.storage_keys import DOCUMENTS, STAGING, prefix_of

FORMAT = 1
MANIFEST, OBJECTS = "manifest.json", "objects"
"""The members of a file beside those with rows. The objects lie one behind the other, before each a line with its key and size."""

LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "sessions": "log-ins are of the installation that gave them",
        "one_time_links": "so are links that work once",
        "receipts": "answers to requests that may come again there, for a day",
        "jobs": "work is found again from what waits for it",
        "uploads": "files that have not arrived whole",
        "upload_parts": "their pieces",
        "webhook_messages": "what has been told stays with who told it",
        "webhook_deliveries": "and what is still to be told is told there",
        "webhook_attempts": "the log of that",
        "recommender_models": "trained anew",
        "intent_models": "learnt anew from the labels",
        "book_listings": "kept by triggers of the tables they are of",
        "catalogues": "likewise",
    }
)
"""Tables whose rows no file has, and why."""
LEFT_EMPTY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "catalogue_terms": ("books",),  # triggers count it up while rows come in
        "webhooks": ("worker", "lease_until"),  # whoever tells them is there, not here
    }
)
"""Columns that no file has, and why."""
SEALED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"webhooks": ("secret", "old_secret"), "webhook_sources": ("secret",), "crm_connections": ("token",)}
)
"""Columns with secrets of other systems. A file has them under a passphrase, or says only that there was one."""
WITHHELD = ""
"""What stands for a secret that a file does not have."""
HAS_OBJECTS = "documents"
"""The table whose rows have objects in the storage."""
STORAGE_KEYS = ("content_key", "staged_key", "cover_key")
"""Its columns with their keys."""
BY_NAME = frozenset({"app_passwords"})
"""Tables with secrets that name their library: under another name they would open nothing, so they do not come along."""

Row = dict[str, object]
"""A row as it stands in a file: by column, as JSON has it."""


class TenantFileBroken(Invalid):
    """The file is not whole, or not one that `luminalib tenant export` made."""

    slug = "tenant-file-broken"


class TenantFileNotForHere(Conflict):
    """The file was made by another version. Bring both installations to the same one, and export again."""

    slug = "tenant-file-not-for-here"


class FileNotUsable(Invalid):
    """The file cannot be read or written."""

    slug = "file-not-usable"


class SecretsClosed(Invalid):
    """The secrets in the file cannot be opened: the passphrase is missing, or not the one of the export."""

    slug = "secrets-closed"


class AlreadyHere(Conflict):
    """Something of this file is in this installation already, in another library: a copy of it was imported before."""

    slug = "already-here"


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A part of a file: its bytes, how many rows or objects it has, and its SHA-256."""

    size: int
    count: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What a file says of itself. `revision` is that of the schema, `salt` (hex) belongs to the passphrase."""

    format: int
    product: str
    revision: str
    slug: str
    made_at: datetime
    salt: str | None
    members: Mapping[str, Member]

    def require_fit(self, revision: str) -> None:
        """Raises TenantFileNotForHere unless an installation with this schema can take it."""
        if (self.format, self.revision) != (FORMAT, revision):
            raise TenantFileNotForHere(
                f"The file was made by LuminaLib {self.product} (format {self.format}, schema {self.revision}), and this"
                f" installation has format {FORMAT}, schema {revision}. Bring both to the same version, and export again."
            )


@dataclass(kw_only=True, slots=True)
class TenantReport:
    """What was exported or imported, with the bytes of its objects.

    `missing` are keys of objects that were not there, `to_set` tables and ids of what needs its secret anew.
    """

    slug: str
    rows: int = 0
    objects: int = 0
    size: int = 0
    missing: list[str] = field(default_factory=list)
    to_set: set[tuple[str, str]] = field(default_factory=set)


def rows_of(table: str) -> str:
    """The member with the rows of a table."""
    return f"rows/{table}.jsonl"


def objects_of(document: Row) -> list[list[str]]:
    """The keys of a document's objects; of several for one the first that there is. What has just come is not promoted yet."""
    content = [str(document["content_key"]), str(document["staged_key"])]
    return [content, [str(document["cover_key"])]] if document["cover_key"] else [content]


def moved_key(key: object, old: str, new: str) -> str:
    """Where an object of the library `old` belongs in `new`. Raises TenantFileBroken for what is no key of that library's."""
    own = key.removeprefix(prefix_of(old)) if isinstance(key, str) and key.startswith(prefix_of(old)) else ""
    parts = own.split("/")
    if not own.startswith((DOCUMENTS, STAGING)) or "\\" in own or {"", ".", ".."}.intersection(parts):
        raise TenantFileBroken(f"The file names an object that is not its own: {str(key)[:100]!r}.")
    return prefix_of(new) + own


def moved(table: str, row: Row, old: str, new: str) -> Row | None:
    """A row as it is in the library `new`; None for one that would be of no use there. Raises TenantFileBroken."""
    if table in BY_NAME and old != new:
        return None
    if table == HAS_OBJECTS:
        return row | {column: moved_key(row[column], old, new) for column in STORAGE_KEYS if row.get(column) is not None}
    if row.get("role") == Role.OPERATOR and prefix_of(new):
        return row | {"role": Role.ADMIN.value}  # operators are of the main library alone, where they may do what admins may
    return row
