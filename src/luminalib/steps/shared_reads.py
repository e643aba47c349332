"""Reading once for all who ask for the same at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

K = TypeVar("K")
R = TypeVar("R")
KEPT_SECONDS = 5.0
"""How long a read that nobody asks for again is remembered."""


class SharedReads(Generic[K, R]):
    """Reads by key; who asks for the same at the same time shares one. A read that failed is not kept."""

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

    def clear(self) -> None:
        """Has the next question read anew, whatever was read before it."""
        self._reads.clear()

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
        loop.call_later(KEPT_SECONDS, self._forget, self)
        try:
            return await self._read()
        except BaseException:
            self._forget(self)
            raise
