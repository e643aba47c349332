"""Other systems that keep contacts."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

from luminalib.domain.crm import Changes, CrmKind, RemoteContact


class Crm(ABC):
    """One system, spoken to with its own names of fields. All of it raises CrmUnavailable (`retry_after`) and Rejected."""

    @abstractmethod
    async def find_contact(self, email: str) -> RemoteContact | None:
        """The contact with that address, as it is now."""

    @abstractmethod
    async def put_contact(self, email: str, fields: Mapping[str, str], known: RemoteContact | None) -> RemoteContact:
        """Makes it, or changes the one that is `known`. Raises VersionConflict when there is one, or another version of it."""

    @abstractmethod
    async def list_changes(self, cursor: str | None, limit: int) -> Changes:
        """What has changed since the cursor, also what we have changed; from the beginning without one."""


class CrmDirectory(ABC):
    """Knows how to speak to each kind."""

    @abstractmethod
    def open(self, kind: CrmKind, url: str | None, token: str | None, mapping: Mapping[str, str]) -> Crm:
        """The system at `url` (its usual address without one), for which `token` is the pass."""

    @abstractmethod
    def require_allowed(self, url: str) -> None:
        """Raises AddressRefused for an address that can be seen to be inside of the own network."""
