"""The server under load: slow strangers, large uploads and many streams at once, and whether others notice.

The load and the visitors are processes of their own, each stranger has an address of 127.0.0.0/8. `/healthz` is asked every 20 ms,
somebody logs in twice a second. Printed beside the same figures of the idle server, asked in the same run. Targets: p99 of
`/healthz` 250 ms under load, and not one log-in that fails.
"""

import asyncio
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import uvloop

STRANGERS, UPLOADS, STREAMS = 500, 50, 200
UPLOAD_MIB = int(os.environ.get("LOAD_UPLOAD_MIB", "90"))
SECONDS = float(os.environ.get("LOAD_SECONDS", "30"))
ASK_EVERY, LOG_IN_EVERY = 0.02, 0.5
TARGET_MS = 250
PASSWORD = "a long walk by the sea"  # noqa: S105 -- of throw-away accounts


async def slow_stranger(url: str, number: int) -> None:
    """Drips headers, and comes again when it is shown out."""
    where = urlsplit(url)
    local = (f"127.0.{1 + number // 200}.{1 + number % 200}", 0)
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(where.hostname, where.port, local_addr=local)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: a\r\n")
            with suppress(OSError, RuntimeError):  # uvloop's word for a connection that was closed
                while True:
                    writer.write(b"X: y\r\n")
                    await writer.drain()
                    await asyncio.sleep(1)
        await asyncio.sleep(0.2)


async def upload(url: str, token: str, number: int) -> None:
    """Sends large books, one after another."""

    async def body(head: bytes, tail: bytes) -> AsyncIterator[bytes]:
        yield head
        chunk = f"Line {number} {time.time_ns()}\n".encode() * 4096
        for _ in range(UPLOAD_MIB * 2**20 // len(chunk)):
            yield chunk
        yield tail

    async with httpx.AsyncClient(base_url=url, timeout=600, headers={"Authorization": f"Bearer {token}"}) as client:
        while True:
            head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
            with suppress(httpx.HTTPError):
                await client.post(
                    "/books", content=body(head, b"\r\n--b--\r\n"), headers={"Content-Type": "multipart/form-data; boundary=b"}
                )


async def listen(url: str, token: str) -> None:
    """Holds a stream open."""
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=url, timeout=None, headers=headers) as client:  # noqa: S113 -- a stream has no end
        while True:
            with suppress(httpx.HTTPError):
                async with client.stream("GET", "/documents/stream") as answer:
                    async for _ in answer.aiter_lines():
                        pass
            await asyncio.sleep(0.5)


def bring_load(url: str, tokens: list[str]) -> None:
    """All of it, in a process of its own."""

    async def everybody() -> None:
        await asyncio.gather(
            *(slow_stranger(url, number) for number in range(STRANGERS)),
            *(upload(url, tokens[number % len(tokens)], number) for number in range(UPLOADS)),
            *(listen(url, tokens[number % len(tokens)]) for number in range(STREAMS)),
        )

    os.nice(5)
    uvloop.run(everybody())


async def ask(url: str) -> list[float]:
    """Milliseconds of each answer of `/healthz`; a failure counts as infinitely long."""
    took: list[float] = []
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        ends = time.perf_counter() + SECONDS
        while (begun := time.perf_counter()) < ends:
            try:
                (await client.get("/healthz")).raise_for_status()
                took.append((time.perf_counter() - begun) * 1000)
            except httpx.HTTPError:
                took.append(float("inf"))
            await asyncio.sleep(ASK_EVERY)
    return took


async def log_in(url: str) -> tuple[int, int]:
    """How many log-ins there were, and how many failed."""
    count = failed = 0
    ends = time.perf_counter() + SECONDS
    while time.perf_counter() < ends:
        async with httpx.AsyncClient(base_url=url, timeout=60) as client:
            try:
                (await client.post("/auth/login", json={"email": "member0@library.test", "password": PASSWORD})).raise_for_status()
            except httpx.HTTPError:
                failed += 1
        count += 1
        await asyncio.sleep(LOG_IN_EVERY)
    return count, failed


async def measure(url: str, label: str) -> float:
    """Prints the figures; returns the p99 in milliseconds."""
    took, (count, failed) = await asyncio.gather(ask(url), log_in(url))
    p50, p99 = statistics.median(took), statistics.quantiles(took, n=100)[98]
    print(f"  {label:<10} /healthz p50 {p50:6.1f} ms, p99 {p99:7.1f} ms, worst {max(took):7.1f} ms")
    print(f"  {label:<10} {failed} of {count} log-ins failed")
    return p99


async def accounts(url: str, count: int = 10) -> list[str]:
    """Access tokens of so many members."""
    tokens = []
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        for number in range(count):
            account = {"email": f"member{number}@library.test", "password": PASSWORD}
            (await client.post("/auth/signup", json=account)).raise_for_status()
            tokens.append((await client.post("/auth/login", json=account)).raise_for_status().json()["access_token"])
    return tokens


async def started(folder: str) -> tuple[asyncio.subprocess.Process, str]:
    """The real command with its defaults, and where it listens."""
    environment = {**os.environ, "LUMINALIB_DATA_DIR": folder, "LUMINALIB_LOG_LEVEL": "error"}
    command = (str(Path(sys.executable).with_name("luminalib")), "serve", "--port", "0")
    server = await asyncio.create_subprocess_exec(*command, env=environment, cwd=folder, stdout=asyncio.subprocess.PIPE)
    assert server.stdout is not None
    while b"http://" not in (line := await server.stdout.readline()):
        if not line:
            raise SystemExit("The server did not start.")
    return server, line.decode().split("http://")[1].strip().removesuffix("/docs")


async def main() -> None:
    print(f"{STRANGERS} slow strangers, {UPLOADS} uploads of {UPLOAD_MIB} MiB, {STREAMS} streams; {SECONDS:.0f} s each")
    with tempfile.TemporaryDirectory(prefix="luminalib-load-") as folder:
        server, where = await started(folder)
        url = f"http://{where}"
        tokens = await accounts(url)
        idle = await measure(url, "idle")
        load = multiprocessing.get_context("spawn").Process(target=bring_load, args=(url, tokens), daemon=True)
        load.start()
        await asyncio.sleep(5)
        busy = await measure(url, "under load")
        load.kill()
        verdict = "met" if busy <= TARGET_MS else "MISSED"
        print(f"  p99 under load {busy / idle:.1f} times that of the idle server (target {TARGET_MS} ms: {verdict})")
        server.terminate()
        await server.wait()


if __name__ == "__main__":
    uvloop.run(main())
