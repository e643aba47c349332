"""Accounts and their log-ins."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

from luminalib.domain.auth import Session, User


class UserRepository(ABC):
    """Accounts of the tenant."""

    @abstractmethod
    async def add(self, user: User) -> None:
        """Keeps a new account. Leaving the unit of work raises EmailTaken when there is one with its address."""

    @abstractmethod
    async def find(self, user_id: str) -> User | None:
        """The account, if it exists."""

    @abstractmethod
    async def find_by_email(self, email: str) -> User | None:
        """The account with this normalised address, if there is one."""

    @abstractmethod
    async def admins(self) -> Sequence[User]:
        """The active admins of the tenant, by id; not held."""

    @abstractmethod
    async def has_admin(self, besides: str | None = None) -> bool:
        """Whether the tenant has an active admin, other than the account `besides`."""


class SessionRepository(ABC):
    """Log-ins."""

    @abstractmethod
    async def add(self, session: Session) -> None:
        """Keeps a new log-in."""

    @abstractmethod
    async def find(self, session_id: str) -> Session | None:
        """The log-in, if it exists; locked against parallel refreshes in a unit of work that writes."""

    @abstractmethod
    async def end_all(self, user_id: str, at: datetime, besides: str | None = None) -> None:
        """Ends the account's open log-ins, except `besides`."""

    @abstractmethod
    async def end_everybodys(self, at: datetime) -> None:
        """Ends all open log-ins of the tenant."""

    @abstractmethod
    async def prune(self, user_id: str, before: datetime, keep: int) -> None:
        """Deletes the account's log-ins that were over before then, and the oldest beyond `keep`."""
