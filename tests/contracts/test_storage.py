"""One contract for every storage.

MinioStorage runs on moto and, when LUMINALIB_TEST_S3=http://access:secret@host:9000/bucket is set, in that bucket, emptying it.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from fakes import MemoryStorage
from luminalib.adapters.storage.local import LocalStorage
from luminalib.ports.storage import ObjectMissing, StorageProvider
from storages import (
    MIB,
    REAL_S3,
    all_of,
    chunks_of,
    emptied,
    keys_of,
    leftovers,
    moto_server,
    moto_storage,
    noise,
    real_storage,
    started,
)

KINDS = ["memory", "local", "minio", *(["s3"] if REAL_S3 else [])]
BAD_KEYS = ["", "/etc/passwd", "..", "a/../b", "a/./b", "a//b", "a/", "a\\b", "a\0b", "a\nb", "x" * 256, "a/" * 600 + "b", "\ud800"]
BAD_KEYS += [".incoming", ".incoming/x"]


@pytest.fixture(scope="module")
def moto_endpoint() -> Iterator[str]:
    with moto_server() as (endpoint, _):
        yield endpoint


@pytest.fixture(params=KINDS)
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[StorageProvider]:
    if request.param == "memory":
        yield MemoryStorage()
    elif request.param == "local":
        yield LocalStorage(tmp_path / "library")
    else:
        s3 = real_storage() if request.param == "s3" else moto_storage(request.getfixturevalue("moto_endpoint"))
        async with started(s3):
            await emptied(s3)
            yield s3


async def test_what_was_put_is_read_back(storage: StorageProvider) -> None:
    before = datetime.now(UTC) - timedelta(seconds=5)
    await storage.put("books/1/content.pdf", chunks_of(b"one ", b"", b"two"))
    assert await all_of(storage, "books/1/content.pdf") == b"one two"
    found = await storage.stat("books/1/content.pdf")
    assert (found.key, found.size) == ("books/1/content.pdf", 7)
    assert before < found.modified_at < datetime.now(UTC) + timedelta(seconds=5)


async def test_a_range_gives_the_bytes_that_are_in_it(storage: StorageProvider) -> None:
    await storage.put("a", chunks_of(b"0123456789"))
    for start, stop in product([0, 3, 4, 9, 10, 50], [None, 0, 4, 10, 100]):
        assert await all_of(storage, "a", start, stop) == b"0123456789"[start:stop]


async def test_a_range_that_counts_from_the_end_is_refused(storage: StorageProvider) -> None:
    await storage.put("a", chunks_of(b"0123456789"))
    with pytest.raises(ValueError, match="range"):
        await all_of(storage, "a", -3)


async def test_an_empty_object_is_an_object(storage: StorageProvider) -> None:
    await storage.put("empty", chunks_of())
    assert await all_of(storage, "empty") == b""
    assert await all_of(storage, "empty", 0, 10) == b""
    assert (await storage.stat("empty")).size == 0


async def test_put_replaces(storage: StorageProvider) -> None:
    await storage.put("a", chunks_of(b"a long first version"))
    await storage.put("a", chunks_of(b"second"))
    assert await all_of(storage, "a") == b"second"


async def test_keys_may_hold_any_script(storage: StorageProvider) -> None:
    key = "books/Bücher & 本/père noël+1%.txt"
    await storage.put(key, chunks_of(b"x"))
    await storage.promote(key, f"{key}.2")
    assert await keys_of(storage, "books/Bü") == [f"{key}.2"]
    assert await all_of(storage, f"{key}.2") == b"x"


async def test_promote_moves_once_and_may_be_repeated(storage: StorageProvider) -> None:
    await storage.put("staging/1", chunks_of(b"text"))
    for _ in range(2):
        await storage.promote("staging/1", "books/1/content.txt")
        assert await keys_of(storage) == ["books/1/content.txt"]
    assert await all_of(storage, "books/1/content.txt") == b"text"


async def test_promote_replaces_what_lies_at_the_final_key(storage: StorageProvider) -> None:
    await storage.put("books/1", chunks_of(b"old"))
    await storage.put("staging/1", chunks_of(b"new"))
    await storage.promote("staging/1", "books/1")
    assert await all_of(storage, "books/1") == b"new"


async def test_promote_to_its_own_key_keeps_the_object(storage: StorageProvider) -> None:
    await storage.put("a", chunks_of(b"text"))
    await storage.promote("a", "a")
    assert await all_of(storage, "a") == b"text"


async def test_parallel_promotes_all_succeed(storage: StorageProvider) -> None:
    await storage.put("staging/1", chunks_of(b"text"))
    await asyncio.gather(*(storage.promote("staging/1", "books/1") for _ in range(8)))
    assert await keys_of(storage) == ["books/1"]
    assert await all_of(storage, "books/1") == b"text"


async def test_what_is_not_there_is_missing(storage: StorageProvider) -> None:
    with pytest.raises(ObjectMissing):
        await all_of(storage, "books/none")
    with pytest.raises(ObjectMissing):
        await all_of(storage, "books/none", 3, 3)
    with pytest.raises(ObjectMissing):
        await storage.stat("books/none")
    with pytest.raises(ObjectMissing):
        await storage.promote("staging/none", "books/none")
    with pytest.raises(ObjectMissing):
        await storage.promote("staging/none", "staging/none")
    with pytest.raises(ObjectMissing):
        async with storage.local_file("books/none"):
            pass


async def test_a_folder_is_no_object(storage: StorageProvider) -> None:
    await storage.put("books/1/content.txt", chunks_of(b"text"))
    with pytest.raises(ObjectMissing):
        await storage.stat("books/1")
    with pytest.raises(ObjectMissing):
        await all_of(storage, "books/1/content.txt/deeper")
    await storage.delete("books/1")
    await storage.delete("books/1/content.txt/deeper")
    assert await keys_of(storage) == ["books/1/content.txt"]


async def test_delete_may_be_repeated(storage: StorageProvider) -> None:
    await storage.put("books/1/content.txt", chunks_of(b"text"))
    await storage.put("books/2/content.txt", chunks_of(b"text"))
    await storage.delete("books/1/content.txt")
    await storage.delete("books/1/content.txt")
    assert await keys_of(storage) == ["books/2/content.txt"]


async def test_list_goes_by_prefix_not_by_folder(storage: StorageProvider) -> None:
    for key in ("books/1/a", "books/10/a", "books/2/a", "covers/1"):
        await storage.put(key, chunks_of(key.encode()))
    assert await keys_of(storage, "books/1") == ["books/1/a", "books/10/a"]
    assert await keys_of(storage, "books/1/") == ["books/1/a"]
    assert await keys_of(storage, "b") == ["books/1/a", "books/10/a", "books/2/a"]
    assert await keys_of(storage, "nothing") == []
    assert {item.key: item.size async for item in storage.list("covers")} == {"covers/1": 8}


async def test_list_of_an_untouched_storage_is_empty(storage: StorageProvider) -> None:
    assert await keys_of(storage) == []


@pytest.mark.parametrize("key", BAD_KEYS, ids=ascii)
async def test_bad_keys_are_refused_by_every_method(storage: StorageProvider, key: str) -> None:
    async def open_it() -> None:
        async with storage.local_file(key):
            pass

    calls: list[Callable[[], object]] = [
        lambda: storage.put(key, chunks_of(b"x")),
        lambda: storage.promote(key, "a"),
        lambda: storage.promote("a", key),
        lambda: all_of(storage, key),
        lambda: storage.stat(key),
        lambda: storage.delete(key),
        open_it,
    ]
    await storage.put("a", chunks_of(b"x"))
    for call in calls:
        with pytest.raises(ValueError):  # noqa: PT011 - the wording is not part of the contract
            await call()  # type: ignore[misc]
    assert await keys_of(storage) == ["a"]


@pytest.mark.parametrize("mebibytes", [0, 1, 12])
async def test_a_stream_that_breaks_off_leaves_nothing(storage: StorageProvider, mebibytes: int) -> None:
    async def broken() -> AsyncIterator[bytes]:
        async for piece in noise(mebibytes):
            yield piece
        raise ConnectionResetError("the client went away")

    with pytest.raises(ConnectionResetError, match="went away"):
        await storage.put("books/1", broken())
    assert await keys_of(storage) == []
    assert await leftovers(storage) == []


async def test_a_stream_that_breaks_off_keeps_the_older_object(storage: StorageProvider) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"new"
        raise RuntimeError("no more")

    await storage.put("a", chunks_of(b"old"))
    with pytest.raises(RuntimeError, match="no more"):
        await storage.put("a", broken())
    assert await all_of(storage, "a") == b"old"


@pytest.mark.parametrize("mebibytes", [0, 1, 12])
async def test_a_cancelled_put_leaves_nothing(storage: StorageProvider, mebibytes: int) -> None:
    stuck = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        async for piece in noise(mebibytes):
            yield piece
        stuck.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(storage.put("books/1", endless()))
    await stuck.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await keys_of(storage) == []
    assert await leftovers(storage) == []


@pytest.mark.parametrize("milliseconds", [0, 1, 3, 10, 30])
async def test_a_put_cancelled_at_any_moment_leaves_all_or_nothing(storage: StorageProvider, milliseconds: int) -> None:
    task = asyncio.create_task(storage.put("books/1", noise(6)))
    await asyncio.sleep(milliseconds / 1000)
    task.cancel()
    await asyncio.wait({task})
    assert [item.size async for item in storage.list()] in ([], [6 * MIB])
    assert await leftovers(storage) == []


async def test_a_large_object_streams_both_ways(storage: StorageProvider) -> None:
    expected = hashlib.sha256(b"".join([piece async for piece in noise(20)])).hexdigest()
    await storage.put("large", noise(20))
    received = hashlib.sha256()
    async for chunk in storage.read("large"):
        assert 0 < len(chunk) <= 4 * MIB
        received.update(chunk)
    assert received.hexdigest() == expected
    assert (await storage.stat("large")).size == 20 * MIB
    assert await all_of(storage, "large", 20 * MIB - 65536 - 8, 20 * MIB - 65536) == (318).to_bytes(8, "big")


async def test_parallel_puts_to_one_key_leave_one_whole_object(storage: StorageProvider) -> None:
    contents = [bytes([number]) * (MIB + number) for number in range(6)]
    await asyncio.gather(*(storage.put("a", chunks_of(content[:1000], content[1000:])) for content in contents))
    assert await all_of(storage, "a") in contents
    assert await keys_of(storage) == ["a"]
    assert await leftovers(storage) == []


async def test_puts_and_deletes_side_by_side_do_not_trip_each_other(storage: StorageProvider) -> None:
    async def come_and_go(number: int) -> None:
        for _ in range(5):
            await storage.put(f"shared/folder/{number}", chunks_of(b"x"))
            await storage.delete(f"shared/folder/{number}")

    await asyncio.gather(*(come_and_go(number) for number in range(6)))
    assert await keys_of(storage) == []


async def test_local_file_is_a_real_file_of_the_same_content(storage: StorageProvider) -> None:
    await storage.put("books/1/content.pdf", chunks_of(b"%PDF", b"-1.7"))
    async with storage.local_file("books/1/content.pdf") as path:
        assert path.suffix == ".pdf"
        assert await asyncio.to_thread(path.read_bytes) == b"%PDF-1.7"
    assert await all_of(storage, "books/1/content.pdf") == b"%PDF-1.7"


async def test_a_reader_may_stop_early(storage: StorageProvider) -> None:
    await storage.put("large", noise(3))
    for _ in range(40):  # more often than there are connections and threads
        async with aclosing(storage.read("large")) as chunks:  # type: ignore[type-var]
            assert await anext(chunks)
    assert (await storage.stat("large")).size == 3 * MIB


async def test_a_healthy_storage_passes_its_check_without_a_trace(storage: StorageProvider) -> None:
    await storage.check()
    assert await keys_of(storage) == []
    assert await leftovers(storage) == []
