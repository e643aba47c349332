"""Hints that something happened; the truth is in the database."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager


def topic_of(kind: str, tenant_id: str, owner_id: str | None = None) -> str:
    """Under which hints are given at rows of a log: at those of `owner_id`, or at all when it is None."""
    return f"{kind}:{tenant_id}" if owner_id is None else f"{kind}:{tenant_id}:{owner_id}"


class Subscription(ABC):
    """One listener's place at the bus; holds at most one pending hint, however many were published."""

    @abstractmethod
    async def wait(self, seconds: float) -> bool:
        """Waits for a hint, at most `seconds`. Says whether there was one; also returns when the bus closes."""


class EventBus(ABC):
    """Wakes those who wait for news of a topic, see `topic_of`."""

    @abstractmethod
    def publish(self, topic: str) -> None:
        """Wakes every listener of `topic`; never waits."""

    @abstractmethod
    def subscribe(self, *topics: str) -> AbstractContextManager[Subscription]:
        """Listens to all of `topics` until the context is left."""

    @abstractmethod
    def close(self) -> None:
        """Wakes everybody for the last time."""

    @property
    @abstractmethod
    def is_closed(self) -> bool:
        """Whether the server is going down, so that streams must end."""
