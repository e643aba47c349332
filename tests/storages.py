"""Makes the storages that tests run on, and small streams to feed them."""

import asyncio
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import unquote, urlsplit

from luminalib.adapters.storage.local import LocalStorage
from luminalib.adapters.storage.minio import MinioStorage
from luminalib.ports.storage import StorageProvider

MIB = 1 << 20
REAL_S3 = os.environ.get("LUMINALIB_TEST_S3", "")
_MOTO = """
import sys, threading
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

application, lock = DomainDispatcherApplication(create_backend_app), threading.Lock()

def one_by_one(environ, start_response):  # moto answers 500 to parallel writes of one key, which real servers do not
    with lock:
        return application(environ, start_response)

run_simple("127.0.0.1", int(sys.argv[1]), one_by_one, threaded=True)
"""


async def chunks_of(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def noise(mebibytes: int) -> AsyncIterator[bytes]:
    for number in range(mebibytes * 16):
        yield number.to_bytes(8, "big") * 8192


async def all_of(storage: StorageProvider, key: str, start: int = 0, stop: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in storage.read(key, start, stop)])


async def keys_of(storage: StorageProvider, prefix: str = "") -> list[str]:
    return sorted([item.key async for item in storage.list(prefix)])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError


@contextmanager
def moto_server() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """S3 in a process of its own, so that its memory and its lock on the interpreter do not count as ours."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-c", _MOTO, str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        wait_for(port)
        try:
            yield f"127.0.0.1:{port}", server
        finally:
            server.kill()


@asynccontextmanager
async def started(storage: MinioStorage) -> AsyncIterator[MinioStorage]:
    await storage.start()
    try:
        yield storage
    finally:
        await storage.close()


def moto_storage(endpoint: str, bucket: str | None = None) -> MinioStorage:
    name = bucket or f"books-{uuid.uuid4().hex}"
    return MinioStorage(endpoint=endpoint, access_key="member", secret_key="password", bucket=name)


def real_storage() -> MinioStorage:
    url = urlsplit(REAL_S3)
    return MinioStorage(
        endpoint=url.netloc.rpartition("@")[2],
        access_key=unquote(url.username or ""),
        secret_key=unquote(url.password or ""),
        bucket=url.path.strip("/"),
        secure=url.scheme == "https",
    )


async def emptied(storage: StorageProvider) -> None:
    for key in await keys_of(storage):
        await storage.delete(key)


async def leftovers(storage: StorageProvider) -> list[str]:
    """What a storage holds beside its objects: half-written files, unfinished multipart uploads."""
    if isinstance(storage, LocalStorage):
        return [path.name for path in storage._incoming.glob("*")]
    if isinstance(storage, MinioStorage):
        uploads = await asyncio.to_thread(storage._client._list_multipart_uploads, storage._bucket)
        return [upload.object_name or "?" for upload in uploads.uploads]
    return []
