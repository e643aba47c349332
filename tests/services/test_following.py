"""Many who follow one log: one read serves them all, and nobody misses a row."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest

from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.ports.events import topic_of
from luminalib.steps import following
from luminalib.steps.following import BATCH, FollowedLog, Followers, Rows


class Log(FollowedLog[str]):
    """Rows 1, 2, 3 … of their owners, how often they were read, and how often it was looked for them."""

    kind = "notes"

    def __init__(self) -> None:
        self.bus = MemoryEventBus()
        self.followers = Followers(self.bus, self)
        self.owners: list[str | None] = []
        self.reads = 0
        self.looks = 0
        self.gate = asyncio.Event()
        self.gate.set()

    def write(self, rows: int = 1, *, owner: str | None = None, is_told: bool = True) -> None:
        self.owners += [owner] * rows
        if is_told:
            for owner_id in {None, owner}:
                self.bus.publish(topic_of(self.kind, "main", owner_id))

    async def latest_id(self, tenant_id: str) -> int:
        return len(self.owners)

    async def newest_ids(self, tenant_id: str, after: int) -> Mapping[str | None, int]:
        self.looks += 1
        return {owner: number for number, owner in enumerate(self.owners, 1) if number > after}

    async def read(self, tenant_id: str, owner_id: str | None, after: int) -> Rows[str]:
        self.reads += 1
        rows = [(n, f"row {n}") for n, owner in enumerate(self.owners, 1) if n > after and owner_id in (None, owner)]
        await self.gate.wait()
        return rows[:BATCH]

    def follow(self, whose: str | None = None, after: int | None = 0) -> AsyncIterator[str | None]:
        return self.followers.follow("main", whose, after)


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "RECHECK_SECONDS", 0.1)


@pytest.fixture
def no_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "RECHECK_SECONDS", 60.0)


async def take(rows: AsyncIterator[str | None], count: int) -> list[str]:
    found: list[str] = []
    async with asyncio.timeout(10):
        async for row in rows:
            if row is not None:
                found.append(row)
            if len(found) == count:
                break
    return found


async def _until(is_true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not is_true():
            await asyncio.sleep(0.01)


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
    for owner in ("ada", "ben", None):
        log.write(owner=owner)
    ada, ben, all_rows = await asyncio.gather(take(log.follow("ada"), 1), take(log.follow("ben"), 1), take(log.follow(), 3))
    assert (ada, ben, all_rows) == (["row 1"], ["row 2"], ["row 1", "row 2", "row 3"])
    assert log.reads == 3


@pytest.mark.usefixtures("no_looks")
async def test_a_hint_wakes_those_only_who_may_see_the_row() -> None:
    log = Log()
    members = [asyncio.create_task(take(log.follow(f"member {n}"), 1)) for n in range(50)]
    librarians = [asyncio.create_task(take(log.follow(), 1)) for _ in range(5)]
    await asyncio.sleep(0.05)
    assert log.reads == 51, "one each to begin with, and one for the librarians"
    log.write(owner="member 7")
    assert await asyncio.gather(members[7], *librarians) == [["row 1"]] * 6
    assert log.reads == 53
    assert log.looks == 0
    assert sum(member.done() for member in members) == 1
    for member in members:
        member.cancel()
    await asyncio.gather(*members, return_exceptions=True)


@pytest.mark.usefixtures("quick_looks")
async def test_rows_without_a_hint_are_found_by_one_look_for_all() -> None:
    log = Log()
    members = [asyncio.create_task(take(log.follow(f"member {n}"), 1)) for n in range(50)]
    await asyncio.sleep(0.05)
    log.write(owner="member 7", is_told=False)
    log.write(owner="member 8", is_told=False)
    assert await asyncio.gather(*members[7:9]) == [["row 1"], ["row 2"]]
    assert log.reads == 52
    assert log.looks < 10, "fifty looked for news once at least"
    for member in members:
        member.cancel()
    await asyncio.gather(*members, return_exceptions=True)


@pytest.mark.usefixtures("quick_looks")
async def test_a_row_that_is_deleted_before_it_is_read_is_looked_for_once() -> None:
    log = Log()
    librarian = asyncio.create_task(take(log.follow(), 1))
    await asyncio.sleep(0.02)
    log.write(owner="ada", is_told=False)
    assert await librarian == ["row 1"]
    log.owners[0] = "nobody"
    ada = asyncio.create_task(take(log.follow("ada"), 1))
    reads, looks = log.reads, log.looks
    await _until(lambda: log.looks > looks + 3)
    assert log.reads == reads + 2, "one to begin with, and one for what the look-out knew"
    log.write(owner="ada", is_told=False)
    assert await ada == ["row 2"]


async def test_who_begins_now_gets_what_comes_from_now_on() -> None:
    log = Log()
    log.write(3)
    rows = log.follow(after=None)
    reading = asyncio.create_task(take(rows, 1))
    await asyncio.sleep(0.02)
    log.write()
    assert await reading == ["row 4"]


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


async def test_who_is_ahead_of_a_log_that_was_restored_hears_what_is_new(no_looks: None) -> None:
    log = Log()
    log.write(3)
    rows = log.follow(after=900)
    waiting = asyncio.ensure_future(take(rows, 1))
    await asyncio.sleep(0)
    while not log.reads:
        await asyncio.sleep(0)
    log.write()
    assert await waiting == ["row 4"]
