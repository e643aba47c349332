"""Databases, servers and clients for the tests. PostgreSQL is a real one, from pip."""

import gc

gc.disable()  # what is imported stays; see pytest_collection_finish

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
import sqlalchemy as sa
import structlog
from fastapi import FastAPI

import shared
from accounts import joined
from fakes import FakeLLM
from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.auth import sessions
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.views.reader import Reader, reader_of
from luminalib.adapters.security.passwords import Argon2Hasher
from luminalib.container import Container, adapters, open_container
from luminalib.domain.auth import MAIN_TENANT, User
from luminalib.main import create_app
from luminalib.settings import PostgresSettings, Settings
from postgres import Postgres, running_postgres
from streaming import serving
from templates import migrated, newest_schema

MEMORY, ENOUGH_BYTES = Path("/dev/shm"), 4 * 2**30  # noqa: S108 -- as any folder for temporary files
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH_BYTES:  # a disk took longer to copy a database than a test to use it
    tempfile.tempdir = os.environ["TMPDIR"] = os.fspath(MEMORY)
PATIENT = PostgresSettings(lock_seconds=120, pool_seconds=120, connect_seconds=120)
shared.share()
*_PROCESSORS, _ = structlog.get_config()["processors"]
# A traceback with all variables, which is the default, takes ten seconds to write where a whole library is among them.
structlog.configure([*_PROCESSORS, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])
hypothesis.settings.register_profile("at any speed", deadline=None)
hypothesis.settings.load_profile("at any speed")
"""A crowd at one book waits longer on a slow machine than people should. A deadlock is an error as before."""
SignUp = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("LUMINALIB_") and not name.startswith("LUMINALIB_TEST_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _cheap_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes of the smallest cost that Argon2 knows, except for tests that are marked `real_hashes` and whole servers."""
    if request.node.get_closest_marker("real_hashes"):
        return
    monkeypatch.setattr(adapters, "Argon2Hasher", partial(Argon2Hasher, memory_kib=8, iterations=1))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first: what begins last has the machine to itself, and uses half of it."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """What was imported stays: the collector need not look through it again and again, nor at all before that."""
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()


@pytest.fixture(scope="session")
def openapi_document() -> dict[str, Any]:
    """The document of a server with default settings; it takes a second to make."""
    return create_app(Settings(_env_file=None)).openapi()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A real PostgreSQL that lives as long as the test session (one per xdist worker)."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres) -> str:
    """The name of a database with the newest schema, to be copied likewise."""
    postgres_server.run("CREATE DATABASE template")
    asyncio.run(migrated(postgres_server.url("template")))
    return "template"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind without a table."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'luminalib.db'}"
    else:
        server: Postgres = request.getfixturevalue("postgres_server")
        with server.database("template1") as name:
            yield server.url(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A file with the newest schema and nothing in it."""
    path = tmp_path / "luminalib.db"
    shutil.copyfile(newest_schema(), path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_server: Postgres, postgres_template: str) -> Iterator[str]:
    """A PostgreSQL database with the newest schema and nothing in it."""
    with postgres_server.database(postgres_template) as name:
        yield postgres_server.url(name)


@pytest.fixture(scope="session")
def shared_postgres_url(postgres_server: Postgres, postgres_template: str) -> Iterator[str]:
    """A PostgreSQL database with the newest schema that tests leave to one another: who wants it empty empties it."""
    with postgres_server.database(postgres_template) as name:
        yield postgres_server.url(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """One of each kind."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[SqlDatabase]:
    """A database with the newest schema."""
    opened = SqlDatabase(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def reader(database: SqlDatabase) -> AsyncIterator[Reader]:
    """What reads that database past the ORM."""
    opened = reader_of(database)
    await opened.start()
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def default_settings() -> Settings:
    """Read once, as that takes longer than many a test."""
    return Settings(_env_file=None, max_upload_mib=2, postgres=PATIENT)


@pytest.fixture
def settings(default_settings: Settings, database_url: str, tmp_path: Path) -> Settings:
    """A whole installation in a temporary folder, once on each database."""
    return default_settings.model_copy(update={"data_dir": tmp_path / "data", "database_url": database_url})


@pytest.fixture
async def container(request: pytest.FixtureRequest, settings: Settings) -> AsyncIterator[Container]:
    """The running parts of that installation; a language engine that answers at once stands in for the real one.

    What is marked `jobs(False)` waits for no background work, and none takes its time beside it.
    """
    mark = request.node.get_closest_marker("jobs")
    async with open_container(settings, llm=FakeLLM(), run_jobs=mark is None or mark.args[0]) as opened:
        yield opened


@pytest.fixture
def app(settings: Settings, container: Container) -> FastAPI:
    """Its server."""
    return create_app(settings, container)


@pytest.fixture
async def client(app: FastAPI, container: Container) -> AsyncIterator[httpx.AsyncClient]:
    """A client that nobody knows yet."""
    app.state.services = container.services
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://library.test") as opened:
        yield opened


@pytest.fixture
async def sign_up(client: httpx.AsyncClient, app: FastAPI, container: Container) -> AsyncIterator[SignUp]:
    """Makes accounts: `await sign_up("ada")` is a client that is logged in as ada. The first becomes admin."""
    opened: list[httpx.AsyncClient] = []

    async def make(name: str) -> httpx.AsyncClient:
        headers = await joined(container, name)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        opened.append(httpx.AsyncClient(transport=transport, base_url=client.base_url, headers=headers))
        return opened[-1]

    yield make
    for one in opened:
        await one.aclose()


@pytest.fixture
async def admin(sign_up: SignUp) -> httpx.AsyncClient:
    """The first account."""
    return await sign_up("admin")


@pytest.fixture
async def member(admin: httpx.AsyncClient, sign_up: SignUp) -> httpx.AsyncClient:
    """A later account."""
    return await sign_up("member")


@pytest.fixture
def stored_files(settings: Settings) -> Callable[[], list[str]]:
    """Lists the files in the storage's folder, also half-written ones."""
    root = settings.data_dir / "files"

    def find() -> list[str]:
        # Not by rglob, which fails when a folder goes while it looks.
        return sorted(str(Path(folder, name).relative_to(root)) for folder, _, names in os.walk(root) for name in names)

    return find


@pytest.fixture
def count_rows(container: Container) -> Callable[..., Awaitable[int]]:
    """Counts the rows of some tables."""

    async def count(*tables: str) -> int:
        async with container.database.owner.connect() as connection:
            counts = [await connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) for name in tables]
        return sum(count or 0 for count in counts)

    return count


@pytest.fixture
def stored_user(container: Container) -> Callable[[str], Awaitable[User | None]]:
    """Looks an account up past the API."""

    async def find(email: str) -> User | None:
        async with SqlUnitOfWorkFactory(container.database, container.bus, SystemClock()).reading(MAIN_TENANT) as uow:
            return await uow.users.find_by_email(email)

    return find


@pytest.fixture
def age_sessions(container: Container) -> Callable[[timedelta], Awaitable[None]]:
    """Lets all refresh tokens be older than they are."""

    async def age(by: timedelta) -> None:
        async with container.database.owner.begin() as connection:
            await connection.execute(sa.update(sessions).values(rotated_at=datetime.now(UTC) - by))

    return age


@pytest.fixture
async def server_url(app: FastAPI, container: Container) -> AsyncIterator[str]:
    """The same app behind a real socket: the in-process transport cannot stream."""
    async with serving(app, container) as url:
        yield url
