"""Files that come in pieces, by the tus 1.0 protocol: what has arrived stays, whatever happens to the connection."""

from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.errors import Conflict, Invalid, NotFound
from luminalib.domain.jobs import Job
from luminalib.domain.storage_keys import prefix_of

VERSION = "1.0.0"
"""Of the protocol."""
KEPT_FOR = timedelta(hours=24)
"""How long an unfinished upload waits for its next piece, and a finished one for questions about it."""
MAX_OPEN = 100
PARTS = "uploads/"
"""What the keys of pieces begin with."""
METADATA_MAX = 16 * 1024
PIECE_MIN = 64 * 1024
PIECES_OF_A_SMALL_FILE = 16
DELETE_UPLOAD = "delete_upload"


class UploadNotFound(NotFound):
    """There is no such upload, or it has expired. Begin anew with POST /uploads."""

    slug = "upload-not-found"


class WrongVersion(Invalid):
    """Send `Tus-Resumable: 1.0.0`, the version of the protocol that is spoken here."""

    slug = "wrong-tus-version"


class WrongOffset(Conflict):
    """The piece does not begin where the upload ends. Ask HEAD for the offset and send from there."""

    slug = "wrong-offset"


class TooManyUploads(Conflict):
    """Too many uploads are under way. Finish or delete one first."""

    slug = "too-many-uploads"


class PieceTooSmall(Invalid):
    """The piece is too small. Send larger ones; only the last may be of any size."""

    slug = "piece-too-small"


class MalformedMetadata(Invalid):
    """Upload-Metadata is not a list of `key base64value` pairs with a filename."""

    slug = "malformed-metadata"


@dataclass(eq=False, kw_only=True)
class Upload:
    """A file that is to have `length` bytes, of which `received` have arrived; once it is whole it becomes a document or book."""

    id: str
    user_id: str
    length: int
    received: int = 0
    filename: str
    metadata: dict[str, str] = field(default_factory=dict)
    created_at: datetime
    expires_at: datetime
    document_id: str | None = None
    book_id: str | None = None
    tenant_id: str = MAIN_TENANT

    @property
    def is_whole(self) -> bool:
        """Whether every byte has arrived."""
        return self.received == self.length

    @property
    def prefix(self) -> str:
        """What the keys of its pieces begin with."""
        return f"{prefix_of(self.tenant_id)}{PARTS}{self.id}/"

    @property
    def least_piece(self) -> int:
        """How small a piece may be that is not the last: each becomes an object of the storage and a row."""
        return max(1, min(PIECE_MIN, self.length // PIECES_OF_A_SMALL_FILE))

    def check_piece(self, offset: int, size: int) -> None:
        """Raises PieceTooSmall for `size` bytes from `offset` on; nothing is no piece."""
        if 0 < size < self.least_piece and offset + size < self.length:
            raise PieceTooSmall(min_bytes=self.least_piece)

    def check_offset(self, offset: int) -> None:
        """Raises WrongOffset unless the next piece begins here."""
        if offset != self.received:
            raise WrongOffset(offset=self.received)

    def take(self, size: int, at: datetime) -> None:
        """Counts a piece in; the upload lives on from now."""
        self.received += size
        self.expires_at = at + KEPT_FOR

    def become(self, document_id: str, book_id: str | None, at: datetime) -> None:
        """Notes what it became."""
        self.document_id, self.book_id, self.expires_at = document_id, book_id, at + KEPT_FOR


@dataclass(eq=False, kw_only=True)
class UploadPart:
    """A piece as it arrived: where it lies, how long it is, and its SHA-256, which is checked when the file is put together."""

    upload_id: str
    start: int
    key: str
    size: int
    sha256: str


def delete_upload(upload: Upload, tenant_id: str, at: datetime) -> Job:
    """Removes the pieces of an upload whose rows have gone."""
    return Job(name=DELETE_UPLOAD, payload={"prefix": upload.prefix}, tenant_id=tenant_id, run_at=at)


def parse_metadata(header: str) -> dict[str, str]:
    """The pairs of an `Upload-Metadata` header; a key without a value stands for the empty text. Raises MalformedMetadata."""
    if len(header) > METADATA_MAX:
        raise MalformedMetadata(f"Upload-Metadata is longer than {METADATA_MAX // 1024} KiB.")
    found: dict[str, str] = {}
    for pair in filter(None, (pair.strip() for pair in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = b64decode(value.strip(), validate=True).decode()
        except (Base64Error, UnicodeDecodeError) as error:
            raise MalformedMetadata from error
    return found
