"""Where book files lie."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from luminalib.domain.errors import NotFound, Unavailable


class ObjectMissing(NotFound):
    """The file is not in the storage."""

    slug = "file-missing"


class StorageUnavailable(Unavailable):
    """The file storage does not answer, or is full."""

    slug = "storage-unavailable"


class StorageFull(StorageUnavailable):
    """The library's disk is nearly full. Ask its admin to free some space or to remove what is not needed, then try again."""

    slug = "insufficient-storage"


@dataclass(frozen=True, kw_only=True, slots=True)
class Space:
    """How many bytes the storage can still take, and how many it has altogether."""

    free: int
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredObject:
    """An object as the storage lists it; `size` in bytes, `modified_at` in UTC."""

    key: str
    size: int
    modified_at: datetime


class StorageProvider(ABC):
    """Keeps objects under keys such as `books/<id>/content.pdf` (relative, `/`-separated).

    An object is written whole or not at all: a reader never sees half of one, also after a power cut. Every method raises
    StorageUnavailable when the storage cannot do its work, and ValueError for a key that is absolute, empty or has `..` in it.
    """

    @abstractmethod
    async def put(self, key: str, chunks: AsyncIterable[bytes]) -> None:
        """Writes a stream under `key`, replacing what was there. An error of `chunks` is passed on and leaves nothing behind."""

    @abstractmethod
    async def promote(self, staged: str, key: str) -> None:
        """Moves an object to its final key. Does nothing when it was moved already. Raises ObjectMissing when neither exists."""

    @abstractmethod
    def read(self, key: str, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` up to, not including, `stop` (the end by default), in chunks. Raises ObjectMissing."""

    @abstractmethod
    async def stat(self, key: str) -> StoredObject:
        """Facts about one object. Raises ObjectMissing."""

    @abstractmethod
    async def delete(self, key: str) -> None:
        """Removes an object; nothing happens when it is not there."""

    @abstractmethod
    def list(self, prefix: str = "") -> AsyncIterator[StoredObject]:
        """All objects whose key begins with `prefix`, in no promised order."""

    @abstractmethod
    def local_file(self, key: str) -> AbstractAsyncContextManager[Path]:
        """A path in the local file system to read the object from while the context is open. Raises ObjectMissing."""

    @abstractmethod
    async def space(self) -> Space | None:
        """What is left; None where nobody can tell."""

    @abstractmethod
    async def check(self) -> None:
        """Returns when the storage can be read and written; raises StorageUnavailable with what to do otherwise."""
