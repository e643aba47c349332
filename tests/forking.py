"""A process that has imported the command line, and forks itself for each command that it is told of (see `commands`).

Its one argument is the descriptor of a socket: a message is a command in JSON, with the descriptors of the command's input, output
and errors, and of a pipe that is told its exit code.
"""

import json
import os
import select
import socket
import sys
import threading
import traceback
from typing import Any

import luminalib.cli.serve  # what takes the time
import luminalib.main  # noqa: F401 -- likewise
from luminalib.cli import app


def become(told: dict[str, Any], streams: list[int]) -> int:
    """Runs the command in this process; its exit code."""
    os.chdir(told["cwd"])
    os.environ.clear()
    os.environ.update(told["env"])
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(len(streams), max(streams) + 1)
    sys.stdin = os.fdopen(0, encoding="utf-8")
    sys.stdout, sys.stderr = (os.fdopen(number, "w", buffering=1, encoding="utf-8") for number in (1, 2))
    sys.argv = ["luminalib", *told["arguments"]]
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 -- as the interpreter does
        traceback.print_exc()
        return 1
    return 0


def forked(told: dict[str, Any], streams: list[int], others: list[int]) -> int:
    """The new process's number; what is inherited but not its own is closed there."""
    pid = os.fork()
    if pid:
        return pid
    for descriptor in others:
        os.close(descriptor)
    code = become(told, streams)
    threading._shutdown()  # type: ignore[attr-defined]  # waits for threads, as the interpreter does
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Forks until the socket is closed."""
    commands = socket.socket(fileno=int(sys.argv[1]))
    running: dict[int, tuple[int, int]] = {}
    while True:
        for ready in select.select([commands.fileno(), *running], [], [])[0]:
            if ready in running:
                pid, status = running.pop(ready)
                os.close(ready)
                with os.fdopen(status, "w") as pipe:
                    pipe.write(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))
                continue
            message, descriptors, _, _ = socket.recv_fds(commands, 2**20, 4)
            if not message:
                return
            *streams, status = descriptors
            inherited = [commands.fileno(), status, *running, *(pipe for _, pipe in running.values())]
            pid = forked(json.loads(message), streams, inherited)
            running[os.pidfd_open(pid)] = pid, status
            for stream in streams:
                os.close(stream)
            commands.send(str(pid).encode())


if __name__ == "__main__":
    main()
