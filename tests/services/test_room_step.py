"""Room for files, without a disk: what is promised counts, the house has as much as there is, shares are asked for once."""

import asyncio
from typing import Any

import pytest

from fakes import UNLIMITED, MemoryStorage
from luminalib.domain.auth import Principal, Role, the_house
from luminalib.domain.quotas import QuotaExceeded
from luminalib.ports.storage import Space, StorageFull
from luminalib.steps.room import BLOCK_BYTES, Room

ADA = Principal(tenant_id="main", user_id="ada", role=Role.MEMBER)
EVE = Principal(tenant_id="main", user_id="eve", role=Role.MEMBER)


class Stored:
    """Views that know what each account has stored."""

    def __init__(self, **stored: int) -> None:
        self.stored = stored

    async def stored_bytes(self, _tenant_id: str, user_id: str) -> int:
        return self.stored.get(user_id, 0)


def room(*, free: int | None = None, reserve: int = 100, quota: int = 0, **stored: int) -> Room:
    storage = MemoryStorage()
    storage.left = None if free is None else Space(free=free, total=10**15)
    views: Any = Stored(**stored)
    return Room(views, storage, UNLIMITED, reserve_bytes=reserve, quota_bytes=quota)


async def test_the_reserve_is_left_alone() -> None:
    one = room(free=1100)
    await one.require_space(1000)
    with pytest.raises(StorageFull) as refused:
        await one.require_space(1001)
    assert refused.value.facts == {"free_bytes": 1100, "reserve_bytes": 100}
    await room(free=None).require_space(10**18)  # a storage that cannot tell


async def test_the_reserve_of_a_small_disk_is_a_tenth_of_it() -> None:
    storage = MemoryStorage()
    storage.left = Space(free=500, total=1000)
    views: Any = Stored()
    one = Room(views, storage, UNLIMITED, reserve_bytes=10**9, quota_bytes=0)
    await one.require_space(400)
    with pytest.raises(StorageFull):
        await one.require_space(401)


async def test_what_is_promised_counts_until_it_is_given_back() -> None:
    one = room(free=1100)
    async with one.booked(ADA, 600):
        with pytest.raises(StorageFull):
            async with one.booked(EVE, 401):
                raise AssertionError
        async with one.booked(EVE, 400):
            pass
    async with one.booked(EVE, 1000):
        pass


async def test_a_file_of_unknown_size_asks_again_and_again() -> None:
    one = room(free=100 + 3 * BLOCK_BYTES)
    async with one.booked(ADA) as booking:
        await booking.cover(1000)
        await booking.cover(2 * BLOCK_BYTES)
        with pytest.raises(StorageFull):
            await booking.cover(3 * BLOCK_BYTES + 1)
    await one.require_space(3 * BLOCK_BYTES)  # all of it was given back


async def test_a_share_counts_what_is_stored_and_what_is_coming() -> None:
    one = room(quota=1000, ada=300)
    async with one.booked(ADA, 500):
        with pytest.raises(QuotaExceeded) as refused:
            async with one.booked(ADA, 201):
                raise AssertionError
        assert refused.value.facts == {"quota": "stored_bytes", "limit": 1000, "used": 800, "resets_at": None}
        async with one.booked(ADA, 200), one.booked(EVE, 1000):
            pass
        async with one.booked(ADA, 10_000, is_counted=True), one.booked(the_house(), 10_000):
            pass
    async with one.booked(ADA, 700):
        pass
    with pytest.raises(QuotaExceeded):
        async with one.booked(ADA, 701):
            raise AssertionError


async def test_without_a_quota_there_is_none() -> None:
    was_let_in = False
    async with room(quota=0, ada=10**12).booked(ADA, 10**12):
        was_let_in = True
    assert was_let_in


async def test_many_at_once_get_no_more_than_there_is() -> None:
    one = room(free=1100, quota=350)
    outcomes: list[str] = []

    async def take(by: Principal) -> None:
        try:
            async with one.booked(by, 300):
                outcomes.append("in")
                await asyncio.sleep(0.01)
        except (StorageFull, QuotaExceeded) as refused:
            outcomes.append(type(refused).__name__)

    members = [Principal(tenant_id="main", user_id=f"m{n}", role=Role.MEMBER) for n in range(5)]
    await asyncio.gather(*(take(by) for by in (members[0], *members)))
    assert sorted(outcomes) == ["QuotaExceeded", "StorageFull", "StorageFull", "in", "in", "in"]
