"""What is done again and again, and for how long it has not been."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta

import structlog

from luminalib.domain.errors import Unavailable

MISSED = 3
"""So many periods without success, and somebody should know."""
AGAIN_AFTER = timedelta(seconds=30)
"""How soon a round that has failed is made again, if it is not due sooner."""
log = structlog.get_logger(__name__)


class Rounds:
    """Makes each round for as long as the server runs, whatever happens in it; knows when each has last been made."""

    def __init__(self, tenants: Callable[[], Awaitable[Sequence[str]]], seconds: Callable[[], float] = time.monotonic) -> None:
        """`tenants` are those that the rounds are made for."""
        self._tenants = tenants
        self._seconds = seconds
        self._made: dict[str, tuple[timedelta, float]] = {}

    def begin(self, stack: AsyncExitStack, name: str, period: timedelta, request: Callable[[str], Awaitable[None]]) -> None:
        """Makes the round for each tenant now and then every `period`, until the stack is left."""
        self._made[name] = (period, self._seconds())
        task = asyncio.create_task(self._make(name, period, request), name=f"round-{name}")
        stack.push_async_callback(_ended, task)

    async def check(self) -> None:
        """Returns when each round was made in time. Raises Unavailable."""
        for name, (period, made) in self._made.items():
            age = self._seconds() - made
            if age > max(MISSED * period.total_seconds(), 2 * AGAIN_AFTER.total_seconds()):
                raise Unavailable(f"The round {name!r} was last made {age:.0f} seconds ago. The server's log says why.")

    async def _make(self, name: str, period: timedelta, request: Callable[[str], Awaitable[None]]) -> None:
        while True:
            pause = period
            try:
                tenants = await self._tenants()
            except Unavailable as reason:
                log.warning("rounds.put_off", round=name, reason=reason.detail)
                tenants, pause = (), min(period, AGAIN_AFTER)
            made = [await self._make_for(tenant_id, name, request) for tenant_id in tenants]
            if tenants and all(made):
                self._made[name] = (period, self._seconds())
            else:
                pause = min(period, AGAIN_AFTER)
            await asyncio.sleep(pause.total_seconds())

    async def _make_for(self, tenant_id: str, name: str, request: Callable[[str], Awaitable[None]]) -> bool:
        """Whether it was made; what fails for one tenant is made for the others."""
        try:
            await request(tenant_id)
        except Unavailable as reason:
            log.warning("rounds.put_off", round=name, tenant=tenant_id, reason=reason.detail)
            return False
        except Exception:
            log.exception("rounds.failed", round=name, tenant=tenant_id)
            return False
        return True


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
