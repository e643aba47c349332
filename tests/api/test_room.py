"""Room for files: the disk's reserve, an account's share, and what goes with an account."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from accounts import Library, id_of, opened, slug
from conftest import SignUp
from journeys import PASSWORD, add, settled
from luminalib.adapters.storage.local import LocalStorage
from luminalib.domain.uploads import PIECE_MIN
from luminalib.ports.storage import Space
from luminalib.settings import LimitSettings, Settings

MIB = 2**20
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


async def announce(client: httpx.AsyncClient, length: int, name: str = "note.txt") -> httpx.Response:
    named = f"filename {b64encode(name.encode()).decode()}"
    return await client.post("/uploads", headers={**TUS, "Upload-Length": str(length), "Upload-Metadata": named})


async def send(client: httpx.AsyncClient, path: str, offset: int, content: Any) -> httpx.Response:
    return await client.patch(path, headers={**PIECE, "Upload-Offset": str(offset)}, content=content)


async def upload(client: httpx.AsyncClient, *contents: bytes) -> httpx.Response:
    files = [("files", (f"{n}.txt", content)) for n, content in enumerate(contents)]
    return await client.post("/documents/upload", files=files)


class Disk:
    """What the storage says is left."""

    def __init__(self) -> None:
        self.free = 10_000 * MIB


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()

    async def space(_storage: LocalStorage) -> Space:
        return Space(free=disk.free, total=100_000 * MIB)

    monkeypatch.setattr(LocalStorage, "space", space)
    return disk


@pytest.fixture
async def library(settings: Settings) -> AsyncIterator[Library]:
    """One whose members have a share of 1 MiB each."""
    async with opened(settings, account_quota_mib=1, rate_limits="off") as library:
        yield library


async def test_a_full_disk_refuses_files_at_both_doors_and_nothing_else(disk: Disk, library: Library, stored_files: Any) -> None:
    ada = await library.join("ada")
    begun = (await announce(ada, 200_000)).headers["Location"]
    disk.free = 512 * MIB + 1000  # the reserve, and a little
    refused = [
        await add(ada, "x" * 2000),
        await upload(ada, b"y" * 2000),
        await announce(ada, 2000),
        await send(ada, begun, 0, b"z" * 100_000),
    ]
    assert [answer.status_code for answer in refused] == [507] * 4
    assert {slug(answer) for answer in refused} == {"insufficient-storage"}
    assert "admin" in refused[0].json()["detail"]
    assert not stored_files()
    eve = await library.join("eve")
    assert (await eve.post("/auth/signout")).status_code == 204
    assert (await ada.request("DELETE", "/auth/me", json={"password": PASSWORD})).status_code == 409  # the only admin, that is all
    disk.free = 600 * MIB
    assert (await send(ada, begun, 0, b"z" * 100_000)).status_code == 204


async def test_a_piece_takes_the_room_of_a_piece_and_not_of_the_whole_file(disk: Disk, library: Library) -> None:
    ada = await library.join("ada")
    begun = (await announce(ada, 200_000)).headers["Location"]
    disk.free = 512 * MIB + 20_000
    assert (await send(ada, begun, 0, b"z" * 15_000)).status_code == 204
    assert (await send(ada, begun, 15_000, b"z" * 25_000)).status_code == 507


async def test_many_at_once_do_not_eat_the_reserve_together(disk: Disk, library: Library) -> None:
    members = [await library.join(f"member{n}") for n in range(4)]
    disk.free = 512 * MIB + 500_000
    release = asyncio.Event()

    async def slowly(size: int) -> AsyncIterator[bytes]:
        yield b"--b\r\nContent-Disposition: form-data; name=file; filename=a.txt\r\n\r\n" + b"x" * 1000
        await release.wait()
        yield b"x" * size + b"\r\n--b--\r\n"

    async def post(client: httpx.AsyncClient, size: int) -> int:
        headers = {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": str(1200 + size)}
        answer = await client.post("/books", content=slowly(size), headers=headers)
        return answer.status_code

    tasks = [asyncio.create_task(post(client, 300_000)) for client in members]
    await asyncio.wait(tasks, timeout=20, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.sleep(0.3)
    release.set()
    assert sorted(await asyncio.gather(*tasks)).count(507) == 3, "two would have been too many"


async def test_an_account_has_its_share_stored_and_announced(library: Library) -> None:
    ada, eve = await library.join("ada"), await library.join("eve")
    assert (await upload(ada, b"a" * 600_000)).status_code == 201
    begun = await announce(ada, 300_000)
    assert begun.status_code == 201
    for refused in (await announce(ada, 200_000), await upload(ada, b"b" * 200_000), await add(ada, "c" * 200_000)):
        assert (refused.status_code, slug(refused)) == (429, "quota-exceeded")
        assert refused.json()["limit"] == MIB
        assert refused.json()["used"] in (900_000, 900_001)  # its own first byte may count already
    assert (await upload(eve, b"b" * 600_000)).status_code == 201  # a share of her own
    whole = await send(ada, begun.headers["Location"], 0, b"d" * 300_000)  # what was announced is not counted twice
    assert (whole.status_code, "Upload-Document-Id" in whole.headers) == (204, True)
    document = whole.headers["Upload-Document-Id"]
    assert (await announce(ada, 200_000)).status_code == 429
    assert (await ada.delete(f"/documents/{document}")).status_code == 204
    given_up = await announce(ada, 200_000)
    assert given_up.status_code == 201
    assert (await ada.delete(given_up.headers["Location"], headers=TUS)).status_code == 204
    assert (await announce(ada, 400_000)).status_code == 201


async def test_a_share_is_not_exceeded_by_asking_many_times_at_once(library: Library) -> None:
    ada = await library.join("ada")
    answers = await asyncio.gather(*(upload(ada, bytes([65 + n]) * 300_000) for n in range(8)))
    assert sum(answer.status_code == 201 for answer in answers) == 3


@pytest.mark.parametrize("is_announced", [True, False])
async def test_a_piece_has_a_least_size(library: Library, stored_files: Any, *, is_announced: bool) -> None:
    ada = await library.join("ada")
    path = (await announce(ada, 500_000)).headers["Location"]

    async def piece(size: int, offset: int) -> httpx.Response:
        async def unannounced() -> AsyncIterator[bytes]:
            yield b"x" * size

        return await send(ada, path, offset, b"x" * size if is_announced else unannounced())

    least = 500_000 // 16
    for size in (1, 100, least - 1):
        refused = await piece(size, 0)
        assert (refused.status_code, slug(refused), refused.json()["min_bytes"]) == (422, "piece-too-small", least)
    assert not stored_files()
    assert (await piece(least, 0)).status_code == 204
    assert (await piece(500_000 - least - 1, least)).status_code == 204
    assert (await piece(1, 499_999)).status_code == 204  # the last one may have any size


async def test_pieces_are_limited_in_their_number(settings: Settings) -> None:
    async with opened(settings, limits=LimitSettings(piece_per_account="3/hour")) as library:
        ada = await library.join("ada")
        path = (await announce(ada, 160)).headers["Location"]
        assert [(await send(ada, path, offset, b"x" * 10)).status_code for offset in (0, 10, 20)] == [204, 204, 429]


def test_large_files_have_few_small_pieces() -> None:
    assert PIECE_MIN >= 64 * 1024


async def test_uploads_and_private_documents_go_with_the_account_and_books_stay(
    admin: httpx.AsyncClient, sign_up: SignUp, count_rows: Any, stored_files: Any
) -> None:
    ada = await sign_up("ada")
    book = (await add(ada, "A tale for everybody.")).json()
    (document,) = (await upload(ada, b"My private diary.")).json()["accepted"]
    await settled(admin, book["id"])
    begun = (await announce(ada, 100)).headers["Location"]
    assert (await send(ada, begun, 0, b"x" * 50)).status_code == 204
    async with asyncio.timeout(30):
        while (await ada.get(f"/documents/{document['id']}/status")).json()["status"] != "completed":
            await asyncio.sleep(0.05)
    (await ada.request("DELETE", "/auth/me", json={"password": PASSWORD})).raise_for_status()
    assert await count_rows("uploads", "upload_parts") == 0
    assert (await admin.get(f"/documents/{document['id']}")).status_code == 404
    assert [one["id"] for one in (await admin.get("/documents")).json()["items"]] == [book["document_id"]]
    assert await count_rows("documents", "summaries") == 2  # the book's
    assert (await admin.get(f"/books/{book['id']}")).status_code == 200
    async with asyncio.timeout(30):
        while any(document["id"] in name or name.startswith("uploads/") for name in stored_files()):
            await asyncio.sleep(0.05)


async def test_admins_see_all_uploads_and_may_remove_them(admin: httpx.AsyncClient, sign_up: SignUp, stored_files: Any) -> None:
    ada, eve = await sign_up("ada"), await sign_up("eve")
    hers = (await announce(ada, 100, "a.txt")).headers["Location"]
    await send(ada, hers, 0, b"x" * 50)
    other = (await announce(eve, 100, "e.txt")).headers["Location"]
    mine = (await ada.get("/uploads")).json()
    assert [(one["filename"], one["length"], one["received"]) for one in mine["items"]] == [("a.txt", 100, 50)]
    assert (await ada.get("/uploads", params={"scope": "library"})).status_code == 403
    everybody = (await admin.get("/uploads", params={"scope": "library"})).json()["items"]
    assert {(one["filename"], one["user_id"]) for one in everybody} == {("a.txt", await id_of(ada)), ("e.txt", await id_of(eve))}
    assert (await eve.delete(hers, headers=TUS)).status_code == 404
    assert (await admin.delete(hers, headers=TUS)).status_code == 204
    assert not stored_files()
    assert (await ada.get("/uploads")).json()["total"] == 0
    assert (await eve.head(other, headers=TUS)).status_code == 200


async def test_nobody_learns_of_or_blocks_another_s_private_file(admin: httpx.AsyncClient, sign_up: SignUp) -> None:
    ada, eve = await sign_up("ada"), await sign_up("eve")
    (hers,) = (await upload(ada, b"The same text.")).json()["accepted"]
    again = await upload(ada, b"The same text.")
    assert (again.status_code, again.json()["document_id"]) == (409, hers["id"])
    (other,) = (await upload(eve, b"The same text.")).json()["accepted"]
    assert other["id"] != hers["id"]
    book = await add(admin, "The same text.")
    assert book.status_code == 201
    duplicate = await add(eve, "The same text.")
    assert (duplicate.status_code, duplicate.json()["book_id"]) == (409, book.json()["id"])
    assert "document_id" not in duplicate.json()
    into = await ada.post(f"/documents/{hers['id']}/book")
    assert (into.status_code, into.json()["book_id"], hers["id"] in into.text.replace(into.json()["instance"], "")) == (
        409,
        book.json()["id"],
        False,
    )
    assert (await admin.delete(f"/books/{book.json()['id']}")).status_code == 204
    made = await ada.post(f"/documents/{hers['id']}/book")
    assert made.status_code == 201
    lost = await eve.post(f"/documents/{other['id']}/book")
    assert (lost.status_code, lost.json()["book_id"]) == (409, made.json()["id"])


async def test_the_catalogue_has_each_content_once_however_many_ask_at_once(admin: httpx.AsyncClient, sign_up: SignUp) -> None:
    members = [await sign_up(f"member{n}") for n in range(4)]
    private = [(await upload(client, b"Wanted by all.")).json()["accepted"][0]["id"] for client in members]
    made = [client.post(f"/documents/{one}/book") for client, one in zip(members, private, strict=True)]
    answers = await asyncio.gather(*made, add(admin, "Wanted by all."))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert {slug(answer) for answer in answers if answer.status_code == 409} == {"duplicate-content"}


async def test_a_changed_password_ends_the_app_passwords(member: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    made = (await member.post("/auth/me/app-passwords", json={"name": "e-reader"})).json()["password"]
    email = (await member.get("/auth/me")).json()["email"]
    assert (await client.get("/books", auth=(email, made))).status_code == 200
    change = {"current_password": PASSWORD, "new_password": "quiet harbour 1887"}
    (await member.put("/auth/me/password", json=change)).raise_for_status()
    assert (await client.get("/books", auth=(email, made))).status_code == 401
    assert (await member.get("/auth/me/app-passwords")).json()["items"] == []
