"""What holds at the edges of time and in the middle of things: sessions that are over, passwords that change meanwhile."""

import asyncio
import sqlite3
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from accounts import email_of, log_in, opened, refresh, slug
from fakes import FakeClock
from journeys import PASSWORD
from luminalib.adapters.db.auth import sessions
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.migrations import upgrade
from luminalib.adapters.security.passwords import Argon2Hasher
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.inspection import STAGED_FOR, UNTOUCHED_FOR
from luminalib.domain.uploads import PARTS
from luminalib.settings import Settings

TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime.now(UTC))


async def test_a_session_that_is_over_neither_refreshes_nor_opens_anything(settings: Settings, clock: FakeClock) -> None:
    async with opened(settings, clock=clock, session_days=1, access_minutes=1440 * 30) as library:
        await library.join("ada")
        visitor = library.visitor()
        tokens = await log_in(visitor, "ada")
        clock.advance(timedelta(hours=23, minutes=59))
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert (await visitor.get("/auth/me", headers=bearer)).status_code == 200
        clock.advance(timedelta(minutes=2))  # the access token itself would be good for a month
        over = await visitor.get("/auth/me", headers=bearer)
        assert (over.status_code, slug(over)) == (401, "invalid-token")
        late = await refresh(visitor, tokens)
        assert (late.status_code, slug(late)) == (401, "invalid-token")


async def test_a_refresh_prolongs_the_session_and_nothing_else_does(settings: Settings, clock: FakeClock) -> None:
    async with opened(settings, clock=clock, session_days=1, access_minutes=10) as library:
        await library.join("ada")
        visitor = library.visitor()
        tokens = await log_in(visitor, "ada")
        for _ in range(3):
            clock.advance(timedelta(hours=20))
            tokens = (await refresh(visitor, tokens)).raise_for_status().json()
        clock.advance(timedelta(hours=24))
        assert (await refresh(visitor, tokens)).status_code == 401


async def test_a_log_in_while_the_password_is_being_changed_opens_no_session(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(settings) as library:
        ada = await library.join("ada")
        checked, go_on = asyncio.Event(), asyncio.Event()
        verify = Argon2Hasher.verify

        async def slow(self: Argon2Hasher, password: str, password_hash: str | None, origin: str | None = None) -> bool:
            matches = await verify(self, password, password_hash, origin)
            checked.set()
            await go_on.wait()
            return matches

        monkeypatch.setattr(Argon2Hasher, "verify", slow)
        account = {"email": email_of("ada"), "password": PASSWORD}
        logging_in = asyncio.create_task(library.visitor().post("/auth/login", json=account))
        await checked.wait()
        monkeypatch.setattr(Argon2Hasher, "verify", verify)
        change = {"current_password": PASSWORD, "new_password": "quiet harbour 1887"}
        (await ada.put("/auth/me/password", json=change)).raise_for_status()
        go_on.set()
        refused = await logging_in
        assert (refused.status_code, slug(refused)) == (401, "bad-credentials")
        async with library.container.database.owner.connect() as connection:
            still_open = sa.select(sa.func.count()).select_from(sessions).where(sessions.c.ended_at.is_(None))
            assert await connection.scalar(still_open) == 1


async def test_a_piece_that_the_storage_has_changed_becomes_no_document(settings: Settings, count_rows: Any) -> None:
    async with opened(settings) as library:
        ada = await library.join("ada")
        named = f"filename {b64encode(b'note.txt').decode()}"
        path = (await ada.post("/uploads", headers={**TUS, "Upload-Length": "20", "Upload-Metadata": named})).headers["Location"]

        async def send(offset: int, content: bytes) -> httpx.Response:
            head = {**TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
            return await ada.patch(path, headers=head, content=content)

        assert (await send(0, b"A note abo")).status_code == 204
        files = [found for found in (settings.data_dir / "files" / PARTS).rglob("*") if found.is_file()]
        assert len(files) == 1
        files[0].write_bytes(b"A lie abou")
        spoilt = await send(10, b"ut lights.")
        assert (spoilt.status_code, slug(spoilt)) == (503, "storage-unavailable")
        assert await count_rows("documents") == 0
        assert not [found for found in (settings.data_dir / "files").rglob("*") if "staging" in str(found) and found.is_file()]


async def test_writers_of_one_process_take_turns_on_sqlite(tmp_path: Path) -> None:
    """Without the gate they would meet at SQLite's own lock, where who waits longest may wait for ever."""
    database = SqlDatabase(f"sqlite+aiosqlite:///{tmp_path / 'turns.db'}")
    await upgrade(database)
    order: list[str] = []
    holds, release = asyncio.Event(), asyncio.Event()

    async def write(name: str) -> None:
        async with database.write_gate(), database.owner.begin() as connection:
            order.append(name)
            await connection.execute(sa.text("UPDATE jobs SET claims = 0"))
            if name == "first":
                holds.set()
                await release.wait()

    first = asyncio.create_task(write("first"))
    await holds.wait()
    others = []
    for n in range(5):
        others.append(asyncio.create_task(write(f"{n}")))
        await asyncio.sleep(0.02)
    assert order == ["first"]
    assert database.engine.pool.checkedout() == 1  # type: ignore[attr-defined]  # those who wait hold no connection
    release.set()
    await asyncio.gather(first, *others)
    assert order == ["first", *"01234"]
    await database.close()


async def test_a_unit_of_work_waits_at_the_gate_and_fails_at_no_lock(settings: Settings, tmp_path: Path) -> None:
    if not settings.database.startswith("sqlite"):
        pytest.skip("PostgreSQL has no gate")
    async with opened(settings) as library:
        ada = await library.join("ada")
        database = library.container.database
        async with database.write_gate():
            waiting = asyncio.create_task(ada.patch("/auth/me", json={"display_name": "Ada"}))
            await asyncio.sleep(0.1)
            assert not waiting.done()
            assert database.url.database
            other = sqlite3.connect(database.url.database, timeout=0)  # nobody has begun to write
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
            other.close()
        assert (await waiting).status_code == 200


async def test_young_files_without_a_row_are_left_alone(settings: Settings, clock: FakeClock) -> None:
    async with opened(settings, clock=clock) as library:
        files = settings.data_dir / "files"
        keys = {"documents/nobody/file.txt": UNTOUCHED_FOR, f"{PARTS}nobody/0": UNTOUCHED_FOR, "staging/nobody": STAGED_FOR}
        for key in keys:
            (files / key).parent.mkdir(parents=True, exist_ok=True)
            (files / key).write_bytes(b"just arriving")
        examine = library.container.services.doctor.examine
        assert not (await examine(MAIN_TENANT)).orphans
        clock.advance(min(keys.values()) - timedelta(minutes=1))
        assert not (await examine(MAIN_TENANT)).orphans
        clock.advance(timedelta(minutes=2))
        assert sorted((await examine(MAIN_TENANT)).orphans) == sorted(key for key, kept in keys.items() if kept == UNTOUCHED_FOR)
        clock.advance(max(keys.values()))
        assert sorted((await examine(MAIN_TENANT)).orphans) == sorted(keys)
    assert timedelta(minutes=30) <= UNTOUCHED_FOR < STAGED_FOR
