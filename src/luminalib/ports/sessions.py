"""The one look-up that each request makes."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from luminalib.domain.auth import Account


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenSession:
    """A log-in as a request needs to know it; times in UTC. `plan` is the tenant's, `acting_from`: see Session."""

    tenant_id: str
    expires_at: datetime
    ended_at: datetime | None
    account: Account
    plan: str | None
    acting_from: str | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether its tokens still work."""
        return self.ended_at is None and now < self.expires_at


class SessionLookup(ABC):
    """Finds sessions by one indexed read past the unit of work: it is asked on every request."""

    @abstractmethod
    async def find(self, session_id: str) -> OpenSession | None:
        """The log-in and its account as they are at this moment, in any tenant. Raises Unavailable."""

    @abstractmethod
    async def find_all(self, session_ids: Collection[str]) -> Mapping[str, OpenSession]:
        """Those of these log-ins that there are, by their ids. Raises Unavailable."""
