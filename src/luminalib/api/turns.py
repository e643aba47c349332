"""Turns: while several libraries ask, one of them has only one of its requests worked on at a time.

A server has one event loop, and what a library asks for at once waits there in front of what another asks. So the requests of a
library beyond the first wait in a line of their own, which holds up nobody else. A turn is for work: it is given back when the
answer begins, while more of a body is awaited, and when a request has taken so long that it must be waiting for something else.
"""

import asyncio
from collections import deque
from typing import Final

from starlette.types import Message, Receive, Scope

AT_ONCE: Final = 1
LONGEST_SECONDS: Final = 0.2
"""What takes longer waits for a model, a disk or another request; the event loop has been free for others meanwhile."""
PRESENT_SECONDS: Final = 1.0
"""So long after its last request a library counts as one that asks."""
_KEY: Final = "luminalib.turn"


class Turns:
    """The lines of all libraries of a server. A library that is alone is never held up."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[asyncio.Future[None]]] = {}
        self._working: dict[str, int] = {}
        self._last = ""
        self._change = float("-inf")
        """When the library that asks was another one than before, the last time."""

    async def take(self, tenant_id: str) -> "Turn | None":
        """Waits until it is the turn of this request; None while no other library asks."""
        now = asyncio.get_running_loop().time()
        if tenant_id != self._last:
            self._change = now if self._last else self._change
            self._last = tenant_id
        if now - self._change > PRESENT_SECONDS:
            return None
        turn = Turn(self, tenant_id)
        await turn.again()
        return turn

    async def wait(self, tenant_id: str) -> None:
        """Returns when the tenant has one request less than AT_ONCE at work, and counts this one."""
        if self._working.get(tenant_id, 0) < AT_ONCE:
            self._working[tenant_id] = self._working.get(tenant_id, 0) + 1
            return
        place = asyncio.get_running_loop().create_future()
        line = self._lines.setdefault(tenant_id, deque())
        line.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():  # its turn came in the same moment: to the next
                self.give_back(tenant_id)
            raise

    def give_back(self, tenant_id: str) -> None:
        """Hands a turn to the next in the line that still waits."""
        line = self._lines.get(tenant_id, ())
        while line:
            place = line.popleft()
            if not place.done():
                place.set_result(None)
                return
        self._lines.pop(tenant_id, None)
        self._working[tenant_id] -= 1
        if not self._working[tenant_id]:
            del self._working[tenant_id]


class Turn:
    """That of one request. It may be given back several times, and taken again until it is over."""

    def __init__(self, turns: Turns, tenant_id: str) -> None:
        self._turns = turns
        self._tenant_id = tenant_id
        self._longest: asyncio.TimerHandle | None = None
        self._is_over = False

    async def again(self) -> None:
        """Waits for a turn, unless the request has had its last."""
        if self._is_over or self._longest is not None:
            return
        await self._turns.wait(self._tenant_id)
        self._longest = asyncio.get_running_loop().call_later(LONGEST_SECONDS, self.give_back)

    def give_back(self) -> None:
        """Lets the next one work."""
        if self._longest is not None:
            self._longest.cancel()
            self._longest = None
            self._turns.give_back(self._tenant_id)

    def end(self) -> None:
        """As `give_back`, for good."""
        self._is_over = True
        self.give_back()


def keep_turn(scope: Scope, turn: Turn | None) -> None:
    """Keeps the turn of a request with it."""
    if turn is not None:
        scope[_KEY] = turn


def end_turn(scope: Scope) -> None:
    """The request has been worked on."""
    if (turn := scope.get(_KEY)) is not None:
        turn.end()


async def between_turns(scope: Scope, receive: Receive) -> Message:
    """What a request receives next: while it waits for its client others have their turn."""
    turn: Turn | None = scope.get(_KEY)
    if turn is None:
        return await receive()
    turn.give_back()
    message = await receive()
    await turn.again()
    return message
