"""Resumable uploads, by a real tus client against a real socket and by hand."""

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import httpx
import pytest
from tusclient.client import TusClient

from accounts import Library, id_of, opened, slug
from bookfiles import make_pdf
from fakes import FakeClock
from journeys import settled
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.pipeline import sweep
from luminalib.domain.uploads import KEPT_FOR, MAX_OPEN, Upload
from luminalib.services.housekeeping import HousekeepingService
from luminalib.settings import Settings

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


def metadata(**values: str) -> dict[str, str]:
    return {"Upload-Metadata": ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in values.items())}


async def create(client: httpx.AsyncClient, length: int, **values: str) -> httpx.Response:
    return await client.post("/uploads", headers={**TUS, "Upload-Length": str(length), **metadata(**values)})


async def send(client: httpx.AsyncClient, path: str, offset: int, content: bytes) -> httpx.Response:
    return await client.patch(path, headers={**PIECE, "Upload-Offset": str(offset)}, content=content)


async def offset_of(client: httpx.AsyncClient, path: str) -> int:
    return int((await client.head(path, headers=TUS)).raise_for_status().headers["Upload-Offset"])


async def test_a_real_client_sends_a_book_in_pieces(admin: httpx.AsyncClient, server_url: str, stored_files: Any) -> None:
    content = make_pdf([f"Page {n} of a long tale." for n in range(40)])
    client = TusClient(f"{server_url}/uploads", headers={"Authorization": admin.headers["Authorization"]})
    details = {"filename": "tale.pdf", "title": "A Long Tale", "author": "Ines Calloway", "tags": "sea, mystery", "copies": "2"}
    uploader = client.uploader(file_stream=BytesIO(content), chunk_size=len(content) // 3, metadata=details)
    await asyncio.to_thread(uploader.upload, stop_at=len(content) // 3)
    # It asks for the offset at once, and this loop must answer.
    resumed = await asyncio.to_thread(client.uploader, file_stream=BytesIO(content), url=uploader.url, chunk_size=4000)
    assert resumed.offset == len(content) // 3
    await asyncio.to_thread(resumed.upload)
    assert uploader.url is not None
    upload = (await admin.get(f"/uploads/{uploader.url.rsplit('/', 1)[1]}")).json()
    assert (upload["received"], upload["length"]) == (len(content), len(content))
    book = (await admin.get(f"/books/{upload['book_id']}")).json()
    assert (book["title"], book["authors"], book["tags"], book["copies_total"]) == (
        "A Long Tale",
        ["Ines Calloway"],
        ["sea", "mystery"],
        2,
    )
    assert (book["sha256"], book["document_id"]) == (hashlib.sha256(content).hexdigest(), upload["document_id"])
    assert (await settled(admin, book["id"]))["status"] == "completed"
    assert {key.split("/")[0] for key in stored_files()} == {"documents"}  # the pieces are gone


async def test_without_details_it_becomes_a_document(admin: httpx.AsyncClient) -> None:
    made = await create(admin, 20, filename="note.txt")
    assert made.status_code == 201
    path = made.headers["Location"]
    first = await send(admin, path, 0, b"A note about ")
    assert (first.status_code, first.headers["Upload-Offset"], "Upload-Document-Id" in first.headers) == (204, "13", False)
    last = await send(admin, path, 13, b"lights.")
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, "20")
    document = (await admin.get(f"/documents/{last.headers['Upload-Document-Id']}")).json()
    assert (document["filename"], document["byte_size"], document["book_id"]) == ("note.txt", 20, None)
    head = await admin.head(path, headers=TUS)
    assert head.headers["Upload-Document-Id"] == document["id"]
    assert (head.headers["Upload-Length"], head.headers["Cache-Control"]) == ("20", "no-store")


async def test_a_client_may_call_the_file_s_name_name(admin: httpx.AsyncClient) -> None:
    path = (await create(admin, 11, name="a_tale.txt", kind="book")).headers["Location"]
    last = await send(admin, path, 0, b"Once again.")
    assert (await admin.get(f"/books/{last.headers['Upload-Book-Id']}")).json()["title"] == "A tale"


async def test_kind_decides_where_details_do_not(admin: httpx.AsyncClient) -> None:
    path = (await create(admin, 11, filename="a_tale.txt", kind="book")).headers["Location"]
    last = await send(admin, path, 0, b"Once again.")
    book = (await admin.get(f"/books/{last.headers['Upload-Book-Id']}")).json()
    assert book["title"] == "A tale"


async def test_pieces_begin_where_the_last_ended(admin: httpx.AsyncClient, stored_files: Any) -> None:
    path = (await create(admin, 10, filename="note.txt")).headers["Location"]
    await send(admin, path, 0, b"12345")
    for offset in (0, 4, 6):
        refused = await send(admin, path, offset, b"x")
        assert (refused.status_code, slug(refused), refused.json()["offset"]) == (409, "wrong-offset", 5)
    too_much = await send(admin, path, 5, b"678901")
    assert (too_much.status_code, slug(too_much)) == (413, "file-too-large")
    nothing = await send(admin, path, 5, b"")
    assert (nothing.status_code, nothing.headers["Upload-Offset"]) == (204, "5")
    assert await offset_of(admin, path) == 5
    assert len(stored_files()) == 1


async def test_of_pieces_sent_at_once_one_counts(admin: httpx.AsyncClient, stored_files: Any) -> None:
    path = (await create(admin, 100, filename="note.txt")).headers["Location"]
    answers = await asyncio.gather(*(send(admin, path, 0, bytes([65 + n]) * 10) for n in range(8)))
    assert sorted(answer.status_code for answer in answers) == [204] + [409] * 7
    assert await offset_of(admin, path) == 10
    assert len(stored_files()) == 1


async def test_what_came_before_a_connection_broke_counts(admin: httpx.AsyncClient, server_url: str) -> None:
    path = (await create(admin, 300_000, filename="note.txt")).headers["Location"]
    host, port = server_url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = {
        **PIECE,
        "Upload-Offset": "0",
        "Content-Length": "300000",
        "Host": host,
        "Authorization": admin.headers["Authorization"],
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    writer.write(f"PATCH {path} HTTP/1.1\r\n{lines}\r\n".encode() + b"x" * 100_000)
    await writer.drain()
    await asyncio.sleep(0.3)
    writer.close()
    del reader
    async with asyncio.timeout(10):
        while await offset_of(admin, path) == 0:
            await asyncio.sleep(0.05)
    assert 0 < await offset_of(admin, path) <= 100_000


NO_ANNOUNCEMENTS: tuple[tuple[dict[str, str], int, str], ...] = (
    ({"Upload-Length": "10"} | metadata(filename="a.txt"), 412, "wrong-tus-version"),
    (TUS | {"Tus-Resumable": "0.2.2", "Upload-Length": "10"} | metadata(filename="a.txt"), 412, "wrong-tus-version"),
    (TUS | metadata(filename="a.txt"), 422, "validation-error"),
    (TUS | {"Upload-Length": "-1"} | metadata(filename="a.txt"), 422, "validation-error"),
    (TUS | {"Upload-Length": "0"} | metadata(filename="a.txt"), 422, "empty-file"),
    (TUS | {"Upload-Length": str(3 * 2**20)} | metadata(filename="a.txt"), 413, "file-too-large"),
    (TUS | {"Upload-Length": "10"}, 422, "malformed-metadata"),
    (TUS | {"Upload-Length": "10", "Upload-Metadata": "filename !!!"}, 422, "malformed-metadata"),
    (TUS | {"Upload-Length": "10", "Upload-Metadata": "filename /w=="}, 422, "malformed-metadata"),
    (TUS | {"Upload-Length": "10"} | metadata(filename="a.txt", copies="many"), 422, "validation-error"),
)


async def test_what_is_no_announcement_is_refused(admin: httpx.AsyncClient) -> None:
    for headers, status, problem in NO_ANNOUNCEMENTS:
        answer = await admin.post("/uploads", headers=headers)
        assert (answer.status_code, slug(answer)) == (status, problem), headers


async def test_the_largest_file_is_announced_and_nothing_beyond(admin: httpx.AsyncClient) -> None:
    most = 2 * 2**20
    assert (await create(admin, most, filename="a.txt")).status_code == 201
    beyond = await create(admin, most + 1, filename="a.txt")
    assert (beyond.status_code, slug(beyond), beyond.json()["max_bytes"]) == (413, "file-too-large", most)


async def test_the_last_piece_tells_what_is_wrong_with_the_file(admin: httpx.AsyncClient) -> None:
    path = (await create(admin, 48, filename="picture.pdf")).headers["Location"]
    refused = await send(admin, path, 0, b"\x89PNG\r\n\x1a\n" + bytes(40))
    assert (refused.status_code, slug(refused)) == (415, "unsupported-media-type")
    twice = b"The very same bytes."
    for expected in (204, 409):
        path = (await create(admin, len(twice), filename="same.txt")).headers["Location"]
        assert (await send(admin, path, 0, twice)).status_code == expected


async def test_uploads_are_their_owners_and_can_be_given_up(
    admin: httpx.AsyncClient, member: httpx.AsyncClient, stored_files: Any
) -> None:
    path = (await create(member, 10, filename="mine.txt")).headers["Location"]
    await send(member, path, 0, b"12345")
    assert (await send(admin, path, 5, b"67890")).status_code == 404
    assert (await member.delete(path, headers=TUS)).status_code == 204
    assert (await member.head(path, headers=TUS)).status_code == 404
    assert stored_files() == []


async def test_what_the_server_can_do(client: httpx.AsyncClient) -> None:
    answer = await client.options("/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Extension"] == "creation,termination,expiration"
    assert (answer.headers["Tus-Version"], answer.headers["Tus-Max-Size"]) == ("1.0.0", str(2 * 2**20))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime.now(UTC))


@pytest.fixture
async def library(settings: Settings, clock: FakeClock) -> AsyncIterator[Library]:
    async with opened(settings, clock=clock, rate_limits="off", access_minutes=14_400) as library:
        yield library


async def test_a_member_has_so_many_uploads_under_way_and_no_more(library: Library, clock: FakeClock) -> None:
    admin, member = await library.join("admin"), await library.join("member")
    services, now = library.container.services, clock.now()
    open_ones = [
        Upload(id=f"{n}", user_id=await id_of(member), length=1, filename="a.txt", created_at=now, expires_at=now + KEPT_FOR)
        for n in range(MAX_OPEN - 1)
    ]
    async with services.loans._uow(MAIN_TENANT) as uow:
        for upload in open_ones:
            await uow.uploads.add(upload)
    at_once = await asyncio.gather(*(create(member, 10, filename=f"{n}.txt") for n in range(5)))
    (last,) = [answer.headers["Location"] for answer in at_once if answer.status_code == 201]
    for refused in (answer for answer in at_once if answer.status_code != 201):
        assert (refused.status_code, slug(refused), refused.json()["max_uploads"]) == (409, "too-many-uploads", MAX_OPEN)
    assert (await create(admin, 10, filename="another's.txt")).status_code == 201
    assert (await member.delete(last, headers=TUS)).status_code == 204
    assert (await create(member, 10, filename="instead.txt")).status_code == 201
    assert (await create(member, 10, filename="again too many.txt")).status_code == 409
    clock.advance(KEPT_FOR)  # nobody can go on with those, nor give them up, so they are not in anybody's way
    assert (await create(member, 10, filename="the day after.txt")).status_code == 201


async def test_leftovers_expire(library: Library, clock: FakeClock, stored_files: Any) -> None:
    admin = await library.join("admin")
    path = (await create(admin, 10, filename="left.txt")).headers["Location"]
    clock.advance(timedelta(hours=23))
    await send(admin, path, 0, b"12345")
    services = library.container.services
    housekeeping = HousekeepingService(services.loans._uow, services.books._storage, clock)
    clock.advance(timedelta(hours=23))
    await housekeeping.sweep(sweep(MAIN_TENANT, clock.now()))
    assert await offset_of(admin, path) == 5
    clock.advance(timedelta(hours=2))
    assert (await admin.head(path, headers=TUS)).status_code == 404
    await housekeeping.sweep(sweep(MAIN_TENANT, clock.now()))
    assert stored_files() == []
    async with library.container.services.loans._uow.reading(MAIN_TENANT) as uow:
        assert await uow.uploads.expired(clock.now()) == []
