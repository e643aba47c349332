"""Book files in a folder of this machine."""

import asyncio
import errno
import os
import shutil
import stat
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterator
from contextlib import ExitStack, aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar

from luminalib.adapters.storage.keys import RESERVED, check_key, check_range
from luminalib.adapters.storage.streams import BLOCK_BYTES, batches, in_thread, settle
from luminalib.ports.storage import ObjectMissing, Space, StorageFull, StorageProvider, StorageUnavailable, StoredObject

P = ParamSpec("P")
T = TypeVar("T")

_LIST_BATCH = 500
_PLACE_ATTEMPTS = 20
_SYNCED_AT_ONCE = 16 << 20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
LEFTOVER_AGE = timedelta(days=1)


class LocalStorage(StorageProvider):
    """Keeps each object as a file of the key's name under `root`.

    A file is written under `root/.incoming/`, synced to the disk and renamed, so that it is there whole or not at all. Keys and
    symbolic links that lead out of `root` are refused. All file work happens in threads.
    """

    def __init__(self, root: Path) -> None:
        """`root` is made on the first write when it does not exist."""
        self._root = Path(os.path.abspath(root))  # noqa: PTH100 - Path.resolve would follow a link that is repointed later
        self._incoming = self._root / RESERVED

    async def start(self) -> None:
        """Makes the folder and removes what uploads of earlier runs left half-written. Raises StorageUnavailable."""
        await self._run(self._incoming.mkdir, parents=True, exist_ok=True)
        await self.sweep(LEFTOVER_AGE)

    async def sweep(self, older_than: timedelta) -> int:
        """Removes half-written files that nobody has touched for that long and returns their number."""
        return await self._run(self._sweep, time.time() - older_than.total_seconds())

    async def put(self, key: str, chunks: AsyncIterable[bytes]) -> None:
        """Streams to a temporary file, syncs it and renames it to its key."""
        check_key(key)
        temporary = self._incoming / uuid.uuid4().hex
        leaving = ExitStack()  # filled in the thread, so that a cancellation in the middle of the opening leaves nothing either
        try:
            file = await self._run(self._create, leaving, temporary)
            await self._write(file, chunks)
            await self._run(self._publish, file, temporary, key)
        finally:
            await self._run(leaving.close)

    async def _write(self, file: BinaryIO, chunks: AsyncIterable[bytes]) -> None:
        """Writes one batch while the next one comes, and has the disk begin early: at the end little is left to sync."""
        writing: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        writing.set_result(None)
        unsynced = 0
        try:
            async with aclosing(batches(chunks)) as pieces:
                async for batch in pieces:
                    await asyncio.shield(writing)
                    unsynced += sum(map(len, batch))
                    writing = asyncio.ensure_future(self._run(_write_batch, file, batch, is_due=unsynced >= _SYNCED_AT_ONCE))
                    unsynced %= _SYNCED_AT_ONCE
            await asyncio.shield(writing)
        finally:
            await settle(writing)

    async def promote(self, staged: str, key: str) -> None:
        """Renames the file."""
        await self._run(self._promote, check_key(staged), check_key(key))

    async def read(self, key: str, start: int = 0, stop: int | None = None) -> AsyncGenerator[bytes, None]:
        """The bytes of the file, a block at a time."""
        check_range(start, stop)
        with ExitStack() as leaving:
            file = await self._run(self._open, leaving, check_key(key), start)
            left = float("inf") if stop is None else stop - start
            while left > 0 and (piece := await self._run(file.read, int(min(left, BLOCK_BYTES)))):
                left -= len(piece)
                yield piece

    async def stat(self, key: str) -> StoredObject:
        """Size and time of the file."""
        return await self._run(self._stat, check_key(key))

    async def delete(self, key: str) -> None:
        """Removes the file and the folders that it leaves empty."""
        await self._run(self._delete, check_key(key))

    async def list(self, prefix: str = "") -> AsyncIterator[StoredObject]:
        """Walks the folder; what is being written does not show."""
        found = self._walk(prefix)
        while batch := await self._run(_take, found):
            for item in batch:
                yield item

    @asynccontextmanager
    async def local_file(self, key: str) -> AsyncIterator[Path]:
        """The file itself; nothing is copied."""
        path = await self._run(self._existing, check_key(key))
        yield path

    async def space(self) -> Space:
        """Of the disk that holds the folder; what is kept for root does not count."""
        usage = await self._run(shutil.disk_usage, self._root)
        return Space(free=usage.free, total=usage.total)

    async def check(self) -> None:
        """Writes a small file, syncs it, reads it back and removes it."""
        await self._run(self._probe, self._incoming / uuid.uuid4().hex)

    # What follows runs in threads.

    async def _run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        # Only the storage's own work is translated: an OSError of the caller's stream goes back to the caller as it is.
        try:
            return await in_thread(function, *args, **kwargs)
        except OSError as error:
            raise self._translated(error) from error

    def _translated(self, error: OSError) -> StorageUnavailable:
        if error.errno in _FULL:
            return StorageFull(f"The disk that holds {self._root} is full. Free some space and try again.")
        if error.errno in _FORBIDDEN:
            return StorageUnavailable(f"The server may not read and write in {self._root}. Give its user that permission.")
        return StorageUnavailable(f"The file storage in {self._root} failed: {error.strerror or error}. Check its disk.")

    def _locate(self, key: str) -> Path:
        path = self._root / key
        if not Path(os.path.realpath(path.parent)).is_relative_to(os.path.realpath(self._root)):
            raise StorageUnavailable(f"A symbolic link on the way to {key} leaves {self._root}. Remove it.")
        return path

    def _existing(self, key: str) -> Path:
        self._stat(key)
        return self._root / key

    def _create(self, leaving: ExitStack, path: Path) -> BinaryIO:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("xb")
        leaving.callback(_discard, file, path)
        return file

    def _publish(self, file: BinaryIO, temporary: Path, key: str) -> None:
        file.flush()
        os.fsync(file.fileno())
        file.close()
        self._place(temporary, self._locate(key))

    def _place(self, source: Path, target: Path) -> None:
        # A parallel delete may remove the empty folder between its making and the rename, or while it is looked at (`mkdir` says
        # then that it exists); it is made again.
        for attempt in range(_PLACE_ATTEMPTS):
            try:
                made = _make_folders(target.parent)
                source.replace(target)
            except (FileNotFoundError, FileExistsError):
                if attempt == _PLACE_ATTEMPTS - 1 or not source.exists():
                    raise
            else:
                _sync_folders([*made, target.parent])
                return

    def _promote(self, staged: str, key: str) -> None:
        if staged == key:
            self._existing(key)
            return
        try:
            self._place(self._existing(staged), self._locate(key))
        except (ObjectMissing, FileNotFoundError):
            self._existing(key)  # moved before, or by a parallel call
        self._prune(self._root / staged)

    def _open(self, leaving: ExitStack, key: str, start: int) -> BinaryIO:
        path = self._existing(key)
        try:
            file = leaving.enter_context(path.open("rb"))
        except FileNotFoundError:
            raise ObjectMissing(f"There is no file {key} in the storage.") from None
        file.seek(start)
        return file

    def _stat(self, key: str) -> StoredObject:
        path = self._locate(key)
        with suppress(FileNotFoundError, NotADirectoryError):
            facts = path.lstat()
            if stat.S_ISREG(facts.st_mode):
                return _described(key, facts)
        raise ObjectMissing(f"There is no file {key} in the storage.")

    def _delete(self, key: str) -> None:
        path = self._locate(key)
        with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            if not path.is_dir() or path.is_symlink():
                path.unlink()
                _sync_folders([path.parent])
        self._prune(path)

    def _prune(self, path: Path) -> None:
        with suppress(OSError):  # not empty, or gone already: both are fine
            for folder in path.parents:
                if folder == self._root:
                    break
                folder.rmdir()

    def _walk(self, prefix: str) -> Iterator[StoredObject]:
        for folder, names, files in os.walk(self._root, onerror=_unless_missing):
            here = "" if Path(folder) == self._root else Path(folder).relative_to(self._root).as_posix() + "/"
            names[:] = [name for name in names if here + name != RESERVED and _may_match(f"{here}{name}/", prefix)]
            for name in files:
                if (here + name).startswith(prefix):
                    with suppress(ObjectMissing):  # deleted meanwhile, or a link, which is no object
                        yield self._stat(here + name)

    def _sweep(self, before: float) -> int:
        removed = 0
        for path in self._incoming.glob("*"):
            with suppress(FileNotFoundError):
                if path.lstat().st_mtime < before:
                    path.unlink()
                    removed += 1
        return removed

    def _probe(self, path: Path) -> None:
        with ExitStack() as leaving:
            file = self._create(leaving, path)
            file.write(b"LuminaLib")
            file.flush()
            os.fsync(file.fileno())
            path.read_bytes()


def _write_batch(file: BinaryIO, batch: list[bytes], *, is_due: bool) -> None:
    file.writelines(batch)
    if is_due:
        file.flush()
        os.fsync(file.fileno())


def _discard(file: BinaryIO, path: Path) -> None:
    with suppress(OSError):  # closing flushes, which fails again on a full disk
        file.close()
    with suppress(OSError):  # renamed by now, or swept later; either way the first error is the one to tell
        path.unlink()


def _take(found: Iterator[StoredObject]) -> list[StoredObject]:
    return list(islice(found, _LIST_BATCH))


def _described(key: str, facts: os.stat_result) -> StoredObject:
    return StoredObject(key=key, size=facts.st_size, modified_at=datetime.fromtimestamp(facts.st_mtime, UTC))


def _may_match(folder: str, prefix: str) -> bool:
    return folder.startswith(prefix) or prefix.startswith(folder)


def _unless_missing(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _make_folders(folder: Path) -> list[Path]:
    """Makes the folder and returns the folders that got a new entry by that."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return [path.parent for path in missing]


def _sync_folders(folders: list[Path]) -> None:
    # A rename survives a power cut only when its folder is synced too; Windows cannot open folders and needs no such call.
    if not hasattr(os, "O_DIRECTORY"):
        return
    for folder in folders:
        with suppress(FileNotFoundError):
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
