"""The real clock."""

from datetime import UTC, datetime

from luminalib.ports.clock import Clock


class SystemClock(Clock):
    """The time of this machine."""

    def now(self) -> datetime:
        """See Clock."""
        return datetime.now(UTC)
