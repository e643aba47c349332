"""The database goes away while files are being worked on, and comes back."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest
from test_crash_recovery import check_ledger

from fakes import FakeLLM
from journeys import PASSWORD
from luminalib.adapters.jobs.inprocess import POLL_SECONDS
from luminalib.container import open_container
from luminalib.main import create_app
from luminalib.settings import Settings
from postgres import Postgres
from waiting import indexed

BOOKS = 30
BEFORE = 5
"""How many of them come while the database is there."""


class Cable:
    """What lies between the library and its PostgreSQL: a socket of the same kind that can be pulled out."""

    def __init__(self, target: Path, folder: Path) -> None:
        self._target = target
        self.path = folder / target.name
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def plug(self) -> None:
        self._server = await asyncio.start_unix_server(self._carry, self.path)

    async def pull(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in [*self._writers]:
            writer.transport.abort()
        self.path.unlink(missing_ok=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(self._target)
        self._writers |= {writer, far_writer}
        with suppress(OSError):
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        self._writers -= {writer, far_writer}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()


@pytest.fixture
async def cable(postgres_server: Postgres, tmp_path: Path) -> AsyncIterator[Cable]:
    host = parse_qs(urlsplit(postgres_server.dsn("postgres")).query)["host"][0]
    (socket,) = (path for path in Path(host).glob(".s.PGSQL.*") if path.suffix != ".lock")
    cable = Cable(socket, tmp_path)
    await cable.plug()
    yield cable
    await cable.pull()


@pytest.fixture
def name(postgres_server: Postgres) -> Iterator[str]:
    with postgres_server.database("template1") as name:
        yield name


@pytest.mark.long
async def test_a_database_that_is_away_for_a_while_loses_nothing(
    cable: Cable, name: str, postgres_server: Postgres, tmp_path: Path
) -> None:
    url = postgres_server.url(name)
    through = url.replace(str(parse_qs(urlsplit(url).query)["host"][0]), str(tmp_path))
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", database_url=through, rate_limits="off")
    async with open_container(settings, llm=FakeLLM()) as container:
        app = create_app(settings, container)
        app.state.services = container.services
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://library.test", timeout=60) as client:
            account = {"email": "ada@library.test", "password": PASSWORD}
            (await client.post("/auth/signup", json=account)).raise_for_status()
            tokens = (await client.post("/auth/login", json=account)).json()
            client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
            stories = [f"Story {n}, {uuid4()}." for n in range(BOOKS)]
            statuses = [await send_until_taken(client, story) for story in stories[:BEFORE]]
            noticed = asyncio.Event()
            outage = asyncio.create_task(pull_until(noticed, cable))
            statuses += [await send_until_taken(client, story, noticed) for story in stories[BEFORE:]]
            await outage
            assert {status for tries in statuses for status in tries} <= {201, 401, 503}
            async with asyncio.timeout(90):
                while (await client.get("/books", params={"status": "completed", "size": 1})).json()["total"] < BOOKS:
                    await asyncio.sleep(0.2)
            assert (await client.get("/books", params={"size": 1})).json()["total"] == BOOKS
            await indexed(container)
            sound = await container.services.doctor.examine("main")
            assert sound.is_sound, str(sound)
    await check_ledger(url)


async def pull_until(noticed: asyncio.Event, cable: Cable) -> None:
    """Takes the database away until a request has been told so, and the workers have had the time to find out, too."""
    await cable.pull()
    await noticed.wait()
    await asyncio.sleep(2 * POLL_SECONDS)
    await cable.plug()


async def send_until_taken(client: httpx.AsyncClient, text: str, noticed: asyncio.Event | None = None) -> list[int]:
    """The status of each try; a 503 is `noticed`."""
    tries: list[int] = []
    while 201 not in tries:
        answer = await client.post("/books", files={"file": ("a.txt", text.encode())}, data={"title": text[:8]})
        if answer.status_code == 409:  # it had been taken, only the answer was lost
            return tries
        tries.append(answer.status_code)
        if noticed and answer.status_code == 503:
            noticed.set()
        await asyncio.sleep(0.05 if answer.status_code == 201 else 0.5)
    return tries
