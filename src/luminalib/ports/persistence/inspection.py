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

    @abstractmethod
    async def miscounted(self) -> list[str]:
        """Ids of books whose kept numbers are not what a recount of loans, holds and reviews gives. Looks at each book."""

    @abstractmethod
    async def books_off(self) -> int:
        """By how much the kept numbers of books, in all and of each name, series and tag, are wrong."""

    @abstractmethod
    async def recount(self, book_ids: Sequence[str]) -> None:
        """Puts a recount in place of the kept numbers of these books, and of the number of books."""
