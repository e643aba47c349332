"""Passwords for devices."""

from abc import ABC, abstractmethod

from luminalib.domain.app_passwords import AppPassword


class AppPasswordRepository(ABC):
    """Passwords for devices."""

    @abstractmethod
    async def add(self, app_password: AppPassword) -> None:
        """Keeps a new one."""

    @abstractmethod
    async def find_by_digest(self, digest: str) -> AppPassword | None:
        """The one whose secret has this digest, if any."""

    @abstractmethod
    async def list(self, user_id: str) -> list[AppPassword]:
        """The account's, oldest first."""

    @abstractmethod
    async def remove(self, app_password: AppPassword) -> None:
        """Deletes one."""
