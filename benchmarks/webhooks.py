"""How soon webhooks are told, and what dead ones cost the living.

100 webhooks of one tenant, 20 of which never answer (they take the connection and say nothing); one event at a time, each for all
of them, so 100 events are 10,000 messages. The receiver is a process of its own. Printed is the time from the commit to the arrival
at the living, beside a run of the same library where nobody is dead, and what a message takes of the library's processor time:
that says the same on a machine that others use, too.

    .venv/bin/python benchmarks/webhooks.py [--events N] [--every SECONDS] [--database sqlite|postgresql]
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import tempfile
import time
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

from library import postgres
from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.container import Container, open_container
from luminalib.domain.announcements import Announcement, EventType
from luminalib.domain.auth import MAIN_TENANT, the_house
from luminalib.domain.paging import PageRequest
from luminalib.domain.webhooks import WebhookFormat
from luminalib.logs import configure_logging
from luminalib.settings import Settings

LIVING, DEAD = 80, 20


def receive(pipe: Any) -> None:
    """The receiver's process: sends its ports, then what arrived and when, once it is asked."""
    asyncio.run(_receive(pipe))


async def _receive(pipe: Any) -> None:
    arrived: list[tuple[int, float]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
                told = json.loads(await reader.readexactly(length))
                arrived.append((told["data"]["n"], time.monotonic()))
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):  # cancelled with the process
            writer.close()

    async def say_nothing(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.CancelledError):  # as above
            await reader.read()

    living = await asyncio.start_server(answer, "127.0.0.1", 0)
    dead = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    pipe.send([server.sockets[0].getsockname()[1] for server in (living, dead)])
    wanted = await asyncio.to_thread(pipe.recv)
    while len(arrived) < wanted:  # noqa: ASYNC110 -- nobody else runs here
        await asyncio.sleep(0.1)
    pipe.send(arrived)


async def measure(url: str, folder: Path, dead: int, events: int, every: float) -> tuple[list[float], float, float]:
    """The seconds from commit to arrival of each message to the living, those of the last, and of processor time for each."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=receive, args=(theirs,))
    process.start()
    ports = await asyncio.to_thread(ours.recv)
    settings = Settings(_env_file=None, data_dir=folder, database_url=url, webhooks_allow="127.0.0.1")
    committed: dict[int, float] = {}
    async with open_container(settings) as container:
        await set_up(container, [ports[0]] * LIVING + [ports[1]] * dead)
        uow = SqlUnitOfWorkFactory(container.database, container.bus, SystemClock())
        uow.wake_deliveries = _waker_of(container)
        before = time.process_time()
        for n in range(events):
            async with uow(MAIN_TENANT) as unit:
                told = Announcement(type=EventType.BOOK_CREATED, data={"n": n}, path="/books/n", text="", at=SystemClock().now())
                unit.outbox.append(told)
            committed[n] = time.monotonic()
            await asyncio.sleep(every)
        ours.send(LIVING * events)
        assert await asyncio.to_thread(ours.poll, 120), "messages are missing"
        arrived = ours.recv()
        used = (time.process_time() - before) / (LIVING * events)
    process.join()
    return sorted(at - committed[n] for n, at in arrived), max(at for _, at in arrived) - committed[events - 1], used


async def set_up(container: Container, ports: list[int]) -> None:
    services = container.services
    for old in (await services.webhooks.list(the_house(), PageRequest(1, 100))).items:
        await services.webhooks.remove(the_house(), old.id)
    for n, port in enumerate(ports):
        await services.webhooks.add(the_house(), f"http://127.0.0.1:{port}/{n}", [], None, WebhookFormat.STANDARD)


def _waker_of(container: Container) -> Any:
    return container.services.webhooks._uow.wake_deliveries  # type: ignore[attr-defined]  # noqa: SLF001 -- the server's own


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--events", type=int, default=100)
    parser.add_argument("--every", type=float, default=0.5)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    given = parser.parse_args()
    configure_logging("error", "console")
    with tempfile.TemporaryDirectory(prefix="luminalib-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with postgres(folder) if given.database == "postgresql" else nullcontext(f"sqlite:///{folder / 'l.db'}") as url:
            found = {dead: asyncio.run(measure(url, folder / "data", dead, given.events, given.every)) for dead in (0, DEAD)}
    print(f"{given.database}: {given.events} events, one every {given.every} s, for {LIVING} living webhooks; commit to arrival:")
    for dead, (latencies, last, used) in found.items():
        p95 = latencies[int(len(latencies) * 0.95)]
        median = statistics.median(latencies)
        times = f"median {median * 1000:5.0f} ms, p95 {p95 * 1000:5.0f} ms, last {last * 1000:5.0f} ms"
        print(f"  beside {dead:2} dead: {times}, {used * 1000:.1f} ms of processor time a message (load {os.getloadavg()[0]:.1f})")
    ratio = found[DEAD][0][int(len(found[DEAD][0]) * 0.95)] / found[0][0][int(len(found[0][0]) * 0.95)]
    print(f"  ratio of the p95 with and without dead ones: {ratio:.2f}")


if __name__ == "__main__":
    main()
