"""What the children of the tests are asked to do."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from luminalib.ports.children import ChildTaskFailed, Progress


def echo(*, value: Any, progress: Progress) -> Any:
    del progress
    return value


def pid(*, progress: Progress) -> int:
    del progress
    return os.getpid()


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
