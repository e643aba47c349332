"""Keeping support grants."""

from abc import ABC, abstractmethod
from datetime import datetime

from luminalib.domain.auth import Session
from luminalib.domain.grants import Grant


class GrantRepository(ABC):
    """Grants for the tenant."""

    @abstractmethod
    async def add(self, grant: Grant, session: Session) -> None:
        """Keeps a new one, with the log-in of its guest account, which has been added before."""

    @abstractmethod
    async def find(self, grant_id: str) -> Grant | None:
        """The one with that id, if any; held until the unit ends."""

    @abstractmethod
    async def find_open(self, operator_id: str, now: datetime) -> Grant | None:
        """The operator's own that still works, if any."""

    @abstractmethod
    async def close_guests(self, now: datetime) -> None:
        """Closes the accounts of those whose grants are all over."""
