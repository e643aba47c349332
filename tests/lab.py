"""Real model servers on this machine, from `../shared/lab` or the folder LUMINALIB_SHARED names instead."""

import fcntl
import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("LUMINALIB_SHARED", Path(__file__).parents[1].parent / "shared"))
LAB = SHARED / "lab" / "llm_server.sh"
LONGEST_START = 600
"""Seconds; the first time packages and weights are fetched."""
STATE = Path(os.environ.get("COMPOSE_LAB", Path.home() / ".cache" / "lumina-lab"))
"""Where the lab keeps what it has fetched."""
_WEIGHTS = {"qwen05": "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf", "qwen15": "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"}
needs_lab = pytest.mark.skipif(not LAB.is_file(), reason=f"no model servers in {SHARED}; set LUMINALIB_SHARED to run these")


def has_weights(model: str) -> bool:
    """Whether a model that is half a gigabyte or more has been fetched already."""
    return (STATE / "models" / _WEIGHTS[model]).is_file()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def model_servers(model: str = "tiny") -> Iterator[dict[str, str]]:
    """The URLs of servers with a model, without the `/v1` of OpenAI's protocol; skips where they do not start, and says why."""
    pids, ports = STATE / "run" / "llm.pids", (free_port(), free_port())
    # One list of processes is kept for all who start servers: taken under a lock, ours alone are ended.
    with (Path(tempfile.gettempdir()) / "luminalib-lab.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = pids.read_text() if pids.is_file() else ""
        fault = _started(model, ports)
        ours = [int(line) for line in pids.read_text().split()] if pids.is_file() and not fault else []
        if not fault:
            pids.write_text(kept)
    if fault:
        pytest.skip(f"the model servers of {LAB} do not start here: {fault}")
    try:
        yield {"openai": f"http://127.0.0.1:{ports[0]}", "ollama": f"http://127.0.0.1:{ports[1]}"}
    finally:
        for pid in ours:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)


def _started(model: str, ports: tuple[int, int]) -> str:
    """What went wrong; empty where they have started."""
    environment = os.environ | {"LAB_MODEL": model}
    command = [str(LAB), "up", *map(str, ports)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_START, check=False, env=environment)
    except subprocess.TimeoutExpired:
        return f"not within {LONGEST_START} seconds"
    return done.stderr[-300:] or f"it ended with {done.returncode}" if done.returncode else ""
