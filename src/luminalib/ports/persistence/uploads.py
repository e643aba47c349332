"""Files that come in pieces."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

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
    async def count_open(self, user_id: str) -> int:
        """How many uploads of a member have not become anything yet."""

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
