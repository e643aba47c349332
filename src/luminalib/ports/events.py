"""Hints that something happened; the truth is in the database."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager


class Subscription(ABC):
    """One listener's place at the bus; holds at most one pending hint, however many were published."""

    @abstractmethod
    async def wait(self, seconds: float) -> bool:
        """Waits for a hint, at most `seconds`. Says whether there was one; also returns when the bus closes."""


class EventBus(ABC):
    """Wakes those who wait for news of a topic such as `documents:main`."""

    @abstractmethod
    def publish(self, topic: str) -> None:
        """Wakes every listener of `topic`; never waits."""

    @abstractmethod
    def subscribe(self, topic: str) -> AbstractContextManager[Subscription]:
        """Listens to `topic` until the context is left."""

    @abstractmethod
    def close(self) -> None:
        """Wakes everybody for the last time."""

    @property
    @abstractmethod
    def is_closed(self) -> bool:
        """Whether the server is going down, so that streams must end."""
