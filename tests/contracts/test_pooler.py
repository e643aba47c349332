"""Behind a real PgBouncer that gives each transaction another of the server's connections."""

import asyncio
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from accounts import opened
from journeys import add
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.migrations import upgrade
from luminalib.domain.books import BookNotFound
from luminalib.settings import PostgresSettings, Settings

pytestmark = pytest.mark.skipif(shutil.which("pgbouncer") is None, reason="there is no PgBouncer here")


@pytest.fixture
async def pooled_url(postgres_url: str) -> AsyncIterator[str]:
    """That database behind PgBouncer, with two connections for everybody."""
    url = sa.make_url(postgres_url)
    host = url.host or str(url.query["host"])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    lines = [
        "[databases]",
        f"* = host={host} port={url.port or 5432} user={url.username}",
        "[pgbouncer]",
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =",
        "auth_type = any\npool_mode = transaction\ndefault_pool_size = 2",
    ]
    with tempfile.NamedTemporaryFile("w", prefix="luminalib-pooler-", suffix=".ini") as ini:  # pytest's own folder is closed to it
        ini.write("\n".join(lines) + "\n")
        ini.flush()
        Path(ini.name).chmod(0o644)
        async with _running(ini.name, Path(host).owner(), port):  # who may come to the socket
            yield f"postgresql://{url.username}@127.0.0.1:{port}/{url.database}"


@asynccontextmanager
async def _running(ini: str, user: str, port: int) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec("pgbouncer", "--quiet", "--user", user, ini)

    async with asyncio.timeout(30):
        while process.returncode is None:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            await asyncio.sleep(0.02)
    yield
    process.terminate()
    await process.wait()


async def test_two_libraries_are_served_and_kept_apart(pooled_url: str, postgres_url: str, tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path / "data",
        database_url=pooled_url,
        migration_database_url=postgres_url,
        postgres=PostgresSettings(by_pooler=True),
        rate_limits="off",
    )
    pooled = SqlDatabase(pooled_url.replace("postgresql://", "postgresql+asyncpg://"), by_pooler=True)
    await upgrade(pooled, again=True)
    await pooled.close()
    async with opened(settings) as library:
        admin = await library.join("admin")
        book = (await add(admin, title="A Book")).raise_for_status().json()
        assert (await admin.get(f"/books/{book['id']}")).json()["title"] == "A Book"
        found = await asyncio.gather(*(admin.get("/books", params={"q": "book"}) for _ in range(20)))
        assert {answer.json()["total"] for answer in found} == {1}
        views = library.container.services.books._books
        asked = (views.get("other" if turn % 2 else "main", book["id"]) for turn in range(40))
        shown = await asyncio.gather(*asked, return_exceptions=True)
        assert [isinstance(one, BookNotFound) for one in shown] == [bool(turn % 2) for turn in range(40)]
        for turn in range(10):
            async with library.container.services.books._uow("other" if turn % 2 else "main") as uow:
                ids = [*await uow._session.scalars(sa.text("SELECT id FROM books"))]  # type: ignore[attr-defined]
                assert ids == ([] if turn % 2 else [book["id"]])
