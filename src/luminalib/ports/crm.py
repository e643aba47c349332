"""Other systems that keep contacts."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from luminalib.domain.crm import Changes, CrmKind, Rejected, RemoteContact, Told, VersionConflict


class Crm(ABC):
    """One system, spoken to with its own names of fields. All of it raises CrmUnavailable (`retry_after`) and Rejected."""

    @abstractmethod
    async def find_contact(self, email: str) -> RemoteContact | None:
        """The contact with that address, as it is now."""

    @abstractmethod
    async def put_contact(self, email: str, fields: Mapping[str, str], known: RemoteContact | None) -> RemoteContact:
        """Makes it, or changes the one that is `known`. Raises VersionConflict when there is one, or another version of it."""

    async def put_contacts(self, told: Sequence[Told]) -> Sequence[RemoteContact | VersionConflict | Rejected]:
        """What came of each, in the same order: one that is refused holds up no other."""
        return [await self._outcome(one) for one in told]

    async def _outcome(self, told: Told) -> RemoteContact | VersionConflict | Rejected:
        try:
            return await self.put_contact(told.email, told.fields, told.known)
        except (VersionConflict, Rejected) as reason:
            return reason

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
