"""The processes that share a database: what each is called, and which of them have gone."""

import os
import socket
from uuid import uuid4


def own_name() -> str:
    """A name for this process that no other has: machine, process, and a sign that tells it from an earlier one of that number."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"


def is_dead(name: str, own: str) -> bool:
    """Whether a process of this machine has gone; of other machines only the lease can tell."""
    host, pid, _ = name.split(":")
    if name == own or host != socket.gethostname():
        return False
    if int(pid) == os.getpid():
        return True  # the number was given again, as containers do
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
