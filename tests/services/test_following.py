"""Many who follow one log: one read serves them all, and nobody misses a row."""

import asyncio
from collections.abc import AsyncIterator

from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.steps.following import BATCH, Followers, Rows

TOPIC = "documents:main"


class Log:
    """Rows 1, 2, 3 …, and how often they were read."""

    def __init__(self) -> None:
        self.bus = MemoryEventBus()
        self.followers: Followers[str] = Followers(self.bus)
        self.length = 0
        self.reads = 0
        self.gate = asyncio.Event()
        self.gate.set()

    def write(self, rows: int = 1) -> None:
        self.length += rows
        self.bus.publish(TOPIC)

    async def read(self, last: int) -> Rows[str]:
        self.reads += 1
        found = [(number, f"row {number}") for number in range(last + 1, min(self.length, last + BATCH) + 1)]
        await self.gate.wait()
        return found

    async def start(self) -> int:
        return 0

    def follow(self, whose: str | None = None) -> AsyncIterator[str | None]:
        return self.followers.follow(TOPIC, whose, self.start, self.read)


async def take(rows: AsyncIterator[str | None], count: int) -> list[str]:
    found: list[str] = []
    async with asyncio.timeout(10):
        async for row in rows:
            if row is not None:
                found.append(row)
            if len(found) == count:
                break
    return found


async def test_a_hint_makes_one_read_for_all_who_wait() -> None:
    log = Log()
    followers = [asyncio.create_task(take(log.follow(), 3)) for _ in range(500)]
    for _ in range(3):
        await asyncio.sleep(0.05)
        log.write()
    assert await asyncio.gather(*followers) == [["row 1", "row 2", "row 3"]] * 500
    assert log.reads <= 4


async def test_those_who_may_see_other_rows_do_not_share() -> None:
    log = Log()
    log.write()
    ada, ben = await asyncio.gather(take(log.follow("ada"), 1), take(log.follow("ben"), 1))
    assert ada == ben == ["row 1"]
    assert log.reads == 2


async def test_a_row_written_while_a_read_is_under_way_comes_at_its_own_hint() -> None:
    log = Log()
    log.gate.clear()
    early = asyncio.create_task(take(log.follow(), 2))
    await asyncio.sleep(0.01)  # its read has begun, and has found nothing
    log.write(2)
    late = asyncio.create_task(take(log.follow(), 2))
    await asyncio.sleep(0.01)
    log.gate.set()
    async with asyncio.timeout(1):  # sooner than anybody looks by themselves
        assert await early == await late == ["row 1", "row 2"]


async def test_more_rows_than_one_read_gives_all_come() -> None:
    log = Log()
    log.write(2 * BATCH + 7)
    assert len(await take(log.follow(), 2 * BATCH + 7)) == 2 * BATCH + 7
    assert log.reads == 3


async def test_a_follower_who_leaves_does_not_take_the_read_from_the_others() -> None:
    log = Log()
    log.write()
    log.gate.clear()
    first, second = (asyncio.create_task(take(log.follow(), 1)) for _ in range(2))
    await asyncio.sleep(0.01)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    log.gate.set()
    assert await second == ["row 1"]
    assert log.reads == 1
