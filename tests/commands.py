"""The command line, as processes of its own that tests may kill: forked from one that has imported it, in a tenth of the time."""

import asyncio
import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import IO

_ONE_ASKS = Lock()
FORKING = Path(__file__).with_name("forking.py")


@cache
def _forking() -> socket.socket:
    """The socket of this session's process that forks."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    process = subprocess.Popen([sys.executable, FORKING, str(its.fileno())], pass_fds=[its.fileno()])
    its.close()

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


class Command:
    """As much of asyncio's Process as tests need."""

    def __init__(self, pid: int, stdout: asyncio.StreamReader, status: asyncio.StreamReader) -> None:
        self.pid = pid
        self.stdout = stdout
        self.returncode: int | None = None
        self._status = status

    async def wait(self) -> int:
        """Its exit code, once it has ended; that of a signal is negative."""
        if self.returncode is None:
            self.returncode = int(await self._status.read())
        return self.returncode

    def send_signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


async def start(
    *arguments: str,
    cwd: Path,
    environment: Mapping[str, str] = {},
    said: bytes = b"",
    with_errors: bool = False,
    errors_to: IO[bytes] | None = None,
) -> Command:
    """Starts `luminalib` with these arguments, with `environment` beside what there is; its errors go nowhere, or where is said."""
    told = {"arguments": arguments, "cwd": str(cwd), "env": {**os.environ, **environment}}
    (stdin, writing), (reading, stdout), (ending, status) = os.pipe(), os.pipe(), os.pipe()
    os.write(writing, said)
    os.close(writing)
    shown = stdout if with_errors else errors_to.fileno() if errors_to else None
    errors = os.open(os.devnull, os.O_WRONLY) if shown is None else os.dup(shown)
    given = [stdin, stdout, errors, status]

    def ask() -> int:
        with _ONE_ASKS:
            socket.send_fds(_forking(), [json.dumps(told).encode()], given)
            return int(_forking().recv(64))

    try:
        pid = await asyncio.to_thread(ask)
    finally:
        for descriptor in given:
            os.close(descriptor)
    return Command(pid, await _reader(reading), await _reader(ending))


async def _reader(descriptor: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    pipe = os.fdopen(descriptor, "rb", 0)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    return reader
