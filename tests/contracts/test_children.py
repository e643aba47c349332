"""The contract of ChildProcesses, kept by the subprocess pool."""

import asyncio
import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from luminalib.adapters.children.pool import SubprocessPool
from luminalib.ports.children import ChildDied, ChildLimits, ChildTaskFailed, ChildTimedOut

LIMITS = ChildLimits(wall_seconds=20, cpu_seconds=20, memory_bytes=768 * 1024 * 1024)
BRIEF = ChildLimits(wall_seconds=0.3, cpu_seconds=20, memory_bytes=768 * 1024 * 1024)


@pytest.fixture
async def pool() -> AsyncIterator[SubprocessPool]:
    async with SubprocessPool(2) as pool:
        yield pool


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def until_gone(pid: int, seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while is_running(pid) and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    return not is_running(pid)


@pytest.mark.parametrize("value", [None, 7, "naïve \x00 text", [1, 2], {"a": [1], "b": []}, {}, "\udc80 of a file name"])
async def test_values_come_back_as_they_went(pool: SubprocessPool, value: object) -> None:
    assert await pool.call("childtasks:echo", {"value": value}, limits=LIMITS) == value


async def test_processes_are_started_when_needed_and_used_again(pool: SubprocessPool) -> None:
    assert pool.process_ids == frozenset()
    first = await pool.call("childtasks:pid", {}, limits=LIMITS)
    assert first != os.getpid()
    assert await pool.call("childtasks:pid", {}, limits=LIMITS) == first
    assert pool.process_ids == {first}


async def test_a_process_steps_back_for_who_asks_something_now(pool: SubprocessPool) -> None:
    assert await pool.call("childtasks:niceness", {}, limits=LIMITS) > os.getpriority(os.PRIO_PROCESS, 0)


async def test_a_process_retires_after_its_jobs() -> None:
    async with SubprocessPool(1, jobs_per_child=2) as pool:
        pids = [await pool.call("childtasks:pid", {}, limits=LIMITS) for _ in range(4)]
        assert pids[0] == pids[1] != pids[2] == pids[3]
        assert await until_gone(pids[0])


async def test_an_idle_process_goes_home() -> None:
    async with SubprocessPool(1, idle_seconds=0.05) as pool:
        pid = await pool.call("childtasks:pid", {}, limits=LIMITS)
        assert await until_gone(pid)
        assert await pool.call("childtasks:pid", {}, limits=LIMITS) != pid


async def test_no_more_processes_than_its_size(pool: SubprocessPool) -> None:
    calls = [pool.call("childtasks:sleep", {"seconds": 0.05}, limits=LIMITS) for _ in range(6)]
    await asyncio.gather(*calls)
    assert len(pool.process_ids) == 2


async def test_a_hanging_job_is_killed_in_time(pool: SubprocessPool) -> None:
    await pool.call("childtasks:pid", {}, limits=LIMITS)
    (pid,) = pool.process_ids
    with pytest.raises(ChildTimedOut):
        await pool.call("childtasks:sleep", {"seconds": 60}, limits=BRIEF)
    assert await until_gone(pid)


async def test_a_job_may_not_use_more_cpu_than_allowed(pool: SubprocessPool) -> None:
    limits = ChildLimits(wall_seconds=20, cpu_seconds=0.5, memory_bytes=LIMITS.memory_bytes)
    with pytest.raises(ChildTimedOut):
        await pool.call("childtasks:spin", {}, limits=limits)


async def test_a_crash_costs_only_its_own_job(pool: SubprocessPool) -> None:
    other = asyncio.create_task(pool.call("childtasks:sleep", {"seconds": 0.3}, limits=LIMITS))
    with pytest.raises(ChildDied):
        await pool.call("childtasks:crash", {}, limits=LIMITS)
    await other
    assert await pool.call("childtasks:echo", {"value": 1}, limits=LIMITS) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces the address space limit")
async def test_memory_is_limited_job_by_job(pool: SubprocessPool) -> None:
    with pytest.raises(ChildDied):
        await pool.call("childtasks:eat_memory", {"mebibytes": 900}, limits=LIMITS)
    roomy = ChildLimits(wall_seconds=20, cpu_seconds=20, memory_bytes=1024 * 1024 * 1024)
    assert await pool.call("childtasks:eat_memory", {"mebibytes": 900}, limits=roomy) == 900 * 1024 * 1024


async def test_a_cancelled_call_kills_its_process(pool: SubprocessPool) -> None:
    call = asyncio.create_task(pool.call("childtasks:sleep", {"seconds": 60}, limits=LIMITS))
    while not pool.process_ids:
        await asyncio.sleep(0.01)
    (pid,) = pool.process_ids
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await until_gone(pid)


async def test_stray_output_does_no_harm(pool: SubprocessPool) -> None:
    assert await pool.call("childtasks:chatter", {}, limits=LIMITS) == "fine"
    assert await pool.call("childtasks:echo", {"value": 2}, limits=LIMITS) == 2


async def test_progress_is_told_on_the_way(pool: SubprocessPool) -> None:
    seen: list[float] = []
    await pool.call("childtasks:count", {"to": 10, "pause": 0.05}, limits=LIMITS, on_progress=seen.append)
    assert 1 <= len(seen) <= 6  # told every tenth of a second at most
    assert seen == sorted(seen)


async def test_a_failing_progress_listener_ends_the_job(pool: SubprocessPool) -> None:
    def listener(share: float) -> None:
        raise RuntimeError(share)

    with pytest.raises(RuntimeError):
        await pool.call("childtasks:count", {"to": 100, "pause": 0.1}, limits=LIMITS, on_progress=listener)
    assert await pool.call("childtasks:echo", {"value": 3}, limits=LIMITS) == 3


async def test_a_large_result_arrives_without_stopping_the_loop(pool: SubprocessPool) -> None:
    """The longest stall as a share of the whole, in the quietest of three runs: a busy machine stalls everybody."""
    shares = [await longest_stall(pool) for _ in range(3)]
    assert min(shares) < 0.25


async def longest_stall(pool: SubprocessPool) -> float:
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, time.perf_counter() - before)

    watcher, started = asyncio.create_task(watch()), time.perf_counter()
    result = await pool.call("childtasks:large", {"characters": 50_000_000}, limits=LIMITS)
    elapsed = time.perf_counter() - started
    watcher.cancel()
    assert sum(len(text) for _, text in result["sections"]) == 49_998_000
    assert (result["notes"], result["count"]) == ([], 50_000_000)
    return longest / elapsed


async def test_a_task_fails_with_the_code_that_it_means(pool: SubprocessPool) -> None:
    with pytest.raises(ChildTaskFailed) as failure:
        await pool.call("childtasks:fail", {"kind": "task"}, limits=LIMITS)
    assert (failure.value.code, failure.value.message) == ("encrypted", "It needs a password.")


@pytest.mark.parametrize(
    ("task", "named"),
    [("childtasks:fail", "ZeroDivisionError"), ("childtasks:missing", "AttributeError"), ("nowhere:x", "ModuleNotFoundError")],
)
async def test_what_nobody_foresaw_is_an_internal_failure(pool: SubprocessPool, task: str, named: str) -> None:
    with pytest.raises(ChildTaskFailed, match=named) as failure:
        await pool.call(task, {"kind": "surprise"}, limits=LIMITS)
    assert failure.value.code == "internal"


async def test_a_child_cannot_write_files(pool: SubprocessPool, tmp_path: Path) -> None:
    with pytest.raises(ChildTaskFailed, match=r"OSError|PermissionError"):
        await pool.call("childtasks:write_file", {"path": str(tmp_path / "x")}, limits=LIMITS)
    assert not (tmp_path / "x").exists() or (tmp_path / "x").stat().st_size == 0


async def test_a_child_does_not_see_the_environment(pool: SubprocessPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMINALIB_SECRET_KEY", "not for children")
    assert "LUMINALIB_SECRET_KEY" not in await pool.call("childtasks:environment", {}, limits=LIMITS)


async def test_closing_ends_all_and_refuses_new_work() -> None:
    pool = SubprocessPool(2)
    await pool.call("childtasks:pid", {}, limits=LIMITS)
    busy = asyncio.create_task(pool.call("childtasks:sleep", {"seconds": 60}, limits=LIMITS))
    await asyncio.sleep(0.2)
    pids = pool.process_ids
    await pool.aclose()
    assert pids
    assert not any(map(is_running, pids))
    with pytest.raises(ChildDied):
        await busy
    with pytest.raises(RuntimeError):
        await pool.call("childtasks:pid", {}, limits=LIMITS)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
async def test_children_die_with_their_parent() -> None:
    script = (
        "import asyncio, sys; sys.path[:] = sys.argv[1:]\n"
        "from luminalib.adapters.children.pool import SubprocessPool\n"
        "from luminalib.ports.children import ChildLimits\n"
        "async def main():\n"
        "    pool = SubprocessPool(1)\n"
        "    limits = ChildLimits(wall_seconds=60, cpu_seconds=60, memory_bytes=10**9)\n"
        "    print(await pool.call('childtasks:pid', {}, limits=limits), flush=True)\n"
        "    await pool.call('childtasks:sleep', {'seconds': 60}, limits=limits)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", script, *sys.path, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    await asyncio.sleep(0.1)
    os.kill(parent.pid, signal.SIGKILL)
    await parent.wait()
    assert await until_gone(child)


async def test_a_file_is_handed_over_as_an_open_descriptor(pool: SubprocessPool, tmp_path: Path) -> None:
    (tmp_path / "book").write_text("Once upon a time.")
    for _ in range(3):
        found = await pool.call("childtasks:read_handed", {}, limits=LIMITS, files={"path": tmp_path / "book"})
        assert found == ["Once upon a time."] * 2
    with pytest.raises(FileNotFoundError):
        await pool.call("childtasks:read_handed", {}, limits=LIMITS, files={"path": tmp_path / "none"})


HAS_LANDLOCK = sys.platform == "linux" and ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1) > 0


@pytest.mark.skipif(not HAS_LANDLOCK, reason="the kernel has no Landlock")
@pytest.mark.parametrize("what", ["secret", "environ", "cmdline", "passwd"])
async def test_a_child_reads_no_file_that_it_was_not_handed(pool: SubprocessPool, tmp_path: Path, what: str) -> None:
    (tmp_path / "secret_key").write_text("s3cret")
    path = {
        "secret": str(tmp_path / "secret_key"),
        "environ": f"/proc/{os.getpid()}/environ",
        "cmdline": f"/proc/{os.getpid()}/cmdline",
        "passwd": "/etc/passwd",
    }[what]
    with pytest.raises(ChildTaskFailed, match="PermissionError"):
        await pool.call("childtasks:read_path", {"path": path}, limits=LIMITS)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has these walls")
@pytest.mark.parametrize("what", ["tcp", "udp", "unix", "program", "memory", "ptrace", "files of the server", "home"])
async def test_a_child_has_no_network_no_programs_and_no_look_into_the_server(pool: SubprocessPool, what: str) -> None:
    if what == "home" and not HAS_LANDLOCK:
        pytest.skip("the kernel has no Landlock")
    with socket.create_server(("127.0.0.1", 0)) as server:
        arguments = {"what": what, "pid": os.getpid(), "port": server.getsockname()[1]}
        assert await pool.call("childtasks:use", arguments, limits=LIMITS) == "PermissionError"


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has these walls")
async def test_a_child_and_its_server_have_given_up_what_they_need_not(pool: SubprocessPool) -> None:
    assert await pool.call("childtasks:privileges", {}, limits=LIMITS) == {"no_new_privs": "1", "seccomp": "2"}
    assert ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) == 0  # this process is not dumpable
