from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from accounts import Library, audited, opened
from fakes import FakeClock
from journeys import add
from luminalib.adapters.db.listings import book_listings, catalogues
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.pipeline import sweep
from luminalib.services.housekeeping import HousekeepingService
from luminalib.settings import Settings

TUS = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Metadata": "filename YS50eHQ="}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime.now(UTC))


@pytest.fixture
async def library(settings: Settings, clock: FakeClock) -> AsyncIterator[Library]:
    async with opened(settings, clock=clock, rate_limits="off", access_minutes=14_400) as library:
        yield library


@pytest.fixture
def files(settings: Settings) -> Path:
    return settings.data_dir / "files"


def drop(files: Path, key: str) -> None:
    (files / key).parent.mkdir(parents=True, exist_ok=True)
    (files / key).write_bytes(b"left behind")


async def test_a_sound_library_is_called_sound(library: Library) -> None:
    admin = await library.join("admin")
    await add(admin)
    found = await library.container.services.doctor.examine(MAIN_TENANT)
    assert found.is_sound, str(found)


async def test_what_does_not_fit_together_is_found_and_mended(library: Library, clock: FakeClock, files: Path) -> None:
    admin = await library.join("admin")
    kept, lost, stranded = [(await add(admin, f"Story {n}.")).json() for n in range(3)]
    path = (await admin.post("/uploads", headers=TUS)).headers["Location"]
    piece = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    (await admin.patch(path, headers=piece, content=b"12345")).raise_for_status()
    orphans = ["documents/nobody/file.txt", "uploads/nobody/0", "staging/nobody"]
    for key in orphans:
        drop(files, key)
    (gone,) = files.glob(f"documents/{lost['document_id']}/*")
    gone.unlink()
    async with library.container.database.owner.begin() as connection:
        await connection.execute(sa.text(f"DELETE FROM jobs WHERE lock = 'document:{stranded['document_id']}'"))  # noqa: S608 -- an id
    doctor = library.container.services.doctor
    young = await doctor.examine(MAIN_TENANT)
    assert (young.orphans, young.missing, young.stranded) == ([], [lost["document_id"]], [stranded["document_id"]])
    clock.advance(timedelta(hours=2))
    assert sorted((await doctor.examine(MAIN_TENANT)).orphans) == sorted(orphans[:2])
    clock.advance(timedelta(hours=23))
    found = await doctor.examine(MAIN_TENANT)
    assert sorted(found.orphans) == sorted(orphans)
    await doctor.mend(MAIN_TENANT, found)
    after = await doctor.examine(MAIN_TENANT)
    assert (after.orphans, after.missing, after.stranded) == ([], [lost["document_id"]], [])
    assert len([*files.glob(f"documents/{kept['document_id']}/*")]) == 1
    assert len([*files.glob("uploads/*/*")]) == 1  # an upload under way is no orphan


async def test_the_daily_round_mends_and_reports(library: Library, clock: FakeClock, files: Path) -> None:
    admin = await library.join("admin")
    drop(files, "documents/nobody/file.txt")
    clock.advance(timedelta(hours=2))
    services = library.container.services
    housekeeping = HousekeepingService(services.loans._uow, services.books._storage, clock)
    for _ in range(2):
        await housekeeping.sweep(sweep(MAIN_TENANT, clock.now()))
    reports = [event["detail"] for event in await audited(admin) if event["action"] == "storage-swept"]
    assert reports == ["1 files without a document, 0 documents without their file, 0 documents that nobody works on"]
    assert not (files / "documents/nobody/file.txt").exists()


async def test_numbers_that_do_not_add_up_are_counted_afresh(library: Library) -> None:
    admin = await library.join("admin")
    right, wrong = [(await add(admin, f"Story {n}.")).json()["id"] for n in range(2)]
    for book in (right, wrong):
        (await admin.post(f"/books/{book}/borrow")).raise_for_status()
        (await admin.post(f"/books/{book}/reviews", json={"rating": 2, "text": "Not for me, this one."})).raise_for_status()
    async with library.container.database.owner.begin() as connection:
        spoilt = {"loans": 7, "open_loans": 0, "rating_sum": 5, "rating_count": 1}
        await connection.execute(sa.update(book_listings).where(book_listings.c.book_id == wrong).values(spoilt))
        await connection.execute(sa.update(catalogues).values(books=9))
    doctor = library.container.services.doctor
    found = await doctor.examine(MAIN_TENANT)
    assert (found.miscounted, found.books_off, found.is_sound) == ([wrong], 7, False)
    await doctor.mend(MAIN_TENANT, found)
    assert (await doctor.examine(MAIN_TENANT)).is_sound
    page = (await admin.get("/books", params={"sort": "-loans"})).json()
    assert page["total"] == 2
    assert {(book["copies_available"], book["rating"]["mean"]) for book in page["items"]} == {(0, 2.0)}
