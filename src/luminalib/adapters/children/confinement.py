"""What a child takes away from itself before it touches anything: files, core dumps, memory, time, a life of its own."""

import ctypes
import math
import os
import signal
import sys
from contextlib import suppress

try:
    import fcntl
    import resource
except ImportError:  # Windows: the wall-clock limit is the only one there
    fcntl = resource = None  # type: ignore[assignment]

_PR_SET_PDEATHSIG = 1


def confine_for_life(parent: int) -> None:
    """No file writes, no core dumps, and death with the parent process `parent`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if resource is None:
        return
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked to be told
            os._exit(1)


def confine_for_job(*, memory_bytes: int, cpu_seconds: float) -> None:
    """The address space and the CPU time of the next job; the kernel ends the process (SIGXCPU) when the time is up."""
    if resource is None:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_AS, memory_bytes)
    _limit(resource.RLIMIT_CPU, math.ceil(usage.ru_utime + usage.ru_stime + cpu_seconds))


def widen_pipe(descriptor: int) -> None:
    """Lets a pipe hold a mebibyte where the system can, so that a book crosses it in few turns."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):  # the system's allowance for big pipes is used up
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, 1024 * 1024)


def _limit(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
    with suppress(ValueError, OSError):  # macOS knows RLIMIT_AS but refuses it
        resource.setrlimit(which, (soft, hard))
