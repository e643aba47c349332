"""What only a server on the network can get wrong: being gone, dying in the middle, refusing, being something else."""

import asyncio
import tempfile
import time
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from minio.helpers import MIN_PART_SIZE

from luminalib.adapters.storage.minio import PART_BYTES, MinioStorage
from luminalib.ports.storage import ObjectMissing, StorageUnavailable
from storages import MIB, all_of, chunks_of, free_port, keys_of, moto_server, moto_storage, noise, started


@pytest.fixture(scope="module")
def moto_endpoint() -> Iterator[str]:
    with moto_server() as (endpoint, _):
        yield endpoint


@pytest.fixture
async def minio(moto_endpoint: str) -> AsyncIterator[MinioStorage]:
    async with started(moto_storage(moto_endpoint)) as storage:
        yield storage


def test_the_part_size_is_the_smallest_that_s3_takes() -> None:
    assert PART_BYTES == MIN_PART_SIZE


async def test_a_server_that_is_gone_is_told_fast() -> None:
    endpoint = f"127.0.0.1:{free_port()}"
    storage = moto_storage(endpoint)
    began = time.perf_counter()
    for attempt in (storage.start(), storage.check(), storage.stat("a"), storage.put("a", noise(1)), all_of(storage, "a")):
        with pytest.raises(StorageUnavailable, match=f"{endpoint}.*LUMINALIB_MINIO__ENDPOINT"):
            await attempt
    await storage.close()
    assert time.perf_counter() - began < 10


async def test_a_server_that_dies_during_an_upload_ends_the_upload() -> None:
    with moto_server() as (endpoint, server):
        storage = moto_storage(endpoint)
        sent = 0

        async def stream() -> AsyncIterator[bytes]:
            nonlocal sent
            async for piece in noise(4096):
                if sent == 12 * MIB:
                    server.kill()
                sent += len(piece)
                yield piece

        async with started(storage):
            with pytest.raises(StorageUnavailable, match="No answer"):
                await asyncio.wait_for(storage.put("books/1", stream()), 30)
        assert sent < 64 * MIB


async def test_a_missing_bucket_names_the_setting(moto_endpoint: str) -> None:
    storage = moto_storage(moto_endpoint)
    with pytest.raises(StorageUnavailable, match="LUMINALIB_MINIO__BUCKET"):
        await storage.put("a", chunks_of(b"x"))
    with pytest.raises(StorageUnavailable, match="LUMINALIB_MINIO__BUCKET"):
        await storage.check()
    await storage.close()


async def test_many_processes_may_make_the_bucket_at_once(moto_endpoint: str) -> None:
    storages = [moto_storage(moto_endpoint, "shared-books") for _ in range(4)]
    await asyncio.gather(*(storage.start() for storage in storages))
    await storages[0].put("books/1", chunks_of(b"x"))
    for storage in storages:
        await storage.start()
        assert (await storage.stat("books/1")).size == 1, "they share it"
        await storage.close()


async def scripted(answer: bytes) -> asyncio.Server:
    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    return await asyncio.start_server(respond, "127.0.0.1", 0)


def answer(status: str, body: str, kind: str = "application/xml", length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n{body}".encode()


@pytest.mark.parametrize(
    ("reply", "advice"),
    [
        (answer("403 Forbidden", "<Error><Code>SignatureDoesNotMatch</Code></Error>"), "LUMINALIB_MINIO__SECRET_KEY"),
        (answer("403 Forbidden", "<Error><Code>InvalidAccessKeyId</Code></Error>"), "LUMINALIB_MINIO__ACCESS_KEY"),
        (answer("503 Slow Down", "<Error><Code>SlowDown</Code></Error>"), "SlowDown.*Try again"),
        (answer("507 Full", "<Error><Code>XMinioStorageFull</Code></Error>"), "Free some space"),
        (answer("502 Bad Gateway", "<h1>nginx</h1>", "text/html"), "is not S3's"),
        (answer("200 OK", "half of it", "application/pdf", 5000), "No answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "No answer"),
    ],
)
async def test_what_the_server_answers_becomes_advice(reply: bytes, advice: str) -> None:
    async with await scripted(reply) as server:
        port = server.sockets[0].getsockname()[1]
        storage = MinioStorage(endpoint=f"127.0.0.1:{port}", access_key="a", secret_key="b", bucket="books", region="us-east-1")
        with pytest.raises(StorageUnavailable, match=advice):
            await all_of(storage, "a")
        await storage.close()


@pytest.mark.parametrize(
    ("endpoint", "bucket"), [("http://minio:9000", "books"), ("minio:9000/x", "books"), ("minio", "B"), ("", "books")]
)
def test_settings_that_cannot_be_right_stop_the_start(endpoint: str, bucket: str) -> None:
    with pytest.raises(ValueError, match="LUMINALIB_MINIO__"):
        MinioStorage(endpoint=endpoint, access_key="a", secret_key="b", bucket=bucket)


async def test_a_downloaded_file_goes_away_also_after_an_error(
    minio: MinioStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def downloads() -> list[str]:
        return [str(path) for path in tmp_path.rglob("*") if path.is_file()]

    async def fail_with_the_file() -> None:
        async with minio.local_file("books/1/content.pdf"):
            assert [Path(name).suffix for name in downloads()] == [".pdf"]
            raise RuntimeError

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    await minio.put("books/1/content.pdf", chunks_of(b"%PDF"))
    with pytest.raises(RuntimeError):
        await fail_with_the_file()
    assert downloads() == []


async def test_slow_uploads_do_not_hold_up_short_calls(minio: MinioStorage) -> None:
    gate = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"x"
        await gate.wait()

    uploads = [asyncio.create_task(minio.put(f"slow/{number}", slow())) for number in range(24)]
    await asyncio.sleep(0.05)
    try:
        with pytest.raises(ObjectMissing):
            await asyncio.wait_for(minio.stat("none"), 5)
    finally:
        gate.set()
        await asyncio.gather(*uploads)
    assert len(await keys_of(minio, "slow/")) == 24


async def test_a_large_file_is_never_held_in_memory(minio: MinioStorage) -> None:
    tracemalloc.start()
    await minio.put("large", noise(48))
    async for _ in minio.read("large"):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6 * PART_BYTES
