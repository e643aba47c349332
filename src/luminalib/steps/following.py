"""Following a log: rows after an id, then each as it is written."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar

from luminalib.ports.events import EventBus

RECHECK_SECONDS = 2.0
"""How long a follower trusts that no hint means no news: another process may have written without one."""

T = TypeVar("T")


async def follow(
    bus: EventBus, topic: str, start: Callable[[], Awaitable[int]], read: Callable[[int], Awaitable[Sequence[tuple[int, T]]]]
) -> AsyncIterator[T | None]:
    """What `read` finds after the id that `start` gives, then what is new at each hint, until the server goes down.

    `read` gives the next rows with their ids. Yields None when there was no news for a while, so that the caller may look whether
    anybody still listens. Rows are read when the listener asks for them: a slow one costs no buffer.
    """
    with bus.subscribe(topic) as subscription:
        last = await start()
        while not bus.is_closed:
            news = await read(last)
            for number, row in news:
                last = number
                yield row
            if not news and not await subscription.wait(RECHECK_SECONDS):
                yield None
