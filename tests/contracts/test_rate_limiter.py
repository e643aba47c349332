import asyncio
import os
import time
from uuid import uuid4

import pytest

from luminalib.adapters.rate_limits.moving_window import LimitsRateLimiter, NoRateLimiter
from luminalib.domain.auth import TooManyRequests
from luminalib.ports.rate_limits import RateLimiter, Rule

RULES = dict.fromkeys(Rule, "3/minute")
LOGIN, UPLOAD = Rule.LOGIN_PER_ACCOUNT, Rule.UPLOAD_PER_ACCOUNT


@pytest.fixture(params=["memory", "redis"])
def uri(request: pytest.FixtureRequest) -> str:
    """Redis only where one is given."""
    if request.param == "memory":
        return "memory://"
    return os.environ.get("LUMINALIB_TEST_REDIS") or pytest.skip("LUMINALIB_TEST_REDIS names no Redis")


@pytest.fixture
def limiter(uri: str) -> LimitsRateLimiter:
    return LimitsRateLimiter(RULES, uri)


@pytest.fixture
def ada() -> str:
    """A key of this test's own: a Redis remembers those of others."""
    return uuid4().hex


async def is_open(limiter: RateLimiter, rule: Rule, key: str | None) -> bool:
    try:
        await limiter.hit(rule, key)
    except TooManyRequests:
        return False
    return True


async def test_as_many_attempts_as_the_rule_says_and_then_no_more(limiter: LimitsRateLimiter, ada: str) -> None:
    assert [await is_open(limiter, LOGIN, ada) for _ in range(5)] == [True, True, True, False, False]


async def test_the_refusal_says_how_long_to_wait(limiter: LimitsRateLimiter, ada: str) -> None:
    for _ in range(3):
        await limiter.hit(LOGIN, ada)
    with pytest.raises(TooManyRequests) as refusal:
        await limiter.hit(LOGIN, ada)
    assert isinstance(refusal.value.facts["retry_after"], int)
    assert 50 < refusal.value.facts["retry_after"] <= 61


async def test_keys_and_rules_are_counted_apart(limiter: LimitsRateLimiter, ada: str) -> None:
    for _ in range(3):
        await limiter.hit(LOGIN, ada)
    assert not await is_open(limiter, LOGIN, ada)
    assert await is_open(limiter, LOGIN, ada + "'s sister")
    assert await is_open(limiter, UPLOAD, ada)


async def test_nobody_in_particular_is_not_counted(limiter: LimitsRateLimiter) -> None:
    assert all([await is_open(limiter, LOGIN, None) for _ in range(10)])
    await limiter.forgive(LOGIN, None)


async def test_what_is_forgiven_is_forgotten_for_that_key_and_rule_only(limiter: LimitsRateLimiter, ada: str) -> None:
    eve = uuid4().hex
    for _ in range(3):
        for rule, key in ((LOGIN, ada), (LOGIN, eve), (UPLOAD, ada)):
            await limiter.hit(rule, key)
    await limiter.forgive(LOGIN, ada)
    assert [await is_open(limiter, LOGIN, ada) for _ in range(4)] == [True, True, True, False]
    assert not await is_open(limiter, LOGIN, eve)
    assert not await is_open(limiter, UPLOAD, ada)


async def test_parallel_attempts_get_no_more_than_others(limiter: LimitsRateLimiter, ada: str) -> None:
    assert sum(await asyncio.gather(*(is_open(limiter, LOGIN, ada) for _ in range(40)))) == 3


async def test_the_window_moves_and_refused_attempts_do_not_prolong_it(uri: str, ada: str) -> None:
    limiter = LimitsRateLimiter(dict.fromkeys(Rule, "2/second"), uri)
    started = time.monotonic()
    assert [await is_open(limiter, LOGIN, ada) for _ in range(3)] == [True, True, False]
    while not await is_open(limiter, LOGIN, ada):
        await asyncio.sleep(0.02)
    assert 0.8 < time.monotonic() - started < 2.5


async def test_no_limits_are_no_limits() -> None:
    limiter = NoRateLimiter()
    assert all([await is_open(limiter, LOGIN, "ada") for _ in range(1000)])
    await limiter.forgive(LOGIN, "ada")
    assert await is_open(limiter, LOGIN, "ada")


async def test_thousands_of_names_are_forgotten_when_their_time_is_over_and_make_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    limiter = LimitsRateLimiter(RULES)
    kept = limiter._limiter.storage.events  # type: ignore[attr-defined]
    for n in range(2000):
        await limiter.hit(LOGIN, f"name-{n}")
    assert len(kept) == 2000
    assert asyncio.all_tasks() == {asyncio.current_task()}
    later = time.time() + 120
    monkeypatch.setattr(time, "time", lambda: later)
    for n in range(1001):
        await limiter.hit(LOGIN, f"other-{n}")
    assert not [key for key in kept if "name-" in key]
    assert len(kept) == 1001
