"""What only files on a disk can get wrong: links, full disks, folders, power cuts, a blocked event loop."""

import asyncio
import errno
import os
import subprocess
import sys
import time
import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest

from luminalib.adapters.storage.local import LocalStorage
from luminalib.ports.storage import ObjectMissing, StorageUnavailable
from storages import MIB, all_of, chunks_of, keys_of, leftovers, noise


@pytest.fixture
def local(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "library")


async def test_links_out_of_the_folder_are_refused(local: LocalStorage, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_bytes(b"secret")
    await local.put("a", chunks_of(b"x"))
    (local._root / "link").symlink_to(outside)
    (local._root / "file").symlink_to(outside / "secret.txt")
    for attempt in (all_of(local, "link/secret.txt"), local.put("link/new", chunks_of(b"x")), local.delete("link/secret.txt")):
        with pytest.raises(StorageUnavailable, match="symbolic link"):
            await attempt
    with pytest.raises(ObjectMissing):
        await all_of(local, "file")
    await local.put("file", chunks_of(b"mine"))
    assert await all_of(local, "file") == b"mine"
    assert await keys_of(local) == ["a", "file"]
    assert [(path.name, path.read_bytes()) for path in outside.iterdir()] == [("secret.txt", b"secret")]


async def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "library").symlink_to(tmp_path / "disk")
    storage = LocalStorage(tmp_path / "library")
    await storage.put("books/1", chunks_of(b"x"))
    assert (tmp_path / "disk" / "books" / "1").read_bytes() == b"x"


async def test_a_folder_that_goes_while_it_is_made_is_made_again(local: LocalStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    made = os.mkdir
    gone: list[Path] = []

    def goes(path: Path, mode: int = 0o777) -> None:
        """A parallel put has made the folder, and a parallel delete removes it before anybody looks what stands there."""
        if Path(path).name == "folder" and not gone:
            gone.append(path)
            raise FileExistsError(errno.EEXIST, "File exists", str(path))
        made(path, mode)

    monkeypatch.setattr(os, "mkdir", goes)
    await local.put("folder/one", chunks_of(b"x"))
    assert gone
    assert await keys_of(local) == ["folder/one"]


async def test_empty_folders_go_with_their_last_file(local: LocalStorage) -> None:
    await local.put("staging/2026/1", chunks_of(b"x"))
    await local.promote("staging/2026/1", "books/1/content.txt")
    assert not (local._root / "staging").exists()
    await local.delete("books/1/content.txt")
    assert not (local._root / "books").exists()
    assert local._root.is_dir()


FULL_DISK = """
import asyncio, resource, signal, sys
from pathlib import Path
from luminalib.adapters.storage.local import LocalStorage
from luminalib.ports.storage import StorageUnavailable

async def stream():
    for _ in range(64):
        yield bytes(65536)

async def main():
    storage = LocalStorage(Path(sys.argv[1]))
    await storage.start()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * 1024 * 1024 + 17, resource.RLIM_INFINITY))
    try:
        await storage.put("books/1", stream())
    except StorageUnavailable as error:
        print(error.detail)
    print([item.key async for item in storage.list()], [path.name for path in Path(sys.argv[1]).rglob("*")])

asyncio.run(main())
"""


def test_a_file_that_the_system_does_not_take_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    sentence, found = ran.stdout.splitlines()
    assert "too large" in sentence
    assert found == "[] ['.incoming']"


@pytest.mark.parametrize(
    ("number", "advice"), [(errno.ENOSPC, "full"), (errno.EACCES, "permission"), (errno.EIO, "Check its disk")]
)
async def test_a_failing_disk_says_what_to_do(
    local: LocalStorage, monkeypatch: pytest.MonkeyPatch, number: int, advice: str
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    await local.start()
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StorageUnavailable, match=advice):
        await local.put("books/1", chunks_of(b"x"))
    with pytest.raises(StorageUnavailable, match=advice):
        await local.check()
    assert await keys_of(local) == []
    assert await leftovers(local) == []


async def test_a_root_that_is_a_file_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    storage = LocalStorage(tmp_path / "file")
    for attempt in (storage.start(), storage.check(), storage.put("a", chunks_of(b"x"))):
        with pytest.raises(StorageUnavailable):
            await attempt


async def test_leftovers_of_a_crash_are_swept_at_the_start_but_uploads_of_others_stay(local: LocalStorage) -> None:
    await local.start()
    old, fresh = local._incoming / "old", local._incoming / "fresh"
    old.write_bytes(b"x")
    fresh.write_bytes(b"x")
    two_days_ago = time.time() - 2 * 86400
    os.utime(old, (two_days_ago, two_days_ago))
    await local.start()
    assert await leftovers(local) == ["fresh"]
    assert await keys_of(local) == []
    assert await local.sweep(timedelta(seconds=-5)) == 1


async def test_a_slow_disk_does_not_stop_the_event_loop(local: LocalStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _descriptor: time.sleep(0.2))
    task = asyncio.create_task(local.put("a", chunks_of(b"x")))
    longest, ticked = 0.0, time.perf_counter()
    while not task.done():
        await asyncio.sleep(0.005)
        longest, ticked = max(longest, time.perf_counter() - ticked), time.perf_counter()
    assert longest < 0.15


async def test_an_object_is_on_the_disk_before_it_gets_its_name(local: LocalStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[tuple[str, bool]] = []

    def record(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        synced.append((path.relative_to(local._root).as_posix(), (local._root / "books/1").exists()))

    await local.start()
    monkeypatch.setattr(os, "fsync", record)
    await local.put("books/1", chunks_of(b"x"))
    assert synced[0][0].startswith(".incoming/")
    assert synced[0][1] is False
    assert {("books", True), (".", True)} <= set(synced[1:])


async def test_a_large_file_is_never_held_in_memory(local: LocalStorage) -> None:
    tracemalloc.start()
    await local.put("large", noise(48))
    async for _ in local.read("large"):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * MIB


async def test_a_cancellation_waits_for_the_disk(local: LocalStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    began, loop = asyncio.Event(), asyncio.get_running_loop()

    def slow_sync(_descriptor: int) -> None:
        loop.call_soon_threadsafe(began.set)
        steps.append("began")
        time.sleep(0.1)
        steps.append("ended")

    await local.start()
    monkeypatch.setattr(os, "fsync", slow_sync)
    task = asyncio.create_task(local.put("a", chunks_of(b"whole")))
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert steps[-1] == "ended"
    assert await leftovers(local) == []
    assert await all_of(local, "a") == b"whole"


async def test_a_folder_that_a_delete_takes_away_meanwhile_is_made_again(
    local: LocalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace
    taken: list[Path] = []

    def race(source: Path, target: Path) -> Path:
        if not taken:
            taken.append(target.parent)
            target.parent.rmdir()
        return replace(source, target)

    monkeypatch.setattr(Path, "replace", race)
    await local.put("books/1/content.txt", chunks_of(b"x"))
    assert taken == [local._root / "books/1"]
    assert await all_of(local, "books/1/content.txt") == b"x"
