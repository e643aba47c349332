"""Taking a whole tenant out of the database and into another, and the file between them."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from luminalib.domain.tenant_files import Row
from luminalib.ports.sealing import Sealer

SealerOf = Callable[[str, bytes], Sealer]
"""Seals under a passphrase, with a salt."""


class TenantSnapshot(ABC):
    """All rows of a tenant as they were at one moment."""

    @abstractmethod
    def rows(self, table: str) -> AsyncIterator[Sequence[Row]]:
        """The rows of a table in parts, in the order of their key. Raises Unavailable."""


class TenantArrival(ABC):
    """A tenant that is coming in; nobody sees anything of it before the end."""

    @abstractmethod
    async def write(self, table: str, rows: Sequence[Row]) -> None:
        """Writes rows, the tables in the order of TenantRows. Raises TenantFileBroken, AlreadyHere, SlugTaken."""

    @abstractmethod
    async def finish(self) -> None:
        """Sets what could not be known before, and sees that nothing refers to another tenant's. Raises TenantFileBroken."""


class TenantRows(ABC):
    """The database, as whole tenants go through it."""

    @property
    @abstractmethod
    def revision(self) -> str:
        """The version of the schema."""

    @property
    @abstractmethod
    def tables(self) -> Sequence[str]:
        """The tables whose rows are taken along, those first that others refer to."""

    @abstractmethod
    def check(self, table: str, row: Row) -> None:
        """Whether this could be a row of that table. Raises TenantFileBroken."""

    @abstractmethod
    def snapshot(self, tenant_id: str) -> AbstractAsyncContextManager[TenantSnapshot]:
        """Opens one moment of a tenant; others go on meanwhile. Raises Unavailable."""

    @abstractmethod
    def arrival(self, tenant_id: str) -> AbstractAsyncContextManager[TenantArrival]:
        """Begins to take a tenant in: it is there as a whole once the block is left without an error. Raises Unavailable."""


class TenantFileWriter(ABC):
    """A file that is being written; it has its name once the block that opened it is left without an error."""

    @abstractmethod
    async def add(self, member: str, pieces: AsyncIterable[bytes]) -> None:
        """Writes a member. An error of `pieces` is passed on. Raises FileNotUsable."""


class TenantFileReader(ABC):
    """A file that may be anything."""

    @property
    @abstractmethod
    def sizes(self) -> Mapping[str, int]:
        """Its members with their bytes; none takes more room than it has in the file."""

    @abstractmethod
    def read(self, member: str) -> AsyncIterator[bytes]:
        """The bytes of a member in pieces. Raises TenantFileBroken, FileNotUsable."""


class TenantFiles(ABC):
    """How such files are opened."""

    @abstractmethod
    def writing(self, path: Path) -> AbstractAsyncContextManager[TenantFileWriter]:
        """Opens a new file, readable by its owner only. Raises FileNotUsable, also where one of that name is."""

    @abstractmethod
    def reading(self, path: Path) -> AbstractAsyncContextManager[TenantFileReader]:
        """Opens a file. Raises TenantFileBroken, FileNotUsable."""
