"""Following a log: rows after an id, then each as it is written."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from luminalib.ports.events import EventBus

RECHECK_SECONDS = 2.0
"""How long a follower trusts that no hint means no news: another process may have written without one."""
BATCH = 100
"""How many rows are read at once."""

T = TypeVar("T")
Rows = Sequence[tuple[int, T]]


class Followers(Generic[T]):
    """All who follow one kind of log. A hint wakes a thousand of them at once, and one read serves those who want the same rows."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._reads: dict[tuple[str, int], _SharedRead[T]] = {}

    async def follow(
        self, topic: str, whose: str | None, start: Callable[[], Awaitable[int]], read: Callable[[int], Awaitable[Rows[T]]]
    ) -> AsyncIterator[T | None]:
        """What `read` finds after the id that `start` gives, then what is new at each hint, until the server goes down.

        `read` gives the next rows with their ids, at most BATCH; it must find the same for everybody with the same `topic` and
        `whose`. Yields None when there was no news for a while, so that the caller may look whether anybody still listens. Rows are
        read when the listener asks for them: a slow one costs no buffer.
        """
        with self._bus.subscribe(topic) as subscription:
            last = await start()
            is_hinted = True
            while not self._bus.is_closed:
                news = await self._shared((f"{topic} {whose}", last), read, 0.0 if is_hinted else RECHECK_SECONDS / 2)
                for number, row in news:
                    last = number
                    yield row
                if len(news) < BATCH:  # a hint that came since the reading began is still there
                    is_hinted = await subscription.wait(RECHECK_SECONDS)
                if not is_hinted:
                    yield None

    async def _shared(self, key: tuple[str, int], read: Callable[[int], Awaitable[Rows[T]]], patience: float) -> Rows[T]:
        """The rows of a read that begins from now on, or that began at most `patience` seconds ago."""
        now = asyncio.get_running_loop().time()
        found = self._reads.get(key)
        if found is None or now - found.begun >= patience:  # a loop's clock may stand still for a millisecond
            found = self._reads[key] = _SharedRead(lambda: read(key[1]), lambda done: self._forget(key, done))
        return await asyncio.shield(found.task)  # who leaves must not take the read from the others

    def _forget(self, key: tuple[str, int], done: "_SharedRead[T]") -> None:
        if self._reads.get(key) is done:
            del self._reads[key]


class _SharedRead(Generic[T]):
    """One read; who comes before it begins may share it, for it will see all that was there when they came."""

    def __init__(self, read: Callable[[], Awaitable[Rows[T]]], forget: "Callable[[_SharedRead[T]], None]") -> None:
        self.begun = float("inf")
        self._read = read
        self._forget = forget
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> Rows[T]:
        loop = asyncio.get_running_loop()
        self.begun = loop.time()
        loop.call_later(RECHECK_SECONDS, self._forget, self)
        return await self._read()
