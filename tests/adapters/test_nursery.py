"""The process that children are forked from: it lives while it is wanted, and what it was born with is all that they share."""

import asyncio
import os
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from luminalib.adapters.children.nursery import AT_HAND, Nursery
from luminalib.adapters.children.pool import SubprocessPool
from luminalib.ports.children import ChildDied, ChildLimits

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere children import for themselves")
LIMITS = ChildLimits(wall_seconds=60, cpu_seconds=20, memory_bytes=768 * 2**20)


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    nursery = Nursery(("wave",))
    yield nursery
    nursery.close()


async def gone(nursery: Nursery) -> None:
    async with asyncio.timeout(60):
        while nursery.process_id:
            await asyncio.sleep(0.01)


async def test_a_child_finds_imported_what_it_needs() -> None:
    async with SubprocessPool(1) as pool:
        found = await pool.call("childtasks:imported", {}, limits=LIMITS)
    assert set(AT_HAND) <= set(found)


async def test_nothing_else_runs_where_children_are_forked() -> None:
    """A fork would leave its threads behind, and their locks shut."""
    nursery = Nursery()
    async with SubprocessPool(1, nursery=nursery) as pool:
        await pool.call("childtasks:pid", {}, limits=LIMITS)
        assert len([*Path(f"/proc/{nursery.process_id}/task").iterdir()]) == 1
    nursery.close()


async def test_all_children_come_from_one_process_and_die_with_it(nursery: Nursery) -> None:
    async with SubprocessPool(1, nursery=nursery) as pool, SubprocessPool(1, nursery=nursery) as other:
        assert "wave" in await pool.call("childtasks:imported", {}, limits=LIMITS)
        template = nursery.process_id
        assert template
        asleep = asyncio.create_task(other.call("childtasks:sleep", {"seconds": 60}, limits=LIMITS))
        while not other.process_ids:
            await asyncio.sleep(0.01)
        assert nursery.process_id == template
        os.kill(template, signal.SIGKILL)
        with pytest.raises(ChildDied):
            await asleep
        await gone(nursery)
        while pool.process_ids:
            await asyncio.sleep(0.01)
        assert await pool.call("childtasks:echo", {"value": 1}, limits=LIMITS) == 1
        assert nursery.process_id not in (None, template)


async def test_it_goes_when_no_child_is_left_and_comes_again() -> None:
    nursery = Nursery((), idle_seconds=0.05)
    async with SubprocessPool(1, nursery=nursery) as pool:
        assert await pool.call("childtasks:sleep", {"seconds": 0.3}, limits=LIMITS) is None
        assert nursery.process_id, "It has a child, if an idle one."
    await gone(nursery)
    async with SubprocessPool(1, nursery=nursery) as pool:
        assert await pool.call("childtasks:echo", {"value": 1}, limits=LIMITS) == 1


async def test_a_call_that_comes_while_it_goes_gets_its_child_from_the_next(
    nursery: Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with SubprocessPool(1, nursery=nursery) as pool:
        nursery.open()
        template = nursery.process_id
        assert template
        os.kill(template, signal.SIGKILL)
        monkeypatch.setattr(Nursery, "process_id", template)  # as it looks until it has been waited for
        assert await pool.call("childtasks:echo", {"value": 1}, limits=LIMITS) == 1


async def test_a_server_with_a_thousand_connections_has_children_too(nursery: Nursery) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    many = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        async with SubprocessPool(1, nursery=nursery) as pool:
            assert await pool.call("childtasks:echo", {"value": 1}, limits=LIMITS) == 1
    finally:
        for descriptor in many:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_a_child_of_a_call_that_was_cancelled_before_is_not_kept() -> None:
    nursery = Nursery(idle_seconds=0.05)
    async with SubprocessPool(1, nursery=nursery) as pool:
        call = asyncio.create_task(pool.call("childtasks:pid", {}, limits=LIMITS))
        while nursery.process_id is None:
            await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await gone(nursery)


async def test_children_have_nothing_of_one_another(nursery: Nursery) -> None:
    async with SubprocessPool(2, nursery=nursery) as pool:
        alone = await pool.call("childtasks:descriptors", {}, limits=LIMITS)
        asleep = asyncio.create_task(pool.call("childtasks:sleep", {"seconds": 60}, limits=LIMITS))
        while pool._idle:
            await asyncio.sleep(0.01)
        assert await pool.call("childtasks:descriptors", {}, limits=LIMITS) == alone
        asleep.cancel()
