"""A library in a file: from PostgreSQL to SQLite and back, equal row by row and file by file; and files that are refused."""

import asyncio
import hashlib
import json
import shutil
import signal
import warnings
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from accounts import Library, opened, working
from commands import start
from journeys import STORY, add, settled
from luminalib.adapters.db.columns import portable
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.schema import metadata
from luminalib.domain.errors import LuminaError
from luminalib.domain.tenant_files import (
    LEFT_EMPTY,
    LEFT_OUT,
    SEALED,
    STORAGE_KEYS,
    AlreadyHere,
    FileNotUsable,
    SecretsClosed,
    TenantFileBroken,
    TenantFileNotForHere,
    TenantReport,
    rows_of,
)
from luminalib.domain.tenants import BadSlug, PlanNotFound, SlugTaken
from luminalib.ports.sealing import Sealer
from luminalib.ports.storage import StorageProvider
from luminalib.services.tenant_files import TenantFileTools, Wish
from luminalib.settings import Settings
from tenantfiles import KEPT_BY_TRIGGERS, OWNED, furnish, made_up, nothing_of, objects, rows_in, standing
from tenanthouses import SEASIDE, operator_of
from waiting import indexed

PASSPHRASE = "eight words that nobody guesses in a thousand years"


def heard(_what: str, _done: int, _of: int | None) -> None:
    pass


@dataclass(frozen=True, slots=True)
class House:
    """An installation, as far as files go in and out."""

    library: Library

    @property
    def tools(self) -> TenantFileTools:
        return self.library.container.services.tenant_exports._tools

    @property
    def database(self) -> SqlDatabase:
        return self.library.container.database

    @property
    def storage(self) -> StorageProvider:
        return self.tools.storage

    @property
    def sealer(self) -> Sealer:
        return self.tools.sealer

    async def give(self, path: Path, passphrase: str | None = PASSPHRASE, slug: str = "seaside") -> TenantReport:
        return await self.library.container.services.tenant_exports.export(slug, path, passphrase, heard)

    async def take(self, path: Path, **wish: Any) -> TenantReport:
        return await self.library.container.services.tenant_imports.take_in(path, Wish(**{"passphrase": PASSPHRASE, **wish}), heard)

    async def remove(self, slug: str) -> None:
        async with self.tools.uow(slug) as uow:
            await uow.tenants.remove_everything()
        for key in [found.key async for found in self.storage.list(f"tenants/{slug}/")]:
            await self.storage.delete(key)
        self.tools.tenants.forget()

    async def standing(self, slug: str) -> dict[str, list[str]]:
        return await standing(self.database, self.sealer, slug)


@pytest.fixture
async def stack(postgres_url: str) -> AsyncIterator[AsyncExitStack]:
    """Whatever is opened is closed before the database goes."""
    async with AsyncExitStack() as opened:
        yield opened


@pytest.fixture
async def here(stack: AsyncExitStack, postgres_url: str, tmp_path: Path) -> House:
    """PostgreSQL, with a library that has rows in every table."""
    settings = Settings(_env_file=None, data_dir=tmp_path / "here", database_url=postgres_url)
    house = House(await stack.enter_async_context(opened(settings)))
    operator = await operator_of(house.library)
    (await operator.post("/tenants", json=SEASIDE)).raise_for_status()
    async with house.database.owner.begin() as connection:  # its first invitation would be a fourth row
        await connection.execute(sa.delete(metadata.tables["one_time_links"]))
    await furnish(house.database, house.storage, house.sealer, "seaside")
    return house


@pytest.fixture
async def there(stack: AsyncExitStack, sqlite_url: str, tmp_path: Path) -> House:
    """A fresh SQLite."""
    settings = Settings(_env_file=None, data_dir=tmp_path / "there", database_url=sqlite_url)
    return House(await stack.enter_async_context(opened(settings)))


def test_each_table_and_column_is_spoken_for() -> None:
    names = {table.name for table in OWNED}
    assert names >= {*LEFT_OUT, *LEFT_EMPTY, *SEALED}, "no table is named that is not there"
    for table in OWNED:
        for column in table.c:
            portable(column)  # raises for a type that nobody has said it for
            if table.name not in LEFT_OUT:
                is_secret = column.name.endswith("secret") or column.name == "token"
                assert is_secret == (column.name in SEALED.get(table.name, ())), column
                is_key = column.name.endswith("_key") and column.name not in ("title_key", "author_key", "series_key")
                assert is_key == (table.name == "documents" and column.name in STORAGE_KEYS), column


async def test_there_and_back_it_is_the_same(here: House, there: House, tmp_path: Path) -> None:
    before, files = await here.standing("seaside"), await objects(here.storage, "seaside")
    expected = {name: [] if name in LEFT_OUT and name not in KEPT_BY_TRIGGERS else rows for name, rows in before.items()}
    assert {table.name for table in OWNED if len(before[table.name]) != rows_in(table)} == {
        "tenants", "catalogue_terms", *KEPT_BY_TRIGGERS,
    }  # fmt: skip
    given = await here.give(tmp_path / "first.zip")
    assert (given.objects, given.missing) == (4, ["tenants/seaside/documents/documents-2/cover_key.bin"])
    assert await here.standing("seaside") == before | {"audit_events": (await here.standing("seaside"))["audit_events"]}

    taken = await there.take(tmp_path / "first.zip")
    assert (taken.rows, taken.objects, taken.to_set) == (given.rows, given.objects, set())
    assert await there.standing("seaside") == expected | {"jobs": (await there.standing("seaside"))["jobs"]}
    assert await objects(there.storage, "seaside") == files

    await there.give(tmp_path / "second.zip")
    await here.remove("seaside")
    await nothing_of(here.database, here.storage, "seaside")
    await here.take(tmp_path / "second.zip")
    back = await here.standing("seaside")
    assert back == expected | {"jobs": back["jobs"]}
    assert await objects(here.storage, "seaside") == files


async def test_under_another_name(here: House, there: House, tmp_path: Path) -> None:
    before, files = await here.standing("seaside"), await objects(here.storage, "seaside")
    await here.give(tmp_path / "one.zip", passphrase=None)
    taken = await there.take(tmp_path / "one.zip", slug="harbour", plan="library", passphrase=None)
    after = await there.standing("harbour")
    changed = {"tenants", "app_passwords", "jobs", *SEALED, *LEFT_OUT} - {*KEPT_BY_TRIGGERS}
    assert {name: rows for name, rows in after.items() if name not in changed} == {
        name: rows for name, rows in before.items() if name not in changed
    }
    assert await objects(there.storage, "harbour") == files
    assert after["app_passwords"] == [], "they name the library that they open"
    assert "'plan': 'library'" in after["tenants"][0]
    assert {table for table, _ in taken.to_set} == {*SEALED}
    said = json.dumps([after[table] for table in SEALED])
    assert "webhooks secret" not in said
    assert "crm_connections token" not in said
    assert "True" not in str([row for row in after["webhooks"] if "is_enabled': True" in row])
    audit = json.dumps((await there.standing("main"))["audit_events"])
    assert "tenant-imported" in audit or "TENANT_IMPORTED" in audit


Members = dict[str, bytes]


def rewritten(path: Path, change: Callable[[Members], object], *, is_said: bool = True, objects: int = 4, **how: Any) -> Path:
    """A copy of a file after a change; `is_said` when the manifest tells of it as if it were right."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    untouched = members["manifest.json"]
    change(members)
    if is_said and members.get("manifest.json") == untouched:
        manifest = json.loads(members["manifest.json"])
        for name, content in members.items():
            if name in manifest["members"]:
                counted = content.count(b"\n") if name.startswith("rows/") else objects
                said = {"size": len(content), "count": counted, "sha256": hashlib.sha256(content).hexdigest()}
                manifest["members"][name] = said
        members["manifest.json"] = json.dumps(manifest).encode()
    changed = path.with_name("changed.zip")
    with zipfile.ZipFile(changed, "w", **how) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return changed


def in_rows(table: str, change: Callable[[list[dict[str, Any]]], None]) -> Callable[[Members], None]:
    def changed(members: Members) -> None:
        rows = [json.loads(line) for line in members[rows_of(table)].splitlines()]
        change(rows)
        members[rows_of(table)] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)

    return changed


def said(**changes: Any) -> Callable[[Members], None]:
    def changed(members: Members) -> None:
        members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | changes).encode()

    return changed


def _first(**values: Any) -> Callable[[list[dict[str, Any]]], None]:
    return lambda rows: rows[0].update(values)


OBJECT = b'{"key": "tenants/seaside/documents/documents-0/content_key.bin", "size": 3}\nabc'
HOSTILE: dict[str, Callable[[Members], object]] = {
    "another's rows": in_rows("books", _first(tenant_id="main")),
    "an unknown column": in_rows("books", _first(price=3)),
    "a column less": in_rows("books", lambda rows: rows[0].pop("title")),
    "an unknown table": lambda members: members.update({"rows/nothing.jsonl": b""}),
    "a table less": lambda members: members.pop("rows/books.jsonl"),
    "what is not listed": lambda members: members.update({"../../etc/passwd": b"root"}),
    "a file of another library": in_rows("documents", _first(content_key="documents/x/y.pdf")),
    "a file outside": in_rows("documents", _first(content_key="tenants/seaside/documents/../../x")),
    "an object of another library": lambda members: members.update(objects=OBJECT.replace(b"seaside", b"harbour")),
    "an object outside": lambda members: members.update(objects=OBJECT.replace(b"documents-0", b"..")),
    "an object that is longer": lambda members: members.update(objects=OBJECT.replace(b"3", b"4")),
    "an object without a size": lambda members: members.update(objects=OBJECT.replace(b"3", b"-1")),
    "something between objects": lambda members: members.update(objects=OBJECT + b"x" * 5000),
    "another's document": in_rows("books", _first(document_id="another's")),
    "nobody's document": in_rows("books", _first(document_id="nobody's")),
    "the same row twice": in_rows("books", lambda rows: rows.append(dict(rows[0], document_id="documents-1"))),
    "a number that is text": in_rows("books", _first(copies_total="3")),
    "a number that is too large": in_rows("books", _first(copies_total=2**40)),
    "a truth that is a number": in_rows("users", _first(is_active=1)),
    "an unknown role": in_rows("users", _first(role="emperor")),
    "a time without a zone": in_rows("users", _first(created_at="2026-01-01T00:00:00")),
    "no time": in_rows("users", _first(created_at="yesterday")),
    "a name that is too long": in_rows("users", _first(display_name="x" * 201)),
    "a name with NUL": in_rows("users", _first(display_name="x\0")),
    "no name": in_rows("users", _first(display_name=None)),
    "JSON that is none": in_rows("books", _first(tags="[")),
    "bytes that are none": in_rows("passage_vectors", _first(vector="!")),
    "another's secret": in_rows("webhooks", _first(secret="1.0123456789abcdef.AAAA")),
    "two libraries": in_rows("tenants", lambda rows: rows.append(dict(rows[0]))),
    "no library": in_rows("tenants", lambda rows: rows.clear()),
    "no JSON": lambda members: members.update({"rows/books.jsonl": b"[\n"}),
    "no row": lambda members: members.update({"rows/books.jsonl": b"[]\n"}),
    "half a row": lambda members: members.update({"rows/books.jsonl": members["rows/books.jsonl"][:-9]}),
    "deep JSON": lambda members: members.update({"rows/books.jsonl": b'{"a":' + b"[" * 100_000 + b"\n"}),
    "another version": said(revision="0001"),
    "another format": said(format=2),
    "no members": said(members=None),
    "no salt": said(salt="x"),
    "an odd name": said(slug="../main"),
    "no manifest": lambda members: members.pop("manifest.json"),
    "a manifest that is none": lambda members: members.update({"manifest.json": b"{"}),
    "an unknown plan": in_rows("tenants", _first(plan="everything")),
}


async def refused(house: House, path: Path, **wish: Any) -> LuminaError:
    """Why a file is refused; nothing of it is left."""
    with pytest.raises(LuminaError) as reason:
        await house.take(path, **{"passphrase": None, **wish})
    await nothing_of(house.database, house.storage, "seaside")
    return reason.value


async def a_document_of_another(house: House) -> None:
    documents = metadata.tables["documents"]
    values = {column.name: made_up(column, 3, "harbour", house.sealer) for column in documents.c}
    async with house.database.owner.begin() as connection:
        await connection.execute(
            sa.insert(documents).values(values | {"tenant_id": "harbour", "id": "another's", "uploaded_by": None})
        )


async def test_what_is_not_right_is_refused_and_leaves_nothing(here: House, there: House, tmp_path: Path) -> None:
    good = tmp_path / "good.zip"
    await here.give(good, passphrase=None)
    await a_document_of_another(there)
    for what, change in HOSTILE.items():
        print(what)  # noqa: T201 -- of the one that fails
        reason = await refused(there, rewritten(good, change))
        assert isinstance(reason, (TenantFileBroken, TenantFileNotForHere, PlanNotFound, BadSlug, AlreadyHere)), (what, reason)
    unsaid = rewritten(good, lambda members: members.update(objects=OBJECT), is_said=False)
    assert isinstance(await refused(there, unsaid), TenantFileBroken), "sums are kept to"
    assert isinstance(await refused(there, rewritten(good, lambda _: None, compression=zipfile.ZIP_DEFLATED)), TenantFileBroken)
    whole = good.read_bytes()
    odd = tmp_path / "odd.zip"
    cuts = [0, 1, 21, 22, 100, *range(1000, len(whole), len(whole) // 9), len(whole) - 1]
    listed_long = whole[:-10] + (2**31).to_bytes(4, "little") + whole[-6:]
    for content in (*(whole[:cut] for cut in cuts), b"PK" * 5000, whole + b"x", listed_long, whole[:500] + b"?" + whole[501:]):
        odd.write_bytes(content)
        assert isinstance(await refused(there, odd), TenantFileBroken), len(content)
    twice = tmp_path / "twice.zip"
    shutil.copyfile(good, twice)
    with zipfile.ZipFile(twice, "a") as archive, warnings.catch_warnings(action="ignore"):
        archive.writestr("objects", b"")
    assert isinstance(await refused(there, twice), TenantFileBroken)
    for path in (tmp_path / "nothing.zip", tmp_path):
        assert isinstance(await refused(there, path), FileNotUsable)
    assert isinstance(await refused(there, good, slug="www"), SlugTaken)

    await furnish(there.database, there.storage, there.sealer, "harbour")
    assert isinstance(await refused(there, good), AlreadyHere), "ids of another library's rows"
    await there.remove("harbour")
    assert (await there.take(good, passphrase=None)).objects == 4
    with pytest.raises(SlugTaken):
        await there.take(good, passphrase=None)
    assert len((await there.standing("seaside"))["books"]) == 3, "what is there stays"


async def test_secrets_open_by_their_passphrase_only(here: House, there: House, tmp_path: Path) -> None:
    path = tmp_path / "secrets.zip"
    await here.give(path)
    assert b"crm_connections token" not in path.read_bytes()
    for wrong in (None, "", "another one"):
        assert isinstance(await refused(there, path, passphrase=wrong), SecretsClosed)
    with pytest.raises(FileNotUsable):
        await here.give(path)
    assert not [one.name for one in tmp_path.iterdir() if one.name.endswith(".part")]
    assert {table for table, _ in (await there.take(path, passphrase=None, without_secrets=True)).to_set} == {*SEALED}


async def test_an_import_that_is_killed_has_not_been(here: House, there: House, tmp_path: Path) -> None:
    good = tmp_path / "good.zip"
    await here.give(good, passphrase=None)
    frames = b"".join(OBJECT.replace(b"documents-0", b"many-%d" % number) for number in range(1000))
    environment = {"LUMINALIB_DATABASE_URL": str(there.database.url), "LUMINALIB_DATA_DIR": str(tmp_path / "there")}
    many = rewritten(good, lambda members: members.update(objects=frames), objects=1000)
    killed = await start("tenant", "import", str(many), cwd=tmp_path, environment=environment)
    while not await objects(there.storage, "seaside") and killed.returncode is None:
        await asyncio.sleep(0.002)
    killed.kill()
    assert await killed.wait() == -signal.SIGKILL, "it was over before"
    assert await there.tools.register.find("seaside") is None
    assert {name: rows for name, rows in (await there.standing("seaside")).items() if rows} == {}
    process = await start("tenant", "import", str(good), cwd=tmp_path, environment=environment, with_errors=True)
    output = (await process.stdout.read()).decode()
    assert (await process.wait(), "seaside is here" in output, "2 of webhook" in output) == (0, True, False), output
    assert len(await objects(there.storage, "seaside")) == 4, "what the killed one left has gone"
    process = await start("tenant", "import", str(good), cwd=tmp_path, environment=environment, with_errors=True)
    output = (await process.stdout.read()).decode()
    assert (await process.wait(), output.count("luminalib: There is a library seaside")) == (1, 1), output


async def test_the_one_library_moves_into_an_empty_installation(
    stack: AsyncExitStack, postgres_url: str, sqlite_url: str, tmp_path: Path
) -> None:
    """With the accounts that it has, to be read and searched as before; where the main library is in use it is refused."""
    old = Settings(_env_file=None, data_dir=tmp_path / "old", database_url=postgres_url)
    library = await stack.enter_async_context(working(old))
    member = await library.join("ada")
    book = (await add(member, title="The Lighthouse", tags="sea")).raise_for_status().json()["id"]
    await settled(member, book)
    await indexed(library.container)
    await House(library).give(tmp_path / "main.zip", slug="main")
    new = Settings(_env_file=None, data_dir=tmp_path / "new", database_url=sqlite_url)
    house = House(await stack.enter_async_context(working(new)))
    await house.take(tmp_path / "main.zip")
    again = await house.library.login("ada")
    assert (await again.get(f"/books/{book}/content")).content == STORY.encode()
    assert (await again.get("/books", params={"q": "lighthous"})).json()["items"][0]["id"] == book
    assert (await again.get("/books", params={"tag": "sea", "sort": "title"})).json()["total"] == 1
    await indexed(house.library.container)
    found = (await again.get("/search", params={"q": "Who thanked the keeper of the flame?"})).json()["items"]
    assert found[0]["book_id"] == book
    assert (await house.library.container.services.doctor.examine("main")).is_sound
    with pytest.raises(SlugTaken):
        await house.take(tmp_path / "main.zip")
    assert (await again.get("/auth/me")).status_code == 200
