"""What the pipeline costs around the reading: child processes, uploads, news to many listeners, documents a minute.

Everything runs on SQLite and the local disk behind a real server. The peers of an upload are Starlette endpoints: one that lets
`request.form()` parse the same multipart body and copies the file, as its documentation shows, and one that writes the raw body to
disk without parsing anything. `python benchmarks/pipeline.py [--streams 1000]`
"""

import argparse
import asyncio
import json
import os
import shutil
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from luminalib.adapters.children.pool import SubprocessPool
from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.text import plain
from luminalib.adapters.text.extractor import ExtractionLimits, SandboxedTextExtractor, reader_limits
from luminalib.cli.memory import spare_the_collector
from luminalib.container import Container, open_container
from luminalib.demo.rendering import filename, render
from luminalib.demo.shelf import load_shelf
from luminalib.domain.auth import MAIN_TENANT, Principal, Role, the_house
from luminalib.domain.documents import DocumentFilter, DocumentStatus
from luminalib.domain.media import MediaType
from luminalib.domain.paging import PageRequest
from luminalib.domain.pipeline import progress_event
from luminalib.edge.server import BACKLOG, Server, configure, connection_limits
from luminalib.logs import configure_logging
from luminalib.main import create_app
from luminalib.settings import ConnectionSettings, Settings

PASSWORD = "a long walk by the sea"  # noqa: S105 -- of an account in a database that is thrown away
BOUNDARY = "luminalib-benchmark"
MEBIBYTE = 1024 * 1024
UPLOAD_MIB = 64
ROUNDS = 5
SMALL_FILES, STARTS = 200, 21
EVENTS = 20
EVENT_PAUSE = 0.5


@asynccontextmanager
async def library(folder: Path, *, run_jobs: bool) -> AsyncIterator[Container]:
    settings = settings_in(folder)
    async with open_container(settings, run_jobs=run_jobs) as container:
        yield container


def settings_in(folder: Path) -> Settings:
    return Settings(
        _env_file=None,
        data_dir=folder,
        rate_limits="off",
        llm="extractive",
        log_level="error",
        max_upload_mib=2 * UPLOAD_MIB,
        connections=ConnectionSettings(per_address=0, streams_per_account=10_000),
    )


def plain_config(app: Starlette) -> uvicorn.Config:
    """A peer's server."""
    return uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off", backlog=BACKLOG)


@asynccontextmanager
async def served(server: uvicorn.Server) -> AsyncIterator[str]:
    """The address of a server on a free port."""
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 -- uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await running


@asynccontextmanager
async def served_library(container: Container, folder: Path) -> AsyncIterator[tuple[str, str]]:
    """The address of the library and the access token of its first member."""
    settings = settings_in(folder)
    server = Server(configure(create_app(settings, container), connection_limits(settings)), container.bus)
    spare_the_collector()
    async with served(server) as url, httpx.AsyncClient(base_url=url) as client:
        account = {"email": "ada@library.test", "password": PASSWORD}
        (await client.post("/auth/signup", json=account)).raise_for_status()
        answer = (await client.post("/auth/login", json=account)).raise_for_status()
        yield url, answer.json()["access_token"]


async def child_overhead(folder: Path) -> None:
    """Prints what a small file costs in a child beyond the reading itself, and what the first of a child costs."""
    path = folder / "small.txt"
    path.write_text("A short story about the sea, and about nothing else. " * 20)
    limits = reader_limits(ExtractionLimits())
    async with SubprocessPool(1) as pool:
        extractor = SandboxedTextExtractor(pool)
        started = time.perf_counter()
        await extractor.extract(path, MediaType.TEXT)
        first = time.perf_counter() - started
        pairs = []
        for _ in range(SMALL_FILES):
            started = time.perf_counter()
            await extractor.extract(path, MediaType.TEXT)
            middle = time.perf_counter()
            plain.extract(str(path), limits=limits, progress=lambda _: None)
            pairs.append((middle - started, time.perf_counter() - middle))
    starts: list[float] = []
    for _ in range(STARTS):
        async with SubprocessPool(1) as pool:
            started = time.perf_counter()
            await SandboxedTextExtractor(pool).extract(path, MediaType.TEXT)
            starts.append(time.perf_counter() - started)
    another = statistics.median(starts) * 1000
    child, here = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    print(f"  a 1 KB text in a child: {child:.2f} ms, read here {here:.2f} ms, overhead {child - here:.2f} ms a file")
    print(f"  the first file of all, with the imports: {first * 1000:.0f} ms; of another child {another:.0f} ms")


def starlette_peers(folder: Path) -> Starlette:
    async def by_form(request: Request) -> Response:
        async with request.form() as form:
            upload = form["file"]
            assert isinstance(upload, UploadFile)
            with (folder / uuid4().hex).open("wb") as file:
                shutil.copyfileobj(upload.file, file, MEBIBYTE)
        return Response(status_code=201)

    async def raw(request: Request) -> Response:
        with (folder / uuid4().hex).open("wb") as file:
            async for chunk in request.stream():
                file.write(chunk)
        return Response(status_code=201)

    return Starlette(routes=[Route("/form", by_form, methods=["POST"]), Route("/raw", raw, methods=["POST"])])


def upload(url: str, token: str) -> float:
    """MiB a second of one upload by a bare socket, so that the client costs next to nothing."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{uuid4()}.txt"\r\n'
        f"Content-Type: text/plain\r\n\r\n{uuid4()}\n"
    )
    body = (
        head.encode() + b"All the sea was quiet that night.\n" * (UPLOAD_MIB * MEBIBYTE // 34) + f"\r\n--{BOUNDARY}--\r\n".encode()
    )
    address = httpx.URL(url)
    request = (
        f"POST {address.path} HTTP/1.1\r\nHost: {address.host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    started = time.perf_counter()
    with socket.create_connection((address.host, address.port or 80)) as connection:
        connection.sendall(request.encode())
        connection.sendall(body)
        answer = connection.recv(65536)
    assert b" 201 " in answer[:20], answer
    return UPLOAD_MIB / (time.perf_counter() - started)


async def upload_speed(folder: Path) -> None:
    """Prints MiB/s of POST /books beside the bare endpoints, in turns."""
    rates = []
    (folder / "peer").mkdir()
    async with (
        library(folder / "uploads", run_jobs=False) as container,
        served_library(container, folder / "uploads") as (url, token),
        served(uvicorn.Server(plain_config(starlette_peers(folder / "peer")))) as peer,
    ):
        for _ in range(ROUNDS + 1):
            targets = (f"{url}/books", f"{peer}/form", f"{peer}/raw")
            rates.append([await asyncio.to_thread(upload, target, token) for target in targets])
            for file in (folder / "peer").iterdir():
                file.unlink()
    ours, form, raw = (statistics.median(column) for column in zip(*rates[1:], strict=True))
    ratio = statistics.median(one / other for one, other, _ in rates[1:])
    to_raw = statistics.median(one / least for one, _, least in rates[1:])
    print(f"  POST /books of {UPLOAD_MIB} MiB: {ours:.0f} MiB/s; Starlette's form {form:.0f} MiB/s; its raw body {raw:.0f} MiB/s")
    print(f"  ratio to Starlette's form {ratio:.2f} (target 0.7); to a raw body, unparsed, unhashed and unsynced, {to_raw:.2f}")


async def listen(url: str, token: str, *, streams: int) -> None:
    """The role of the listeners: tells when all listen, then for each event when each stream got it."""
    address = httpx.URL(url)
    request = f"GET /documents/stream HTTP/1.1\r\nHost: {address.host}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()

    async def open_stream() -> asyncio.StreamReader:
        reader, writer = await asyncio.open_connection(address.host, address.port)
        writer.write(request)
        writers.append(writer)
        assert b" 200 " in await reader.readline()
        return reader

    async def take(reader: asyncio.StreamReader) -> list[float]:
        times = []
        async for line in reader:
            if line.startswith(b"data: "):
                times.append(time.monotonic())
                if len(times) == EVENTS:
                    break
        return times

    writers: list[asyncio.StreamWriter] = []
    readers = [await open_stream() for _ in range(streams)]
    print("ready", flush=True)
    print(json.dumps(await asyncio.gather(*map(take, readers))))


async def event_latency(folder: Path, streams: int) -> None:
    """Prints how long an event takes from its commit to the client, for all events and streams."""
    async with (
        library(folder / "events", run_jobs=False) as container,
        served_library(container, folder / "events") as (url, token),
    ):
        async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}) as client:
            files = {"files": ("story.txt", b"A story about the sea.")}
            document_id = (await client.post("/documents/upload", files=files)).raise_for_status().json()["accepted"][0]["id"]
        program = (sys.executable, __file__, "--listen", url, token, "--streams")
        for count in (1, streams):
            listeners = await asyncio.create_subprocess_exec(
                *program, str(count), stdout=asyncio.subprocess.PIPE, limit=256 * MEBIBYTE
            )
            assert listeners.stdout is not None
            await listeners.stdout.readline()
            await asyncio.sleep(EVENT_PAUSE)  # the last streams look where the log ends
            cpu = time.process_time()
            committed = [await commit_event(container, document_id) for _ in range(EVENTS)]
            times = json.loads(await listeners.stdout.readline())
            cpu = (time.process_time() - cpu) / EVENTS * 1000
            await listeners.wait()
            took = sorted((got - at) * 1000 for stream in times for got, at in zip(stream, committed, strict=True))
            p50, p99 = statistics.median(took), took[int(len(took) * 0.99)]
            print(f"  commit to client, {count} streams: p50 {p50:.1f} ms, p99 {p99:.1f} ms; server CPU {cpu:.1f} ms an event")
        await among_strangers(container, document_id, streams)


async def among_strangers(container: Container, document_id: str, streams: int) -> None:
    """Prints how long a member's event takes to the member while many others follow theirs, and what it costs."""
    member = Principal(tenant_id=MAIN_TENANT, user_id="member", role=Role.MEMBER)
    seen: list[float] = []
    waiting: set[str | None] = set()

    async def follow(by: Principal, seen: list[float]) -> None:
        async for news in container.services.documents.follow(by, None):
            if news is None:
                waiting.add(by.user_id)
            else:
                seen.append(time.monotonic())

    others = [replace(member, user_id=f"stranger-{number}") for number in range(streams - 1)]
    following = [asyncio.create_task(follow(by, [])) for by in others] + [asyncio.create_task(follow(member, seen))]
    while len(waiting) < streams:  # noqa: ASYNC110 -- until the first reads are over, which are no part of an event
        await asyncio.sleep(EVENT_PAUSE)
    idle = time.process_time()
    await asyncio.sleep(EVENTS * EVENT_PAUSE)
    cpu = time.process_time()
    idle = (cpu - idle) / (EVENTS * EVENT_PAUSE) * 1000
    committed = [await commit_event(container, document_id, owner_id="member") for _ in range(EVENTS)]
    cpu = (time.process_time() - cpu) / EVENTS * 1000
    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)
    p50 = statistics.median((got - at) * 1000 for got, at in zip(seen, committed, strict=True))
    cpu -= idle * EVENT_PAUSE
    print(f"  commit to its member, {streams} streams of as many members: p50 {p50:.1f} ms; server CPU {cpu:.1f} ms an event,")
    print(f"  and {idle:.0f} ms a second for all of them while nothing happens")


async def commit_event(container: Container, document_id: str, owner_id: str | None = None) -> float:
    """When the commit was done, by the clock that processes share."""
    open_unit = SqlUnitOfWorkFactory(container.database, container.bus, SystemClock())
    async with open_unit(MAIN_TENANT) as uow:
        document = await uow.documents.get(document_id)
        event = progress_event(document, None, datetime.now(UTC))
        uow.events.append(replace(event, owner_id=owner_id or event.owner_id))
    committed = time.monotonic()
    await asyncio.sleep(EVENT_PAUSE)
    return committed


async def throughput(folder: Path) -> None:
    """Prints documents a minute, from the upload until the summary is there."""
    shelf = [(filename(book), render(book)) for book in load_shelf()]
    house = the_house()
    async with library(folder / "shelf", run_jobs=True) as container:
        services = container.services
        started = time.perf_counter()
        for name, content in shelf:
            staged = await services.intake.receive(house, name, one_piece(content))
            await services.documents.add(house, staged)
        done = 0
        while done < len(shelf):
            await asyncio.sleep(0.05)
            done = (await services.documents.list(house, DocumentFilter(status=DocumentStatus.COMPLETED), PageRequest())).total
        minutes = (time.perf_counter() - started) / 60
    megabytes = sum(len(content) for _, content in shelf) / 1e6
    print(f"  {len(shelf)} works ({megabytes:.1f} MB) uploaded, read and summarised: {len(shelf) / minutes:.0f} documents a minute")


async def one_piece(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def measure(streams: int) -> None:
    """All of it, each in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="luminalib-bench-", dir=os.environ.get("TMPDIR")) as name:
        folder = Path(name)
        parts: list[Callable[[], Awaitable[None]]] = [
            lambda: child_overhead(folder),
            lambda: upload_speed(folder),
            lambda: event_latency(folder, streams),
            lambda: throughput(folder),
        ]
        for part in parts:
            async with asyncio.timeout(120):
                await part()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--streams", type=int, default=1000, help="how many listeners there are at once")
    parser.add_argument("--listen", nargs=2, metavar=("URL", "TOKEN"), help="be the listeners; for this program's own use")
    options = parser.parse_args()
    configure_logging("error", "console")
    work = listen(*options.listen, streams=options.streams) if options.listen else measure(options.streams)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)


if __name__ == "__main__":
    main()
