"""Time, so that due dates, expiry and leases are tested without sleeping."""

from abc import ABC, abstractmethod
from datetime import datetime


class Clock(ABC):
    """Tells the time."""

    @abstractmethod
    def now(self) -> datetime:
        """The current instant, timezone-aware, in UTC."""
