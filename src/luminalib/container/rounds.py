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
FIRST_AFTER = timedelta(seconds=5)
"""How long after the start the first rounds are made: the first seconds belong to those who have waited for the server."""
log = structlog.get_logger(__name__)
Tenants = Callable[[], Awaitable[Sequence[str]]]


SHARE = 0.05
"""How much of its time a round that is made every minute is at work while it goes from tenant to tenant, if that is time enough."""
APART = timedelta(seconds=1)
"""How long a round rests at most between two tenants. Those that are made less often, and ask for work, always do."""


def rest_after(took: float, period: timedelta, count: int) -> float:
    """For how many seconds a round rests between two of so many tenants: it is made for all within its period."""
    longest = APART.total_seconds()
    wanted = longest if period > timedelta(minutes=1) else min(took / SHARE - took, longest)
    return max(0.0, min(wanted, period.total_seconds() / count - took))


class Rounds:
    """Makes each round for as long as the server runs, whatever happens in it; knows when each has last been made."""

    def __init__(self, tenants: Tenants, seconds: Callable[[], float] = time.monotonic) -> None:
        """`tenants` are those that the rounds are made for."""
        self._tenants = tenants
        self._seconds = seconds
        self._made: dict[str, tuple[timedelta, float]] = {}

    def begin(
        self,
        stack: AsyncExitStack,
        name: str,
        period: timedelta,
        request: Callable[[str], Awaitable[None]],
        tenants: Tenants | None = None,
    ) -> None:
        """Makes the round soon and then every `period`, until the stack is left: for `tenants`, or for each."""
        self._made[name] = (period, self._seconds())
        tenants = tenants or self._tenants
        task = asyncio.create_task(self._make(name, period, request, tenants), name=f"round-{name}")
        stack.push_async_callback(_ended, task)

    async def check(self) -> None:
        """Returns when each round was made in time. Raises Unavailable."""
        for name, (period, made) in self._made.items():
            age = self._seconds() - made
            if age > max(MISSED * period.total_seconds(), 2 * AGAIN_AFTER.total_seconds()):
                raise Unavailable(f"The round {name!r} was last made {age:.0f} seconds ago. The server's log says why.")

    async def _make(self, name: str, period: timedelta, request: Callable[[str], Awaitable[None]], tenants: Tenants) -> None:
        await asyncio.sleep(FIRST_AFTER.total_seconds())
        while True:
            began = self._seconds()
            try:
                found = await tenants()
            except Unavailable as reason:
                log.warning("rounds.put_off", round=name, reason=reason.detail)
                found, is_made = (), False
            else:
                is_made = await self._make_for_all(found, name, period, request)
            pause = period if is_made else min(period, AGAIN_AFTER)
            if is_made:
                self._made[name] = (period, self._seconds())
            await asyncio.sleep(max(0.0, pause.total_seconds() - (self._seconds() - began)))

    async def _make_for_all(
        self, tenants: Sequence[str], name: str, period: timedelta, request: Callable[[str], Awaitable[None]]
    ) -> bool:
        """Whether it was made for each of them, one after the other."""
        made = []
        for number, tenant_id in enumerate(tenants, start=1):
            began = self._seconds()
            made.append(await self._make_for(tenant_id, name, request))
            if number < len(tenants):
                await asyncio.sleep(rest_after(self._seconds() - began, period, len(tenants)))
        return all(made)

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
