"""What knowing who asks costs: requests per second of GET /auth/me beside a bare FastAPI route, and what a log-in takes.

Both run on uvicorn with uvloop and httptools in one process each, without access log, asked in turns by the same client over eight
connections that stay open. `python benchmarks/auth.py [seconds per turn]`
"""

import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import uvloop

CONNECTIONS = 8
ROUNDS = 5
ACCOUNT = {"email": "ada@library.test", "password": "a long walk by the sea"}
BARE = """
import sys, uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()

class UserOut(BaseModel):
    id: str
    email: str
    display_name: str
    role: str
    is_active: bool
    created_at: str

@app.get("/auth/me")
async def me() -> UserOut:
    return UserOut(id="x" * 36, email="ada@library.test", display_name="ada", role="admin", is_active=True, created_at="2026-01-01")

config = uvicorn.Config(app, port=int(sys.argv[1]), access_log=False, log_level="warning", loop="uvloop", http="httptools")
uvicorn.Server(config).run()
"""


def luminalib() -> AbstractContextManager[tuple[str, int]]:
    """A library on embedded defaults: its address and its process id."""
    return luminalib_with({})


@contextmanager
def luminalib_with(chosen: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """A library with these settings besides: its address and its process id."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LUMINALIB_")}
    clean |= {"LUMINALIB_LOG_LEVEL": "warning", "LUMINALIB_RATE_LIMITS": "off", **chosen}
    command = [sys.executable, "-c", "from luminalib.cli import app; app()", "serve", "--port", "0"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, cwd=folder, env=clean, stdout=subprocess.PIPE) as server,
    ):
        assert server.stdout is not None
        found = next(match for line in server.stdout if (match := re.search(rb"(http://\S+)/docs", line)))
        try:
            yield found[1].decode(), server.pid
        finally:
            server.terminate()


@contextmanager
def bare(port: int = 8191) -> Iterator[str]:
    """The framework with one route that knows nobody."""
    with subprocess.Popen([sys.executable, "-c", BARE, str(port)]) as server:
        time.sleep(2)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def post(url: str, body: dict[str, str]) -> dict[str, str]:
    request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310 -- our own server
    with urlopen(request) as answer:  # noqa: S310 -- as above
        found: dict[str, str] = json.load(answer)
        return found


class Asker(asyncio.Protocol):
    """One connection that asks again as soon as it has its answer."""

    def __init__(self, message: bytes) -> None:
        self._message = message
        self._buffer = b""
        self.answers = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks for the first time."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is none by its class
        self._transport.write(self._message)

    def data_received(self, data: bytes) -> None:
        """Counts a whole answer and asks again."""
        self._buffer += data
        head, gap, body = self._buffer.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        if gap and length and len(body) >= int(length[1]):
            assert head.startswith(b"HTTP/1.1 200"), head
            self._buffer = b""
            self.answers += 1
            self._transport.write(self._message)


async def rate(url: str, seconds: float, token: str = "", *, path: str = "/auth/me", connections: int = CONNECTIONS) -> float:
    """Answers per second of one GET over connections that stay open."""
    where = urlsplit(url)
    message = f"GET {path} HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    loop = asyncio.get_running_loop()
    host, port = str(where.hostname), where.port or 80
    made = [await loop.create_connection(lambda: Asker(message), host, port) for _ in range(connections)]
    await asyncio.sleep(seconds)
    answers = sum(asker.answers for _, asker in made)
    for transport, _ in made:
        transport.close()
    return answers / seconds


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mib(pid: int) -> float:
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


async def log_in_often(url: str, pid: int, count: int) -> None:
    """The CPU of one log-in, and the memory that many at the same time add."""
    await asyncio.to_thread(post, f"{url}/auth/login", ACCOUNT)
    cpu, memory, started = cpu_seconds(pid), peak_mib(pid), time.perf_counter()
    await asyncio.gather(*(asyncio.to_thread(post, f"{url}/auth/login", ACCOUNT) for _ in range(count)))
    seconds = time.perf_counter() - started
    print(f"{count} log-ins at the same time: {seconds:.1f} s, {1000 * (cpu_seconds(pid) - cpu) / count:.0f} ms of CPU each,")
    print(f"  {peak_mib(pid) - memory:.0f} MiB above {memory:.0f} MiB (bound: two hashes of 19 MiB at a time)")


async def main(seconds: float) -> None:
    with ExitStack() as stack:
        peer = stack.enter_context(bare())
        url, pid = stack.enter_context(luminalib())
        post(f"{url}/auth/signup", ACCOUNT)
        token = post(f"{url}/auth/login", ACCOUNT)["access_token"]
        rounds = [(await rate(peer, seconds), await rate(url, seconds, token)) for _ in range(ROUNDS)]
        ceiling, ours = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(f"GET /auth/me: {ours:.0f}/s; bare FastAPI: {ceiling:.0f}/s; ratio {ours / ceiling:.2f} (goal 0.50)")
        await log_in_often(url, pid, 60)


if __name__ == "__main__":
    uvloop.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 2.0))
