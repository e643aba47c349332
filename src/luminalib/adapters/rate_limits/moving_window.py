"""Limits in a moving window, in memory or, for several processes, in Redis."""

import time
from collections.abc import Mapping
from itertools import islice
from math import ceil

from limits import RateLimitItem, RateLimitItemPerMinute, parse
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import ConfigurationError, StorageError
from limits.storage import storage_from_string

from luminalib.domain.auth import TooManyRequests
from luminalib.domain.errors import Unavailable
from luminalib.domain.networks import network_of
from luminalib.ports.rate_limits import STANDING, RateLimiter, Rule, Standing


class LimitsRateLimiter(RateLimiter):
    """`limits` (moving window): `rules` such as `{"login-per-account": "10/15 minutes"}`; `uri` is `memory://` or `redis://…`."""

    def __init__(self, rules: Mapping[Rule, str], uri: str = "memory://") -> None:
        self._rules: dict[Rule, RateLimitItem] = {rule: parse(text) for rule, text in rules.items()}
        storage = _Memory() if uri.startswith("memory:") else storage_from_string(f"async+{uri}")
        if not isinstance(storage, Storage):
            raise ConfigurationError(f"{uri} is no storage for limits.")
        self._limiter = MovingWindowRateLimiter(storage)

    async def is_there(self) -> bool:
        """Whether the store answers."""
        try:
            return await self._limiter.storage.check()
        except (StorageError, OSError):
            return False

    async def hit(self, rule: Rule, key: str | None) -> None:
        """See RateLimiter."""
        if key is not None:
            await self._hit(rule, self._rules[rule], self._counted_by(rule, key))

    async def hit_by_plan(self, tenant_id: str, per_minute: int) -> None:
        """See RateLimiter."""
        await self._hit(Rule.REQUEST_PER_TENANT, RateLimitItemPerMinute(per_minute), tenant_id)

    async def _hit(self, rule: Rule, limit: RateLimitItem, key: str) -> None:
        try:
            is_within = await self._limiter.hit(limit, rule, key)
            reset_at, left = await self._limiter.get_window_stats(limit, rule, key)
        except StorageError as error:
            raise Unavailable("The store of the rate limits does not answer. Check LUMINALIB_RATE_LIMIT_STORE.") from error
        seconds = max(1, ceil(reset_at - time.time()))
        tightest = STANDING.get()
        if tightest is None or left <= tightest.left:
            STANDING.set(Standing(rule, limit.amount, limit.get_expiry(), left, seconds))
        if is_within:
            return
        raise TooManyRequests(f"Too many attempts. Try again in {seconds} seconds.", retry_after=seconds)

    async def forgive(self, rule: Rule, key: str | None) -> None:
        """See RateLimiter."""
        if key is not None:
            await self._limiter.clear(self._rules[rule], rule, self._counted_by(rule, key))

    def _counted_by(self, rule: Rule, key: str) -> str:
        return network_of(key) or key if rule.is_per_address else key


class _Memory(MemoryStorage):
    """The library's own looks at all keys after each hit, with a thread for each: a stranger with many names keeps it busy."""

    async def _MemoryStorage__schedule_expiry(self) -> None:  # noqa: N802 -- the name that Python gives to the private one
        now = time.time()
        for key in list(islice(self.events, 2)):  # two for one that comes: what has lapsed is gone sooner than new ones come
            newest_first = self.events.pop(key)
            if newest_first and newest_first[0].expiry > now:
                self.events[key] = newest_first  # behind the others, which are looked at before it
            else:
                self.locks.pop(key, None)


class NoRateLimiter(RateLimiter):
    """Counts nothing, for tests and behind gateways that do."""

    async def hit(self, rule: Rule, key: str | None) -> None:
        """See RateLimiter."""

    async def hit_by_plan(self, tenant_id: str, per_minute: int) -> None:
        """See RateLimiter."""

    async def forgive(self, rule: Rule, key: str | None) -> None:
        """See RateLimiter."""
