"""The parent's side of one child process."""

import asyncio
import os
import signal
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from luminalib.adapters.children.frames import HEADER, Kind, ResultAssembly, pack, unpack
from luminalib.adapters.children.nursery import Newborn, Nursery
from luminalib.ports.children import ChildDied, ChildLimits, ChildTaskFailed, ChildTimedOut, Progress

_BUFFER_BYTES = 1024 * 1024
_PARSED_ASIDE_BYTES = 1024 * 1024
_GOODBYE_SECONDS = 1.0


class Child:
    """A process that does one job after another. Whoever gets an error other than ChildTaskFailed out of it must end it."""

    def __init__(self, born: Newborn, answers: asyncio.StreamReader, calls: asyncio.StreamWriter) -> None:
        """What leads to it, and streams of its line."""
        self._born, self._answers, self._calls = born, answers, calls
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[int] = self._loop.create_future()
        self._loop.add_reader(born.ending, self._take_leave)
        self.jobs_done = 0

    @classmethod
    async def start(cls, nursery: Nursery) -> Self:
        """Has a process forked. Raises ChildDied where there can be none."""
        try:
            born = await _birth(nursery)
        except ChildDied:  # those that go for want of work may go just now
            born = await _birth(nursery)
        return cls(born, *await asyncio.open_unix_connection(sock=born.line, limit=_BUFFER_BYTES))

    @property
    def pid(self) -> int:
        """The process id."""
        return self._born.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process was still running when we last heard."""
        return not self._ended.done()

    async def run(
        self, task: str, arguments: Mapping[str, Any], limits: ChildLimits, on_progress: Progress | None, files: Mapping[str, Path]
    ) -> Any:
        """Runs one task. Raises ChildTimedOut, ChildDied or ChildTaskFailed."""
        call = {
            "task": task,
            "arguments": dict(arguments),
            "files": [*files],
            "memory_bytes": limits.memory_bytes,
            "cpu_seconds": limits.cpu_seconds,
        }
        self.jobs_done += 1
        try:
            async with asyncio.timeout(limits.wall_seconds):
                await asyncio.to_thread(self._hand_over, files)
                await self._send(pack(Kind.CALL, call))
                return await self._answer(on_progress)
        except TimeoutError:
            raise ChildTimedOut(f"{task} took longer than {limits.wall_seconds:g} seconds") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise await self._obituary(task) from None

    async def end(self, *, gently: bool = False) -> None:
        """Ends the process, by closing its line when `gently`, else (or when that does not help) by killing it."""
        self._calls.close()
        if gently:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._ended), _GOODBYE_SECONDS)
        self.kill()
        await self._ended
        with suppress(OSError):
            await self._calls.wait_closed()
        self._born.hatch.close()

    def kill(self) -> None:
        """Kills the process at once."""
        if self.is_alive:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def _hand_over(self, files: Mapping[str, Path]) -> None:
        for path in files.values():
            with path.open("rb") as file:
                socket.send_fds(self._born.hatch, [b"f"], [file.fileno()])

    def _take_leave(self) -> None:
        """The process has ended, and its exit code is told; without one who would have told it has been killed, too."""
        self._loop.remove_reader(self._born.ending)
        code = os.read(self._born.ending, 16)
        os.close(self._born.ending)
        self._ended.set_result(int(code) if code else -signal.SIGKILL)

    async def _send(self, frame: bytes) -> None:
        self._calls.write(frame)
        await self._calls.drain()

    async def _answer(self, on_progress: Progress | None) -> Any:
        assembly = ResultAssembly()
        while True:
            kind, value = await self._receive()
            if kind is Kind.DONE:
                return assembly.result(is_mapping=value)
            if kind is Kind.ERROR:
                raise ChildTaskFailed(value["code"], value["message"])
            if kind is not Kind.PROGRESS:
                assembly.add(kind, value)
            elif on_progress is not None:
                on_progress(value)

    async def _receive(self) -> tuple[Kind, Any]:
        kind, length = HEADER.unpack(await self._answers.readexactly(HEADER.size))
        payload = await self._answers.readexactly(length)
        value = unpack(payload) if length < _PARSED_ASIDE_BYTES else await asyncio.to_thread(unpack, payload)
        return Kind(kind), value

    async def _obituary(self, task: str) -> ChildDied | ChildTimedOut:
        self.kill()
        status = await self._ended
        if status == -signal.SIGXCPU:
            return ChildTimedOut(f"{task} used up its CPU time")
        return ChildDied(f"the process ended in the middle of {task} (status {status})")


async def _birth(nursery: Nursery) -> Newborn:
    nursery.open()
    birth = asyncio.get_running_loop().run_in_executor(None, nursery.fork)
    try:
        return await asyncio.shield(birth)
    except asyncio.CancelledError:
        birth.add_done_callback(_forsake)
        raise


def _forsake(birth: asyncio.Future[Newborn]) -> None:
    if not birth.cancelled() and birth.exception() is None:
        birth.result().forsake()
