"""The other side: a process that forks children of itself; each reads calls, runs tasks and writes progress and results."""

import gc
import importlib
import json
import os
import select
import socket
import struct
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, BinaryIO, NoReturn

from luminalib.adapters.children.confinement import address_space, confine_for_job, confine_for_life, die_with
from luminalib.adapters.children.frames import HEADER, Kind, pack, pack_result, unpack
from luminalib.ports.children import ChildTaskFailed, Progress, handed

PID = struct.Struct("!i")
"""The answer to who asks for a child: its process id."""
NOBODY = -1
"""The answer where there can be none."""
_PROGRESS_EVERY = 0.1
_LONGEST_MESSAGE = 500


def main(parent: int, asking: int, idle_seconds: float, at_hand: str) -> None:
    """Forks a child for each request of the process `parent` that comes through the socket `asking`, until that is closed.

    Also ends when there was no child for `idle_seconds`. `at_hand` are the modules, as JSON, that every child finds imported.
    """
    die_with(parent)
    gc.disable()
    for module in json.loads(at_hand):
        importlib.import_module(module)
    gc.freeze()  # or the first collection of each child would copy all that it shares with the others
    gc.enable()
    _silence()
    taken = address_space()
    confine_for_life(parent)
    requests = socket.socket(fileno=os.dup(asking))  # select knows low descriptors only, and a busy server has many
    os.close(asking)
    born: dict[int, tuple[int, int]] = {}
    while ready := select.select([requests.fileno(), *born], [], [], None if born else idle_seconds)[0]:
        for end in ready:
            if end in born:
                os.close(end)
                _bury(*born.pop(end))
            elif not _bear(requests, born, taken):
                return


def _bear(requests: socket.socket, born: dict[int, tuple[int, int]], taken: int) -> bool:
    """Forks; False when nobody asks any more. `born`: by a pipe that closes with a child its id and whom to tell its exit code."""
    message, given, _, _ = socket.recv_fds(requests, 1, 3)
    if not message:
        return False
    line, hatch, told = given
    ends, lives = os.pipe()
    template = os.getpid()
    try:
        pid = os.fork()
    except OSError:
        pid = NOBODY
    if pid == 0:
        foreign = (requests.fileno(), told, ends, *born, *(told for _, told in born.values()))
        _live(template, foreign, line, hatch, taken)
    for descriptor in (line, hatch, lives):
        os.close(descriptor)
    if pid == NOBODY:
        os.close(ends)
        os.close(told)
    else:
        born[ends] = pid, told
    requests.send(PID.pack(pid))
    return True


def _bury(pid: int, told: int) -> None:
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with suppress(OSError):  # nobody may be waiting for it any more
        os.write(told, str(status).encode())
    os.close(told)


def _silence() -> None:
    """So that a library that prints does no harm."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.close(nothing)


def _live(template: int, foreign: Sequence[int], line: int, hatch: int, taken: int) -> NoReturn:
    """The life of a child: jobs that come through the socket `line`, their files through `hatch`, until it is closed.

    It closes the `foreign` descriptors. A job's memory is counted beyond the address space that is `taken` by imports.
    """
    try:
        die_with(template)
        for descriptor in foreign:
            os.close(descriptor)
        _work(socket.socket(fileno=line), socket.socket(fileno=hatch), taken)
    except BaseException:  # noqa: BLE001 -- it must not go on as a second template
        os._exit(1)
    os._exit(0)


def _work(line: socket.socket, hatch: socket.socket, taken: int) -> None:
    calls, answers = line.makefile("rb"), line.makefile("wb")
    while header := calls.read(HEADER.size):
        _, length = HEADER.unpack(header)
        call = unpack(calls.read(length))
        descriptors = {name: _receive(hatch) for name in call["files"]}
        call["arguments"] |= {name: handed(descriptor) for name, descriptor in descriptors.items()}
        confine_for_job(memory_bytes=taken + call["memory_bytes"], cpu_seconds=call["cpu_seconds"])
        _serve(call, answers)
        for descriptor in descriptors.values():
            os.close(descriptor)


def _receive(hatch: socket.socket) -> int:
    _, (descriptor,), _, _ = socket.recv_fds(hatch, 1, 1)
    return descriptor


def _serve(call: dict[str, Any], answers: BinaryIO) -> None:
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
