import asyncio
from pathlib import Path
from typing import Any

import pytest

from luminalib.adapters.security.common_passwords import ZxcvbnCommonPasswords
from luminalib.adapters.security.passwords import Argon2Hasher
from luminalib.domain.auth import NO_PASSWORD, PASSWORD_MAX

LARGE_KIB = 64 * 1024


@pytest.fixture
def cheap() -> Argon2Hasher:
    """A hasher of other days, with weaker parameters."""
    return Argon2Hasher(memory_kib=1024, iterations=1)


async def test_passwords_are_hashed_as_owasp_advises() -> None:
    hashed = await Argon2Hasher().hash("a long walk by the sea")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not Argon2Hasher().needs_rehash(hashed)


async def test_only_the_right_password_matches_and_salts_differ(cheap: Argon2Hasher) -> None:
    hashed = await cheap.hash("right")
    assert await cheap.verify("right", hashed)
    for wrong in ("wrong", "Right", "right ", "", "righ"):
        assert not await cheap.verify(wrong, hashed)
    assert await cheap.hash("right") != hashed


@pytest.mark.parametrize("nothing", [None, NO_PASSWORD])
async def test_no_password_opens_an_account_that_has_none(cheap: Argon2Hasher, nothing: str | None) -> None:
    for password in ("nobody", "", NO_PASSWORD, "right"):
        assert not await cheap.verify(password, nothing)


@pytest.mark.parametrize("changes", [{"memory_kib": 1024}, {"iterations": 3}])
async def test_hashes_with_other_parameters_still_match_and_are_due(changes: dict[str, Any]) -> None:
    earlier = Argon2Hasher(**changes)
    hashed = await earlier.hash("right")
    assert await Argon2Hasher().verify("right", hashed)
    assert Argon2Hasher().needs_rehash(hashed)
    assert not earlier.needs_rehash(hashed)


async def test_the_longest_password_counts_to_its_last_character(cheap: Argon2Hasher) -> None:
    longest = "x" * (PASSWORD_MAX - 1)
    hashed = await cheap.hash(longest + "y")
    assert await cheap.verify(longest + "y", hashed)
    assert not await cheap.verify(longest + "z", hashed)


async def test_a_flood_of_hashes_takes_the_memory_of_two() -> None:
    hasher = Argon2Hasher(memory_kib=LARGE_KIB, iterations=2)
    before = resident_bytes()
    flood = asyncio.gather(*(hasher.hash("right") for _ in range(8)))
    most = 0
    while not flood.done():
        most = max(most, resident_bytes() - before)
        await asyncio.sleep(0.001)
    await flood
    assert LARGE_KIB * 1024 * 0.5 < most < LARGE_KIB * 1024 * 2.5


async def test_the_event_loop_goes_on_while_passwords_are_hashed() -> None:
    hashing = asyncio.create_task(Argon2Hasher(memory_kib=LARGE_KIB, iterations=8).hash("right"))
    turns = 0
    while not hashing.done():
        turns += 1
        await asyncio.sleep(0.001)
    assert turns > 10


@pytest.mark.parametrize("common", ["password", "123456", "qwerty", "letmein", "dragon", "monkey2024", "iloveyou!!", "sunshine1"])
def test_what_attackers_try_first_is_common(common: str) -> None:
    assert ZxcvbnCommonPasswords().contains(common)


@pytest.mark.parametrize("rare", ["a long walk by the sea", "quiet harbour 1887", "zolgpmqw"])
def test_what_nobody_else_uses_is_not_common(rare: str) -> None:
    assert not ZxcvbnCommonPasswords().contains(rare)


def resident_bytes() -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024
