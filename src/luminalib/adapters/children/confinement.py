"""What a child takes away from itself before it touches anything: files, the network, memory, time, a life of its own."""

import ctypes
import math
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from luminalib.adapters.children.landlock import restrict_reading
from luminalib.adapters.children.seccomp import forbid_calls

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

YIELDS = 5
"""How far a child steps back: who asks something now comes before books that are read."""
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_SYSTEM = (
    *("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo"),
    *("/usr/share/fonts", "/usr/local/share/fonts", "/etc/fonts", "/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"),
    *("/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu"),
)
"""What libraries read of a system; no home, no data directory, nothing of any process."""


def confine_for_life(parent: int) -> None:
    """No file writes, no core dumps, no network, no foreign files or processes, here and in what is forked; death with `parent`.

    Where the kernel has no Landlock, other files of the same user can still be read. Files to work on come as open descriptors.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if resource is None:
        return
    os.nice(YIELDS)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    die_with(parent)
    if sys.platform == "linux":
        _shut_in()


def die_with(parent: int) -> None:
    """Ends this process with its parent process; what it forks has to ask for that itself."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked to be told
            os._exit(1)


def shut_out() -> None:
    """Makes this process unreadable to others of the same user: its memory and environment hold secrets."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _shut_in() -> None:
    shut_out()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    own = (sys.prefix, sys.base_prefix, *filter(None, sys.path))
    with suppress(OSError):  # a kernel that knows it and still refuses: the other walls stand
        restrict_reading((*_SYSTEM, *own))
    forbid_calls()


def address_space() -> int:
    """How many bytes of it this process has taken so far, where the system tells; not to be found out any more when confined."""
    if sys.platform != "linux" or resource is None:
        return 0
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def confine_for_job(*, memory_bytes: int, cpu_seconds: float) -> None:
    """The address space and the CPU time of the next job; the kernel ends the process (SIGXCPU) when the time is up."""
    if resource is None:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_AS, memory_bytes)
    _limit(resource.RLIMIT_CPU, math.ceil(usage.ru_utime + usage.ru_stime + cpu_seconds))


def _limit(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
    with suppress(ValueError, OSError):  # macOS knows RLIMIT_AS but refuses it
        resource.setrlimit(which, (soft, hard))
