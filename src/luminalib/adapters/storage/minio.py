"""Book files in MinIO or any other server that speaks S3."""

import asyncio
import io
import shutil
import tempfile
import uuid
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import ParamSpec, Protocol, TypeVar

import urllib3
from minio import Minio
from minio.commonconfig import CopySource
from minio.datatypes import Object
from minio.error import S3Error
from minio.helpers import check_bucket_name
from urllib3.exceptions import HTTPError

from luminalib.adapters.storage.keys import RESERVED, check_key, check_range
from luminalib.adapters.storage.pipe import Pipe
from luminalib.adapters.storage.s3_errors import CLIENT_ERRORS, is_missing, is_outside_range, translated
from luminalib.adapters.storage.streams import BLOCK_BYTES, batches, in_thread, settle
from luminalib.ports.storage import StorageProvider, StorageUnavailable, StoredObject

P = ParamSpec("P")
T = TypeVar("T")

PART_BYTES = 5 << 20
"""The smallest part that S3 takes; 10,000 of them allow objects of 48 GiB, and an upload holds about three in memory."""

_CALL_THREADS = 16
_UPLOAD_THREADS = 16
_LIST_BATCH = 500
_CONNECT_SECONDS = 3.0
_READ_SECONDS = 30.0


class Download(Protocol):
    """What we use of urllib3's response."""

    def read(self, _size: int, /) -> bytes:
        """The next bytes, none at the end."""

    def close(self) -> None:
        """Gives the connection up."""

    def release_conn(self) -> None:
        """Gives the connection back to the pool when it is still good."""


class MinioStorage(StorageProvider):
    """Keeps each object under its key in one bucket.

    The client blocks, so it runs in two pools of threads: uploads hold a thread as long as their source flows, and may not starve
    the short calls. A server that does not answer costs at most a few seconds, because there is one retry and every wait is finite.
    A process killed in the middle of a large upload leaves an unfinished multipart upload, which MinIO removes after a day; on
    other servers set a lifecycle rule (AbortIncompleteMultipartUpload).
    """

    def __init__(
        self,
        *,
        endpoint: str,
        access_key: str,
        secret_key: str,
        bucket: str,
        secure: bool = False,
        region: str | None = None,
    ) -> None:
        """`endpoint` is `host:port` without a scheme. Raises ValueError, naming the setting, when one cannot be right."""
        self._endpoint = endpoint
        self._bucket = bucket
        self._client = _client(endpoint, access_key, secret_key, secure=secure, region=region)
        _check_bucket(bucket)
        self._calls = ThreadPoolExecutor(_CALL_THREADS, thread_name_prefix="minio-call")
        self._uploads = ThreadPoolExecutor(_UPLOAD_THREADS, thread_name_prefix="minio-upload")

    async def start(self) -> None:
        """Makes the bucket when it is not there. Raises StorageUnavailable; the caller decides how long to try again."""
        await self._call(self._make_bucket)

    async def close(self) -> None:
        """Lets running calls end and frees the threads and connections."""
        await asyncio.to_thread(self._shut_down)

    async def put(self, key: str, chunks: AsyncIterable[bytes]) -> None:
        """Sends the stream in parts while it arrives; an object shows up when its last part is there."""
        pipe = Pipe(asyncio.get_running_loop())
        upload = asyncio.wrap_future(self._submit(self._uploads, self._upload, check_key(key), pipe))
        upload.add_done_callback(pipe.abandon)
        try:
            await _pour(chunks, pipe)
            await asyncio.shield(upload)
        finally:
            # After an error or a cancellation the thread has to cancel the multipart upload before this returns.
            pipe.fail()
            await settle(upload)

    async def promote(self, staged: str, key: str) -> None:
        """Copies inside the server, then removes the staged object."""
        await self._call(self._promote, check_key(staged), check_key(key))

    async def read(self, key: str, start: int = 0, stop: int | None = None) -> AsyncGenerator[bytes, None]:
        """Streams the object, a block at a time."""
        check_range(start, stop)
        if stop is not None and stop <= start:
            await self.stat(key)
            return
        download = await self._open(check_key(key), start, stop)
        if download is None:
            return
        try:
            while piece := await self._call(download.read, BLOCK_BYTES):
                yield piece
        finally:
            # In a thread, because after a cancellation another thread may still be reading from it.
            self._calls.submit(_hang_up, download)

    async def stat(self, key: str) -> StoredObject:
        """Asks for the object's head."""
        return _described(await self._call(self._client.stat_object, self._bucket, check_key(key)))

    async def delete(self, key: str) -> None:
        """Removes the object; S3 itself does not mind when there is none."""
        await self._call(self._client.remove_object, self._bucket, check_key(key))

    async def list(self, prefix: str = "") -> AsyncIterator[StoredObject]:
        """Pages through the bucket."""
        found = await self._call(self._client.list_objects, self._bucket, prefix, recursive=True)
        while batch := await self._call(_take, found):
            for item in batch:
                if not (item.object_name or "").startswith(f"{RESERVED}/"):
                    yield _described(item)

    @asynccontextmanager
    async def local_file(self, key: str) -> AsyncIterator[Path]:
        """Downloads to a temporary file, which keeps the key's ending and goes away with the context."""
        suffix = PurePosixPath(check_key(key)).suffix
        folder = Path(await in_thread(tempfile.mkdtemp, prefix="luminalib-"))
        try:
            path = folder / f"object{suffix}"
            await self._download(key, path)
            yield path
        finally:
            await in_thread(shutil.rmtree, folder, ignore_errors=True)

    async def space(self) -> None:
        """S3 does not tell; a server that is full says so when it is written to."""

    async def check(self) -> None:
        """Writes a small object, reads its head and removes it."""
        await self._call(self._probe, f"{RESERVED}/{uuid.uuid4().hex}")

    async def _download(self, key: str, path: Path) -> None:
        try:
            with await in_thread(path.open, "wb") as file:
                async with aclosing(self.read(key)) as pieces:
                    async for piece in pieces:
                        await in_thread(file.write, piece)
        except OSError as error:
            raise StorageUnavailable(f"The temporary folder {path.parent} cannot take the file: {error.strerror}.") from error

    async def _open(self, key: str, start: int, stop: int | None) -> Download | None:
        opening = self._submit(self._calls, self._begin, key, start, 0 if stop is None else stop - start)
        try:
            return await asyncio.shield(asyncio.wrap_future(opening))
        except asyncio.CancelledError:
            opening.add_done_callback(_hang_up_late)
            raise

    async def _call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.wrap_future(self._submit(self._calls, function, *args, **kwargs))

    def _submit(self, pool: ThreadPoolExecutor, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        return pool.submit(self._translating, partial(function, *args, **kwargs))

    # What follows runs in threads.

    def _translating(self, function: Callable[[], T]) -> T:
        try:
            return function()
        except CLIENT_ERRORS as error:
            raise translated(error, self._endpoint, self._bucket) from error

    def _make_bucket(self) -> None:
        if self._client.bucket_exists(self._bucket):
            return
        try:
            self._client.make_bucket(self._bucket)
        except S3Error as error:
            if error.code != "BucketAlreadyOwnedByYou":  # another process was faster
                raise

    def _upload(self, key: str, pipe: Pipe) -> None:
        # One part at a time: the client's parallel mode reads ahead and would hold more of the file in memory.
        source = io.BufferedReader(pipe, BLOCK_BYTES)
        self._client.put_object(self._bucket, key, source, -1, part_size=PART_BYTES, num_parallel_uploads=1)

    def _promote(self, staged: str, key: str) -> None:
        if staged == key:
            self._client.stat_object(self._bucket, key)
            return
        try:
            self._client.copy_object(self._bucket, key, CopySource(self._bucket, staged))
        except S3Error as error:
            if not is_missing(error):
                raise
            self._client.stat_object(self._bucket, key)  # moved before, or by a parallel call
        else:
            self._client.remove_object(self._bucket, staged)

    def _begin(self, key: str, start: int, length: int) -> Download | None:
        try:
            return self._client.get_object(self._bucket, key, start, length)
        except S3Error as error:
            if is_outside_range(error):
                return None
            raise

    def _probe(self, key: str) -> None:
        try:
            self._client.put_object(self._bucket, key, io.BytesIO(b"LuminaLib"), 9)
            self._client.stat_object(self._bucket, key)
        finally:
            with suppress(*CLIENT_ERRORS):  # the first error is the one to tell
                self._client.remove_object(self._bucket, key)

    def _shut_down(self) -> None:
        self._uploads.shutdown()
        self._calls.shutdown()


async def _pour(chunks: AsyncIterable[bytes], pipe: Pipe) -> None:
    async with aclosing(batches(chunks)) as pieces:
        async for batch in pieces:
            if not await pipe.feed(b"".join(batch)):
                return  # the upload has failed and says why itself
    pipe.finish()


def _client(endpoint: str, access_key: str, secret_key: str, *, secure: bool, region: str | None) -> Minio:
    connections = urllib3.PoolManager(
        maxsize=_CALL_THREADS + _UPLOAD_THREADS,
        timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS),
        retries=urllib3.Retry(total=1, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504), raise_on_status=False),
        cert_reqs="CERT_REQUIRED",
    )
    try:
        if not endpoint:
            raise ValueError("it is empty")  # noqa: TRY301 - the client takes it and fails at the first call
        return Minio(endpoint, access_key, secret_key, secure=secure, region=region, http_client=connections)
    except ValueError as error:
        raise ValueError(f"LUMINALIB_MINIO__ENDPOINT must be host:port, such as minio:9000, not {endpoint!r} ({error}).") from error


def _check_bucket(bucket: str) -> None:
    try:
        check_bucket_name(bucket, strict=True)
    except ValueError as error:
        raise ValueError(f"LUMINALIB_MINIO__BUCKET is no valid bucket name: {error}.") from error


def _take(found: Iterator[Object]) -> list[Object]:
    return list(islice(found, _LIST_BATCH))


def _described(item: Object) -> StoredObject:
    return StoredObject(
        key=item.object_name or "",
        size=item.size or 0,
        modified_at=item.last_modified or datetime.fromtimestamp(0, UTC),
    )


def _hang_up(download: Download) -> None:
    with suppress(HTTPError, OSError):
        download.close()
        download.release_conn()


def _hang_up_late(opening: Future[Download | None]) -> None:
    if not opening.cancelled() and opening.exception() is None and (download := opening.result()):
        _hang_up(download)
