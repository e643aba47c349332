"""Links that work once."""

from abc import ABC, abstractmethod
from datetime import datetime

from luminalib.domain.one_time_links import LinkKind, OneTimeLink


class OneTimeLinkRepository(ABC):
    """Links that work once."""

    @abstractmethod
    async def add(self, link: OneTimeLink) -> None:
        """Keeps a new one."""

    @abstractmethod
    async def find(self, kind: LinkKind, digest: str) -> OneTimeLink | None:
        """The one of that kind whose secret has this digest, if any; held until the unit ends."""

    @abstractmethod
    async def get(self, kind: LinkKind, link_id: str) -> OneTimeLink | None:
        """The one of that kind with that id, if any; held until the unit ends."""

    @abstractmethod
    async def count_open(self, kind: LinkKind, now: datetime) -> int:
        """How many of that kind still work."""

    @abstractmethod
    async def remove(self, link: OneTimeLink) -> None:
        """Deletes one."""

    @abstractmethod
    async def forget(self, user_id: str) -> None:
        """Deletes all that would reset this account's password."""

    @abstractmethod
    async def prune(self, before: datetime) -> None:
        """Deletes those that expired before then."""
