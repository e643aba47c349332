"""The record of security events."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

from luminalib.domain.audit import AuditEvent


class AuditLog(ABC):
    """The append-only record of security events."""

    @abstractmethod
    async def append(self, event: AuditEvent) -> None:
        """Adds a row."""

    @abstractmethod
    async def addresses_of(self, user_id: str, limit: int) -> Sequence[str]:
        """Where the account was logged in from the last `limit` times."""

    @abstractmethod
    async def forget(self, before: datetime) -> None:
        """Deletes the rows from before then."""
