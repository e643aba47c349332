"""Files that come in pieces."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.uploads import Upload, UploadPart


class UploadRepository(ABC):
    """Uploads under way and just finished, with their pieces."""

    @abstractmethod
    async def add(self, upload: Upload) -> None:
        """Keeps a new upload."""

    @abstractmethod
    async def get(self, upload_id: str) -> Upload:
        """Raises UploadNotFound."""

    @abstractmethod
    async def count_open(self, user_id: str, now: datetime) -> int:
        """How many uploads of a member have not become anything yet, and still may."""

    @abstractmethod
    async def stored_bytes(self, user_id: str) -> int:
        """What a member has: the files of their documents, and what their open uploads announced."""

    @abstractmethod
    async def of_user(self, user_id: str) -> Sequence[Upload]:
        """All uploads of a member."""

    @abstractmethod
    async def list(self, page: PageRequest, user_id: str | None) -> Page[Upload]:
        """Uploads of a member, or of all when that is None; the newest first."""

    @abstractmethod
    async def add_part(self, part: UploadPart) -> None:
        """Keeps a piece."""

    @abstractmethod
    async def parts(self, upload_id: str) -> Sequence[UploadPart]:
        """The pieces in their order."""

    @abstractmethod
    async def expired(self, now: datetime) -> Sequence[Upload]:
        """Those whose time is over."""

    @abstractmethod
    async def remove(self, upload: Upload) -> None:
        """Deletes an upload with its pieces' rows."""
