"""The server's side of the process that children are forked from."""

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass

from luminalib.adapters.children.worker import NOBODY, PID
from luminalib.ports.children import ChildDied

# -I and -S leave the import path to us: it gets the parent's own, so it finds the same packages however they were installed, and
# neither the environment nor the working directory can slip another module under it.
_COMMAND = (
    "import sys; sys.path[:] = sys.argv[5:]; from luminalib.adapters.children.worker import main; "
    "main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4])"
)
_ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TZ")
AT_HAND = ("luminalib.adapters.text.cover", "luminalib.adapters.text.plain", "luminalib.adapters.llm.extractive.summarise")
"""What nearly every child needs. Only on Linux, as libraries of other systems do not all survive a fork."""


@dataclass(frozen=True, slots=True)
class Newborn:
    """A child: its process id, the sockets for jobs and for their files, and the descriptor that will tell its exit code."""

    pid: int
    line: socket.socket
    hatch: socket.socket
    ending: int

    def forsake(self) -> None:
        """Closes all that leads to it, upon which it ends."""
        self.line.close()
        self.hatch.close()
        os.close(self.ending)


class Nursery:
    """Forks children from a process that has imported what they need, which takes fifty times as long as to fork.

    That process has nothing of this one but the standard errors, while it imports; then it is confined. It ends with this one, or
    when it has had no child for `idle_seconds`, and another takes its place when one is wanted.
    """

    def __init__(self, at_hand: tuple[str, ...] = AT_HAND, *, idle_seconds: float = 300.0) -> None:
        self._at_hand = at_hand if sys.platform == "linux" else ()
        self._idle_seconds = idle_seconds
        self._opening, self._asking = threading.Lock(), threading.Lock()
        self._template: subprocess.Popen[bytes] | None = None
        self._requests: socket.socket | None = None
        atexit.register(self.close)

    @property
    def process_id(self) -> int | None:
        """That process, while it lives."""
        return self._template.pid if self._template is not None and self._template.poll() is None else None

    def open(self) -> None:
        """Starts that process unless it lives. In a thread that stays: Linux ends it with the thread that started it."""
        with self._opening:
            if self._requests is None or self.process_id is None:
                self._open()

    def _open(self) -> None:
        self.close()
        ours, its = socket.socketpair()
        with its:
            given = (
                str(os.getpid()),
                str(its.fileno()),
                str(self._idle_seconds),
                json.dumps(self._at_hand),
                *filter(None, sys.path),
            )
            self._template = subprocess.Popen(  # noqa: S603 -- our own interpreter
                [sys.executable, "-I", "-S", "-c", _COMMAND, *map(str, given)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,  # so that Ctrl-C reaches the server only
                pass_fds=[its.fileno()],
            )
        self._requests = ours

    def fork(self) -> Newborn:
        """A new child; blocks while the first of them waits for the imports. Raises ChildDied where there can be none."""
        with ExitStack() as unless_born, ExitStack() as its:
            line, its_line = socket.socketpair()
            hatch, its_hatch = socket.socketpair()
            ending, told = os.pipe()
            child = Newborn(NOBODY, line, hatch, ending)
            unless_born.callback(child.forsake)
            its.callback(os.close, told)
            for end in (its_line, its_hatch):
                its.enter_context(closing(end))
            pid = self._ask([its_line.fileno(), its_hatch.fileno(), told])
            unless_born.pop_all()
            return Newborn(pid, line, hatch, ending)

    def close(self) -> None:
        """Ends that process; its children, too, on Linux."""
        if self._requests is not None:
            self._requests.close()
        if self._template is not None:
            self._template.kill()
            self._template.wait()
        self._template = self._requests = None

    def _ask(self, descriptors: list[int]) -> int:
        with self._asking:
            requests, answer = self._requests, b""
            with suppress(OSError):
                if requests is not None:
                    socket.send_fds(requests, [b"f"], descriptors)
                    answer = requests.recv(PID.size)
        if not answer:
            self._lose(requests)
        pid: int = PID.unpack(answer)[0] if answer else NOBODY
        if pid == NOBODY:
            raise ChildDied("no process could be started")
        return pid

    def _lose(self, requests: socket.socket | None) -> None:
        """Forgets a process that does not answer, as it is about to end, unless another has its place already."""
        with self._opening:
            if self._requests is requests:
                self.close()


def _environment() -> dict[str, str]:
    """No secrets: a child reads files that nobody vouches for."""
    return {"LANG": "C.UTF-8", **_ONE_CORE, **{name: os.environ[name] for name in _PASSED_ON if name in os.environ}}
