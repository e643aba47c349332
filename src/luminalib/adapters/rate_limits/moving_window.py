"""Limits in a moving window, in memory or, for several processes, in Redis."""

import time
from collections.abc import Mapping
from math import ceil

from limits import RateLimitItem, parse
from limits.aio.storage import Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import ConfigurationError, StorageError
from limits.storage import storage_from_string

from luminalib.domain.auth import TooManyRequests
from luminalib.domain.errors import Unavailable
from luminalib.domain.networks import network_of
from luminalib.ports.rate_limits import RateLimiter, Rule


class LimitsRateLimiter(RateLimiter):
    """`limits` (moving window): `rules` such as `{"login-per-account": "10/15 minutes"}`; `uri` is `memory://` or `redis://…`."""

    def __init__(self, rules: Mapping[Rule, str], uri: str = "memory://") -> None:
        self._rules: dict[Rule, RateLimitItem] = {rule: parse(text) for rule, text in rules.items()}
        storage = storage_from_string(f"async+{uri}")
        if not isinstance(storage, Storage):
            raise ConfigurationError(f"{uri} is no storage for limits.")
        self._limiter = MovingWindowRateLimiter(storage)

    async def hit(self, rule: Rule, key: str | None) -> None:
        """See RateLimiter."""
        if key is None:
            return
        limit, key = self._rules[rule], self._counted_by(rule, key)
        try:
            if await self._limiter.hit(limit, rule, key):
                return
            reset_at, _ = await self._limiter.get_window_stats(limit, rule, key)
        except StorageError as error:
            raise Unavailable("The store of the rate limits does not answer. Check LUMINALIB_RATE_LIMIT_STORE.") from error
        seconds = max(1, ceil(reset_at - time.time()))
        raise TooManyRequests(f"Too many attempts. Try again in {seconds} seconds.", retry_after=seconds)

    async def forgive(self, rule: Rule, key: str | None) -> None:
        """See RateLimiter."""
        if key is not None:
            await self._limiter.clear(self._rules[rule], rule, self._counted_by(rule, key))

    def _counted_by(self, rule: Rule, key: str) -> str:
        return network_of(key) or key if rule.is_per_address else key


class NoRateLimiter(RateLimiter):
    """Counts nothing, for tests and behind gateways that do."""

    async def hit(self, rule: Rule, key: str | None) -> None:
        """See RateLimiter."""

    async def forgive(self, rule: Rule, key: str | None) -> None:
        """See RateLimiter."""
