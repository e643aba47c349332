"""A line in which everybody gets their turn: few at work, a bounded number waiting, one network after another."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from luminalib.domain.auth import TooManyRequests
from luminalib.domain.errors import Unavailable

RETRY_AFTER_SECONDS = 2


class TooBusy(Unavailable):
    """Too many passwords are being checked right now. Try again in a moment."""

    slug = "too-busy"


class Turns:
    """Lets `at_once` work. Of those who wait each origin has at most `per_origin` places, all together `waiting`.

    Turns go round the origins, so that a flood from one makes the others wait for one turn of it, not for all.
    """

    def __init__(self, *, at_once: int, waiting: int, per_origin: int) -> None:
        self._free = at_once
        self._waiting = waiting
        self._per_origin = per_origin
        self._lines: OrderedDict[str | None, deque[asyncio.Future[None]]] = OrderedDict()
        self._length = 0

    @asynccontextmanager
    async def turn(self, origin: str | None) -> AsyncIterator[None]:
        """One's turn, until the context is left. Raises TooManyRequests when the origin, TooBusy when all have too many in line."""
        if self._free and not self._length:
            self._free -= 1
        else:
            await self._wait(origin)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, origin: str | None) -> None:
        line = self._lines.get(origin)
        if line is not None and origin is not None and len(line) >= self._per_origin:
            raise TooManyRequests(retry_after=RETRY_AFTER_SECONDS)
        if self._length >= self._waiting and not self._turn_away():
            raise TooBusy(retry_after=RETRY_AFTER_SECONDS)
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(origin, deque()).append(mine)
        self._length += 1
        try:
            await mine
        except BaseException:
            if mine.done() and not mine.cancelled() and mine.exception() is None:
                self._pass_on()  # it was given to who has just left
            else:
                self._leave(origin, mine)
            raise

    def _turn_away(self) -> bool:
        """Makes room for somebody else where one origin has several in line: its last one goes."""
        longest = max(self._lines.values(), key=len)
        if len(longest) < 2:  # noqa: PLR2004 -- all have one only
            return False
        last = longest[-1]
        if not last.done():
            last.set_exception(TooBusy(retry_after=RETRY_AFTER_SECONDS))
        longest.pop()
        self._length -= 1
        return True

    def _leave(self, origin: str | None, mine: asyncio.Future[None]) -> None:
        line = self._lines.get(origin)
        if line is not None and mine in line:
            line.remove(mine)
            self._length -= 1
            if not line:
                del self._lines[origin]

    def _pass_on(self) -> None:
        while self._lines:
            origin, line = next(iter(self._lines.items()))
            following = line.popleft()
            self._length -= 1
            if line:
                self._lines.move_to_end(origin)
            else:
                del self._lines[origin]
            if not following.done():
                following.set_result(None)
                return
        self._free += 1
