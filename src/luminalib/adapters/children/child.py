"""The parent's side of one child process."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from luminalib.adapters.children.frames import HEADER, Kind, ResultAssembly, pack, unpack
from luminalib.ports.children import ChildDied, ChildLimits, ChildTaskFailed, ChildTimedOut, Progress

# -I and -S leave the import path to us: the child gets the parent's own, so it finds the same packages however they were
# installed, and neither the environment nor the working directory can slip another module under it.
_COMMAND = (
    "import sys; sys.path[:] = sys.argv[3:]; from luminalib.adapters.children.worker import main; main(*map(int, sys.argv[1:3]))"
)
_ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TZ")
_BUFFER_BYTES = 1024 * 1024
_PARSED_ASIDE_BYTES = 1024 * 1024
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
_GOODBYE_SECONDS = 1.0


class Child:
    """A process that does one job after another. Whoever gets an error other than ChildTaskFailed out of it must end it."""

    def __init__(self, process: Process, hatch: socket.socket) -> None:
        """Through the `hatch` it is handed open files."""
        self._process = process
        self._hatch = hatch
        self.jobs_done = 0

    @classmethod
    async def start(cls) -> Self:
        """Starts a process in a session of its own, so that Ctrl-C reaches the server only."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", "-c", _COMMAND, str(os.getpid()), str(theirs.fileno()), *filter(None, sys.path)),
                stdin=PIPE,
                stdout=PIPE,
                env=_environment(),
                start_new_session=True,
                limit=_BUFFER_BYTES,
                pass_fds=[theirs.fileno()],
            )
        return cls(process, ours)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process was still running when we last heard."""
        return self._process.returncode is None

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
        """Ends the process, by closing its input when `gently`, else (or when that does not help) by killing it."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        if gently:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), _GOODBYE_SECONDS)
        self.kill()
        await self._process.wait()
        self._hatch.close()

    def _hand_over(self, files: Mapping[str, Path]) -> None:
        for path in files.values():
            with path.open("rb") as file:
                socket.send_fds(self._hatch, [b"f"], [file.fileno()])

    def kill(self) -> None:
        """Kills the process at once."""
        if self.is_alive:
            with suppress(ProcessLookupError):
                os.kill(self.pid, _KILL)  # Process.kill() may reap a dead child first, and its exit status with it

    async def _send(self, frame: bytes) -> None:
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 - opened as a pipe above
        stdin.write(frame)
        await stdin.drain()

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
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - opened as a pipe above
        kind, length = HEADER.unpack(await stdout.readexactly(HEADER.size))
        payload = await stdout.readexactly(length)
        value = unpack(payload) if length < _PARSED_ASIDE_BYTES else await asyncio.to_thread(unpack, payload)
        return Kind(kind), value

    async def _obituary(self, task: str) -> ChildDied | ChildTimedOut:
        self.kill()
        status = await self._process.wait()
        if status == -getattr(signal, "SIGXCPU", 0) != 0:
            return ChildTimedOut(f"{task} used up its CPU time")
        return ChildDied(f"the process ended in the middle of {task} (status {status})")


def _environment() -> dict[str, str]:
    """No secrets: a child reads files that nobody vouches for."""
    return {"LANG": "C.UTF-8", **_ONE_CORE, **{name: os.environ[name] for name in _PASSED_ON if name in os.environ}}
