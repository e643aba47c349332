"""What the children of the tests are asked to do."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from luminalib.ports.children import ChildTaskFailed, Progress, open_handed


def echo(*, value: Any, progress: Progress) -> Any:
    del progress
    return value


def pid(*, progress: Progress) -> int:
    del progress
    return os.getpid()


def imported(*, progress: Progress) -> list[str]:
    del progress
    return sorted(sys.modules)


def descriptors(*, progress: Progress) -> int:
    """How many are open."""
    del progress
    found = 0
    for descriptor in range(256):
        with suppress(OSError):
            os.fstat(descriptor)
            found += 1
    return found


def niceness(*, progress: Progress) -> int:
    del progress
    return os.getpriority(os.PRIO_PROCESS, 0)


def sleep(*, seconds: float, progress: Progress, mark: str | None = None) -> None:
    del progress
    if mark:
        print(mark)  # noqa: T201
    time.sleep(seconds)


def spin(*, progress: Progress) -> None:
    del progress
    while True:
        pass


def crash(*, progress: Progress) -> None:
    del progress
    os.kill(os.getpid(), signal.SIGSEGV)


def eat_memory(*, mebibytes: int, progress: Progress) -> int:
    del progress
    return len(bytearray(mebibytes * 1024 * 1024))


def write_file(*, path: str, progress: Progress) -> None:
    del progress
    Path(path).write_bytes(b"x" * 100_000)


def chatter(*, progress: Progress) -> str:
    del progress
    print("stray print")  # noqa: T201
    sys.stdout.flush()
    os.write(1, b"\x00\x00garbage from a C library")
    os.write(2, b"more")
    return "fine"


def count(*, to: int, pause: float, progress: Progress) -> int:
    for number in range(to):
        time.sleep(pause)
        progress((number + 1) / to)
    return to


def large(*, characters: int, progress: Progress) -> dict[str, Any]:
    del progress
    return {"sections": [[None, "é" * 2999 + "\n"] for _ in range(characters // 3000)], "notes": [], "count": characters}


def fail(*, kind: str, progress: Progress) -> None:
    del progress
    if kind == "task":
        raise ChildTaskFailed("encrypted", "It needs a password.")
    raise ZeroDivisionError("one by nothing")


def environment(*, progress: Progress) -> list[str]:
    del progress
    return sorted(os.environ)


def read_path(*, path: str, progress: Progress) -> str:
    del progress
    return Path(path).read_text(encoding="latin-1")


def read_handed(*, path: str, progress: Progress) -> list[str]:
    del progress
    found = []
    for _ in range(2):
        with open_handed(path) as file:
            found.append(file.read().decode())
    return found


def use(*, what: str, pid: int, port: int, progress: Progress) -> str:
    """Tries something that no reader of files needs; the name of the error, or what it got."""
    del progress
    attempts: dict[str, Callable[[], object]] = {
        "tcp": lambda: socket.create_connection(("127.0.0.1", port), 1),
        "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "unix": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
        "program": lambda: subprocess.run(["/bin/true"], check=True),
        "memory": lambda: os.open(f"/proc/{pid}/mem", os.O_RDONLY),
        "ptrace": lambda: _ptrace(pid),
        "files of the server": lambda: [*Path(f"/proc/{pid}/fd").iterdir()],
        "home": lambda: [*Path("/").iterdir()],
    }
    try:
        return f"got {attempts[what]()!r}"
    except OSError as error:
        return type(error).__name__


def _ptrace(pid: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(16, pid, 0, 0) != 0:  # PTRACE_ATTACH
        raise OSError(ctypes.get_errno(), "no")


def privileges(*, progress: Progress) -> dict[str, str]:
    del progress
    libc = ctypes.CDLL(None, use_errno=True)
    return {"no_new_privs": str(libc.prctl(39, 0, 0, 0, 0)), "seccomp": str(libc.prctl(21, 0, 0, 0, 0))}
