"""A bounded pool of reused, killable child processes."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from luminalib.adapters.children.child import Child
from luminalib.adapters.children.confinement import shut_out
from luminalib.adapters.children.nursery import Nursery
from luminalib.ports.children import NO_FILES, ChildLimits, ChildProcesses, ChildTaskFailed, Progress

_NURSERY = Nursery()
"""One is enough for all pools of a process."""


class SubprocessPool(ChildProcesses):
    """Starts processes when they are needed, at most `size`; retires them after `jobs_per_child` jobs or `idle_seconds` of rest.

    A process that hangs, crashes, runs into a limit or whose caller loses interest is killed, and takes only its own job with it.
    Children share nothing with the server, neither its environment nor its files but those that a call hands over, and die with it.
    """

    def __init__(self, size: int = 2, *, jobs_per_child: int = 50, idle_seconds: float = 60.0, nursery: Nursery = _NURSERY) -> None:
        self._nursery = nursery
        self._jobs_per_child = jobs_per_child
        self._idle_seconds = idle_seconds
        self._slots = asyncio.Semaphore(size)
        self._children: set[Child] = set()
        self._idle: dict[Child, asyncio.TimerHandle] = {}
        self._funerals: set[asyncio.Task[None]] = set()
        self._is_closed = False

    async def __aenter__(self) -> Self:
        shut_out()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None) -> None:
        await self.aclose()

    @property
    def process_ids(self) -> frozenset[int]:
        """The processes that live now, idle or at work."""
        return frozenset(child.pid for child in self._children if child.is_alive)

    async def call(
        self,
        task: str,
        arguments: Mapping[str, Any],
        *,
        limits: ChildLimits,
        files: Mapping[str, Path] = NO_FILES,
        on_progress: Progress | None = None,
    ) -> Any:
        """Runs a task in a process of its own choice; see the port."""
        async with self._slots:
            child = await self._take()
            try:
                result = await child.run(task, arguments, limits, on_progress, files)
            except ChildTaskFailed:
                self._give_back(child)
                raise
            except BaseException:  # cancellation too: nobody waits for this process any more, and its state is unknown
                self._discard(child)
                raise
            self._give_back(child)
            return result

    async def aclose(self) -> None:
        """Ends every process, also those at work, and returns when they are gone."""
        self._is_closed = True
        for child in list(self._children):
            self._discard(child)
        while self._funerals:
            await asyncio.gather(*self._funerals)

    async def _take(self) -> Child:
        if self._is_closed:
            raise RuntimeError("The pool of child processes is closed.")
        while self._idle:
            child, timer = self._idle.popitem()  # the last one used, so that the others may reach their time of rest
            timer.cancel()
            if child.is_alive:
                return child
            self._discard(child)
        child = await Child.start(self._nursery)
        self._children.add(child)
        return child

    def _give_back(self, child: Child) -> None:
        if self._is_closed or child.jobs_done >= self._jobs_per_child:
            self._retire(child)
        else:
            timer = asyncio.get_running_loop().call_later(self._idle_seconds, self._retire, child)
            self._idle[child] = timer

    def _retire(self, child: Child) -> None:
        self._bury(child, gently=True)

    def _discard(self, child: Child) -> None:
        child.kill()
        self._bury(child)

    def _bury(self, child: Child, *, gently: bool = False) -> None:
        """Reaps in the background, so that a caller who was cancelled need not wait."""
        if child not in self._children:  # closing the pool killed it, and now its caller mourns too
            return
        self._children.remove(child)
        if timer := self._idle.pop(child, None):
            timer.cancel()
        funeral = asyncio.get_running_loop().create_task(child.end(gently=gently))
        self._funerals.add(funeral)
        funeral.add_done_callback(self._funerals.discard)
