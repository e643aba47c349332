"""Following a log: rows after an id, then each as it is written."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any, Generic, TypeVar

from luminalib.domain.auth import Principal
from luminalib.domain.errors import Unavailable
from luminalib.ports.events import EventBus, topic_of
from luminalib.steps.authority import Authority, authority_topic
from luminalib.steps.shared_reads import SharedReads

RECHECK_SECONDS = 2.0
"""How long it is trusted that no hint means no news: another process may have written without one."""
BATCH = 100
"""How many rows are read at once."""

T = TypeVar("T")
Rows = Sequence[tuple[int, T]]


class FollowedLog(ABC, Generic[T]):
    """A log whose rows get growing ids in the order of their commits, and belong to members."""

    kind: str
    """The first part of the topics under which the bus hints at new rows."""

    @abstractmethod
    async def latest_id(self, tenant_id: str) -> int:
        """The id of the newest row of all, 0 when there is none."""

    @abstractmethod
    async def newest_ids(self, tenant_id: str, after: int) -> Mapping[str | None, int]:
        """The id of each owner's newest row among those after the id `after`."""

    @abstractmethod
    async def read(self, tenant_id: str, owner_id: str | None, after: int) -> Rows[T]:
        """The next rows with their ids, at most BATCH: those of `owner_id`, or of all when it is None."""


class Followers(Generic[T]):
    """All who follow one log.

    A hint wakes those only who may see the new rows, and one read serves all who want the same. Who hears nothing for a while asks
    a look-out that reads once for everybody, however many different members there are.
    """

    def __init__(self, bus: EventBus, log: FollowedLog[T], authority: Authority | None = None) -> None:
        """`authority` knows whether those who follow still may; without it they always may."""
        self._authority = authority
        self._bus = bus
        self._log = log
        self._reads: SharedReads[tuple[str, str | None, int], Rows[T]] = SharedReads()
        self._lookouts: dict[str, _Lookout] = {}

    async def follow(
        self, tenant_id: str, owner_id: str | None, after: int | None, by: Principal | None = None
    ) -> AsyncIterator[T | None]:
        """The rows after the id `after` (from now on when it is None) that belong to `owner_id` (to anybody when it is None).

        Then those that are new at each hint, until the server goes down. Yields None when there was no news for a while: the caller
        may look whether anybody still listens. Rows are read when the listener asks for them: a slow one costs no buffer.
        Raises InvalidToken as soon as `by` has signed out, or is not who they were when they began.
        """
        topics = [topic_of(self._log.kind, tenant_id, owner_id), *([authority_topic(tenant_id, by.user_id)] if by else ())]
        with self._bus.subscribe(*topics) as subscription, self._watched(by):
            lookout = self._lookouts.setdefault(tenant_id, _Lookout(self._log, tenant_id))
            latest = await lookout.begin()
            if after is not None and after > latest:  # a client that knows more than the log, which was restored since
                after = min(after, await self._log.latest_id(tenant_id))
            last = looked_up = latest if after is None else after
            while not self._bus.is_closed:
                await self._require(by)
                news = await self._next(tenant_id, owner_id, last)
                for number, row in news:
                    last = number
                    yield row
                    await self._require(by, patience=RECHECK_SECONDS / 2)  # a slow listener takes long for a hundred rows
                if len(news) == BATCH:
                    continue
                while not await subscription.wait(RECHECK_SECONDS):  # a hint that came since the reading began is still there
                    await self._require(by, patience=RECHECK_SECONDS / 2)
                    newest = await lookout.newest(owner_id)
                    if newest > max(last, looked_up):
                        looked_up = newest  # and no further, should that row be deleted by now
                        break
                    yield None

    def _watched(self, by: Principal | None) -> AbstractContextManager[None]:
        return self._authority.watched(by) if self._authority and by else nullcontext()

    async def _require(self, by: Principal | None, patience: float = 0.0) -> None:
        if self._authority and by:
            await self._authority.require(by, patience)

    async def _next(self, tenant_id: str, owner_id: str | None, last: int) -> Rows[T]:
        return await self._reads.get((tenant_id, owner_id, last), lambda: self._log.read(tenant_id, owner_id, last), 0.0)


class _Lookout:
    """Knows each owner's newest row of a log, for those who were not told of theirs."""

    def __init__(self, log: FollowedLog[Any], tenant_id: str) -> None:
        self._log = log
        self._tenant_id = tenant_id
        self._seen: int | None = None
        self._newest: dict[str | None, int] = {}
        self._begins: SharedReads[str, int] = SharedReads()
        self._looks: SharedReads[str, Mapping[str | None, int]] = SharedReads()

    async def begin(self) -> int:
        """The id of the newest row; of those after it, none escapes the look-out."""
        latest = await self._begins.get("begin", lambda: self._log.latest_id(self._tenant_id), 0.0)
        if self._seen is None:
            self._seen = latest
        return latest

    async def newest(self, owner_id: str | None) -> int:
        """The id of the newest row of `owner_id` (of anybody when it is None), as it was at most half a pause ago."""
        with suppress(Unavailable):  # the next look finds what was written meanwhile
            await self._looks.get("look", self._look, RECHECK_SECONDS / 2)
        return self._newest.get(owner_id, 0)

    async def _look(self) -> Mapping[str | None, int]:
        found = await self._log.newest_ids(self._tenant_id, self._seen or 0)
        if found:
            self._newest |= found
            self._newest[None] = self._seen = max(found.values())
        return found
