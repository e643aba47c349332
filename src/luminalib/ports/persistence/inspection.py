"""Everything that names an object of the storage."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from luminalib.domain.inspection import FileRow


class FileIndex(ABC):
    """What the database says lies in the storage."""

    @abstractmethod
    async def documents(self) -> Sequence[FileRow]:
        """The files of all documents."""

    @abstractmethod
    async def parts(self) -> frozenset[str]:
        """The keys of the pieces of uploads under way."""
