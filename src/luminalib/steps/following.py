"""Following a log: rows after an id, then each as it is written."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar

from luminalib.domain.errors import Unavailable
from luminalib.ports.events import EventBus, topic_of

RECHECK_SECONDS = 2.0
"""How long it is trusted that no hint means no news: another process may have written without one."""
BATCH = 100
"""How many rows are read at once."""

T = TypeVar("T")
K = TypeVar("K")
R = TypeVar("R")
Rows = Sequence[tuple[int, T]]


class FollowedLog(ABC, Generic[T]):
    """A log whose rows get growing ids in the order of their commits, and belong to members."""

    kind: str
    """The first part of the topics under which the bus hints at new rows."""

    @abstractmethod
    async def latest_id(self, tenant_id: str) -> int:
        """The id of the newest row of all, 0 when there is none."""

    @abstractmethod
    async def newest_ids(self, tenant_id: str, after: int) -> Mapping[str | None, int]:
        """The id of each owner's newest row among those after the id `after`."""

    @abstractmethod
    async def read(self, tenant_id: str, owner_id: str | None, after: int) -> Rows[T]:
        """The next rows with their ids, at most BATCH: those of `owner_id`, or of all when it is None."""


class Followers(Generic[T]):
    """All who follow one log.

    A hint wakes those only who may see the new rows, and one read serves all who want the same. Who hears nothing for a while asks
    a look-out that reads once for everybody, however many different members there are.
    """

    def __init__(self, bus: EventBus, log: FollowedLog[T]) -> None:
        self._bus = bus
        self._log = log
        self._reads: _SharedReads[tuple[str, str | None, int], Rows[T]] = _SharedReads()
        self._lookouts: dict[str, _Lookout] = {}

    async def follow(self, tenant_id: str, owner_id: str | None, after: int | None) -> AsyncIterator[T | None]:
        """The rows after the id `after` (from now on when it is None) that belong to `owner_id` (to anybody when it is None).

        Then those that are new at each hint, until the server goes down. Yields None when there was no news for a while: the caller
        may look whether anybody still listens. Rows are read when the listener asks for them: a slow one costs no buffer.
        """
        with self._bus.subscribe(topic_of(self._log.kind, tenant_id, owner_id)) as subscription:
            lookout = self._lookouts.setdefault(tenant_id, _Lookout(self._log, tenant_id))
            latest = await lookout.begin()
            last = looked_up = latest if after is None else after
            while not self._bus.is_closed:
                news = await self._next(tenant_id, owner_id, last)
                for number, row in news:
                    last = number
                    yield row
                if len(news) == BATCH:
                    continue
                while not await subscription.wait(RECHECK_SECONDS):  # a hint that came since the reading began is still there
                    newest = await lookout.newest(owner_id)
                    if newest > max(last, looked_up):
                        looked_up = newest  # and no further, should that row be deleted by now
                        break
                    yield None

    async def _next(self, tenant_id: str, owner_id: str | None, last: int) -> Rows[T]:
        return await self._reads.get((tenant_id, owner_id, last), lambda: self._log.read(tenant_id, owner_id, last), 0.0)


class _Lookout:
    """Knows each owner's newest row of a log, for those who were not told of theirs."""

    def __init__(self, log: FollowedLog[Any], tenant_id: str) -> None:
        self._log = log
        self._tenant_id = tenant_id
        self._seen: int | None = None
        self._newest: dict[str | None, int] = {}
        self._begins: _SharedReads[str, int] = _SharedReads()
        self._looks: _SharedReads[str, Mapping[str | None, int]] = _SharedReads()

    async def begin(self) -> int:
        """The id of the newest row; of those after it, none escapes the look-out."""
        latest = await self._begins.get("begin", lambda: self._log.latest_id(self._tenant_id), 0.0)
        if self._seen is None:
            self._seen = latest
        return latest

    async def newest(self, owner_id: str | None) -> int:
        """The id of the newest row of `owner_id` (of anybody when it is None), as it was at most half a pause ago."""
        with suppress(Unavailable):  # the next look finds what was written meanwhile
            await self._looks.get("look", self._look, RECHECK_SECONDS / 2)
        return self._newest.get(owner_id, 0)

    async def _look(self) -> Mapping[str | None, int]:
        found = await self._log.newest_ids(self._tenant_id, self._seen or 0)
        if found:
            self._newest |= found
            self._newest[None] = self._seen = max(found.values())
        return found


class _SharedReads(Generic[K, R]):
    """Reads by key; who asks for the same at the same time shares one."""

    def __init__(self) -> None:
        self._reads: dict[K, _SharedRead[R]] = {}

    async def get(self, key: K, read: Callable[[], Awaitable[R]], patience: float) -> R:
        """What a read finds that begins from now on, or that began at most `patience` seconds ago."""
        now = asyncio.get_running_loop().time()
        found = self._reads.get(key)
        if found is not None and found.task.done() and now - found.begun < patience:
            return found.task.result()
        if found is None or now - found.begun >= patience:  # a loop's clock may stand still for a millisecond
            found = self._reads[key] = _SharedRead(read, lambda done: self._forget(key, done))
        return await asyncio.shield(found.task)  # who leaves must not take the read from the others

    def _forget(self, key: K, done: "_SharedRead[R]") -> None:
        if self._reads.get(key) is done:
            del self._reads[key]


class _SharedRead(Generic[R]):
    """One read; who comes before it begins may share it, for it will see all that was there when they came."""

    def __init__(self, read: Callable[[], Awaitable[R]], forget: "Callable[[_SharedRead[R]], None]") -> None:
        self.begun = float("inf")
        self._read = read
        self._forget = forget
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> R:
        loop = asyncio.get_running_loop()
        self.begun = loop.time()
        loop.call_later(RECHECK_SECONDS, self._forget, self)
        return await self._read()
