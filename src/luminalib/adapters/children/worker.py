"""The child's side: reads calls, runs tasks, writes progress and results, until its input ends."""

import importlib
import os
import socket
import time
from collections.abc import Callable
from typing import Any, BinaryIO

from luminalib.adapters.children.confinement import confine_for_job, confine_for_life, widen_pipe
from luminalib.adapters.children.frames import HEADER, Kind, pack, pack_result, unpack
from luminalib.ports.children import ChildTaskFailed, Progress, handed

_PROGRESS_EVERY = 0.1
_LONGEST_MESSAGE = 500


def main(parent: int, hatch: int) -> None:
    """Serves calls of the process `parent` until it closes our standard input; files come through the socket `hatch`."""
    doorway = socket.socket(fileno=hatch)
    calls, answers = _take_over_standard_streams()
    confine_for_life(parent)
    while header := calls.read(HEADER.size):
        _, length = HEADER.unpack(header)
        call = unpack(calls.read(length))
        descriptors = {name: _receive(doorway) for name in call["files"]}
        call["arguments"] |= {name: handed(descriptor) for name, descriptor in descriptors.items()}
        _serve(call, answers)
        for descriptor in descriptors.values():
            os.close(descriptor)


def _receive(doorway: socket.socket) -> int:
    _, (descriptor,), _, _ = socket.recv_fds(doorway, 1, 1)
    return descriptor


def _take_over_standard_streams() -> tuple[BinaryIO, BinaryIO]:
    """Moves the protocol to fresh descriptors, so that a library that prints cannot write into it."""
    calls, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.close(nothing)
    widen_pipe(answers)
    return os.fdopen(calls, "rb"), os.fdopen(answers, "wb")


def _serve(call: dict[str, Any], answers: BinaryIO) -> None:
    confine_for_job(memory_bytes=call["memory_bytes"], cpu_seconds=call["cpu_seconds"])
    try:
        result = _resolve(call["task"])(**call["arguments"], progress=_reporter(answers))
        answers.writelines(pack_result(result))
    except MemoryError:
        os._exit(1)  # whatever is half done is in an unknown state: to the parent this is the memory limit's death
    except Exception as error:  # noqa: BLE001 - every failure of a task is an answer; the process lives on
        answers.write(pack(Kind.ERROR, _describe(error)))
    answers.flush()


def _resolve(task: str) -> Callable[..., Any]:
    module, _, name = task.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


def _reporter(answers: BinaryIO) -> Progress:
    told_at = time.monotonic()

    def report(share: float) -> None:
        nonlocal told_at
        now = time.monotonic()
        if now - told_at >= _PROGRESS_EVERY:  # a frame per page would cost more than the page
            told_at = now
            answers.write(pack(Kind.PROGRESS, share))
            answers.flush()

    return report


def _describe(error: Exception) -> dict[str, str]:
    if isinstance(error, ChildTaskFailed):
        return {"code": error.code, "message": error.message}
    code = getattr(error, "code", None)
    if isinstance(code, str):
        return {"code": code, "message": str(error)[:_LONGEST_MESSAGE]}
    return {"code": "internal", "message": f"{type(error).__name__}: {error}"[:_LONGEST_MESSAGE]}
