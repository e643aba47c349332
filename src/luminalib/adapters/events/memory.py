"""An event bus within one process."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from luminalib.ports.events import EventBus, Subscription


class MemorySubscription(Subscription):
    """A flag that a hint raises."""

    def __init__(self) -> None:
        self.flag = asyncio.Event()

    async def wait(self, seconds: float) -> bool:
        """See Subscription."""
        try:
            async with asyncio.timeout(seconds):
                await self.flag.wait()
        except TimeoutError:
            return False
        self.flag.clear()
        return True


class MemoryEventBus(EventBus):
    """Listeners of this process, by topic."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[MemorySubscription]] = defaultdict(set)
        self._closed = False

    @property
    def is_closed(self) -> bool:
        """See EventBus."""
        return self._closed

    def publish(self, topic: str) -> None:
        """See EventBus."""
        for listener in self._listeners.get(topic, ()):
            listener.flag.set()

    @contextmanager
    def subscribe(self, *topics: str) -> Iterator[Subscription]:
        """See EventBus."""
        listener = MemorySubscription()
        for topic in topics:
            self._listeners[topic].add(listener)
        try:
            yield listener
        finally:
            for topic in topics:
                self._listeners[topic].discard(listener)
                if not self._listeners[topic]:
                    del self._listeners[topic]

    def close(self) -> None:
        """See EventBus."""
        self._closed = True
        for topic in list(self._listeners):
            self.publish(topic)
