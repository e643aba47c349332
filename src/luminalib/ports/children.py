"""Work on untrusted or heavy input in processes that may hang, crash or eat memory without harm to the server."""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

Progress = Callable[[float], None]
"""Told the done share of a piece of work, 0.0 to 1.0, from time to time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChildLimits:
    """What one call may use: seconds of wall clock, seconds of CPU, bytes of address space beyond what its process begins with."""

    wall_seconds: float
    cpu_seconds: float
    memory_bytes: int


NO_FILES: Mapping[str, Path] = MappingProxyType({})
_DESCRIPTOR = "fd:"


def handed(descriptor: int) -> str:
    """How a task is told of a file that it was handed as an open descriptor."""
    return f"{_DESCRIPTOR}{descriptor}"


def open_handed(name: str) -> BinaryIO:
    """Opens, at its beginning, a file that a task was handed: a descriptor, or a path where it runs in the server itself."""
    if not name.startswith(_DESCRIPTOR):
        return Path(name).open("rb")
    file = os.fdopen(os.dup(int(name.removeprefix(_DESCRIPTOR))), "rb")
    file.seek(0)
    return file


class ChildError(Exception):
    """A call in a child process did not return."""


class ChildTimedOut(ChildError):
    """The call ran past its time limit and was killed."""


class ChildDied(ChildError):
    """The process ended in the middle of the call: a crash, or its memory limit."""


class ChildTaskFailed(ChildError):
    """The task itself raised an error that it meant to raise."""

    def __init__(self, code: str, message: str) -> None:
        """`code` is the task's own short name of the failure, `message` a sentence for people."""
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")


class ChildProcesses(ABC):
    """A bounded pool of killable processes."""

    @abstractmethod
    async def call(
        self,
        task: str,
        arguments: Mapping[str, Any],
        *,
        limits: ChildLimits,
        files: Mapping[str, Path] = NO_FILES,
        on_progress: Progress | None = None,
    ) -> Any:
        """Runs a task and returns what it returns.

        `task` is the import path `package.module:function`; the function takes the keyword arguments and `progress: Progress`.
        Arguments and result are JSON values; each of `files` is opened here and handed over: as that argument the task gets what
        `open_handed` opens. A cancelled call kills its process. Waits while all processes are busy.

        Raises ChildTimedOut, ChildDied or ChildTaskFailed.
        """
