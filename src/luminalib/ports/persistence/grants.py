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
        """The operator's own that nobody has ended and whose time is not over, if any."""

    @abstractmethod
    async def of_guest(self, user_id: str, session_id: str) -> Grant | None:
        """The one by which a guest account acts with this log-in, if any."""

    @abstractmethod
    async def close_guests(self, now: datetime) -> None:
        """Closes the accounts of those whose grants are all over."""
