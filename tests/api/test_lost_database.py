"""SQLite's file is deleted, replaced or overwritten under the running server."""

import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from accounts import Library, email_of, opened
from journeys import PASSWORD
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.migrations import upgrade
from luminalib.settings import Settings


def delete(path: Path) -> None:
    path.unlink()


def move_away(path: Path) -> None:
    path.rename(path.with_suffix(".old"))


def replace_by_another(path: Path) -> None:
    other = path.with_suffix(".other")
    sqlite3.connect(other).execute("CREATE TABLE blank (x)").connection.close()
    other.replace(path)


def replace_by_an_older_self(path: Path) -> None:
    copy = path.with_suffix(".copy")
    shutil.copy(path, copy)
    copy.replace(path)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"garbage " * 10_000)


DISASTERS: list[Callable[[Path], None]] = [delete, move_away, replace_by_another, replace_by_an_older_self, empty, overwrite]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
async def library(settings: Settings) -> AsyncIterator[Library]:
    async with opened(settings) as library:
        yield library


async def check_told(answer: httpx.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["type"] == "/problems/database-unavailable"


@pytest.mark.parametrize("disaster", DISASTERS)
async def test_nothing_is_said_to_be_done_that_nobody_will_find(
    library: Library, tmp_path: Path, disaster: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    ada = await library.join("ada")
    disaster(tmp_path / "luminalib.db")
    visitor = library.visitor()
    capsys.readouterr()
    await check_told(await visitor.post("/auth/signup", json={"email": email_of("eve"), "password": PASSWORD}))
    await check_told(await visitor.post("/auth/login", json={"email": email_of("ada"), "password": PASSWORD}))
    await check_told(await ada.get("/books"))
    await check_told(await ada.patch("/auth/me", json={"display_name": "Ada"}))
    await check_told(await ada.get("/auth/me"))
    assert "".join(capsys.readouterr()).count("request.unavailable") == 5, "the log says why, too"
    ready = await visitor.get("/readyz")
    assert (ready.status_code, ready.json()["parts"]["database"]["status"]) == (503, "down")
    if disaster in (delete, move_away):
        assert not (tmp_path / "luminalib.db").exists(), "no empty one takes its place"
    assert (await visitor.get("/healthz")).status_code == 200


async def test_damage_in_the_middle_is_a_503_too(library: Library, tmp_path: Path) -> None:
    ada = await library.join("ada")
    path = tmp_path / "luminalib.db"
    sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    assert (await library.visitor().get("/readyz")).status_code == 503
    for answer in (await ada.get("/books"), await ada.patch("/auth/me", json={"display_name": "Ada"})):
        assert answer.status_code in (200, 503)  # what is in memory still may be answered


async def test_a_database_without_its_schema_is_not_ready(tmp_path: Path) -> None:
    database = SqlDatabase(f"sqlite+aiosqlite:///{tmp_path / 'bare.db'}")
    with pytest.raises(Exception, match="alembic_version"):
        await database.check()
    await upgrade(database)
    await database.check()
    await database.close()
