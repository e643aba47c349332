"""Reads that several share: one for all who ask at the same time."""

import asyncio

import pytest

from luminalib.steps.shared_reads import SharedReads

PATIENCE = 60.0


class Source:
    """Is read when the test lets it be."""

    def __init__(self) -> None:
        self.reads = 0
        self.may_go_on = asyncio.Event()

    async def read(self) -> int:
        self.reads += 1
        number = self.reads
        await self.may_go_on.wait()
        return number


async def test_who_asks_at_the_same_time_shares_one_read() -> None:
    source, shared = Source(), SharedReads[str, int]()
    asked = [asyncio.create_task(shared.get("key", source.read, PATIENCE)) for _ in range(16)]
    await asyncio.sleep(0)
    source.may_go_on.set()
    assert await asyncio.gather(*asked) == [1] * 16
    assert await shared.get("key", source.read, PATIENCE) == 1, "it is young enough"
    assert await shared.get("key", source.read, 0.0) == 2
    assert await shared.get("other", source.read, PATIENCE) == 3


async def test_what_was_cleared_is_not_kept_even_when_it_is_still_being_read() -> None:
    source, shared = Source(), SharedReads[str, int]()
    early = asyncio.create_task(shared.get("key", source.read, PATIENCE))
    await asyncio.sleep(0)
    shared.clear()
    source.may_go_on.set()
    assert await early == 1
    assert await shared.get("key", source.read, PATIENCE) == 2


async def test_a_read_that_failed_is_not_kept() -> None:
    shared = SharedReads[str, int]()

    async def fails() -> int:
        raise ConnectionError

    async def works() -> int:
        return 1

    with pytest.raises(ConnectionError):
        await shared.get("key", fails, PATIENCE)
    assert await shared.get("key", works, PATIENCE) == 1


async def test_who_leaves_does_not_take_the_read_from_the_others() -> None:
    source, shared = Source(), SharedReads[str, int]()
    leaving, staying = (asyncio.create_task(shared.get("key", source.read, PATIENCE)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    source.may_go_on.set()
    assert await staying == 1
