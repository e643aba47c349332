"""Following conversations: each message as it comes, for any number of clients."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from luminalib.domain.auth import Principal
from luminalib.domain.conversations import Message
from luminalib.domain.errors import Unavailable
from luminalib.ports.events import EventBus, topic_of
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.steps.authority import Authority
from luminalib.steps.shared_reads import SharedReads

RECHECK_SECONDS = 2.0
"""How long it is trusted that no hint means no news: another process may have written without one."""
_BATCH = 100


def conversation_topic(tenant_id: str, conversation_id: str) -> str:
    """Under which it is hinted that a conversation has a new message, or has gone."""
    return topic_of("conversations", tenant_id, conversation_id)


@dataclass(frozen=True, slots=True)
class ConversationFollowers:
    """All who follow a conversation. Who hears nothing for a while asks a look that is made once for everybody."""

    uow: UnitOfWorkFactory
    bus: EventBus
    authority: Authority
    _followed: Counter[tuple[str, str]] = field(default_factory=Counter)
    _looks: SharedReads[str, Mapping[str, int | None]] = field(default_factory=SharedReads)

    async def follow(self, by: Principal, conversation_id: str, after: int | None) -> AsyncIterator[Message | None]:
        """Messages after the number `after` (from now on when it is None), then each as it comes; None when there was no news.

        Raises ConversationNotFound, also when it is deleted meanwhile, and InvalidToken once the member has signed out.
        """
        topic = conversation_topic(by.tenant_id, conversation_id)
        with self.authority.watched(by), self._watched(by, conversation_id), self.bus.subscribe(topic) as subscription:
            last = after
            while not self.bus.is_closed:
                await self.authority.require(by, RECHECK_SECONDS)
                async with self.uow.reading(by.tenant_id) as uow:
                    await uow.conversations.get(by.user_id or "", conversation_id)
                    if last is None:
                        last = (await uow.conversations.latest_numbers([conversation_id])).get(conversation_id, 0)
                    found = await uow.conversations.after(conversation_id, last, _BATCH)
                for message in found:
                    last = message.number
                    yield message
                while len(found) < _BATCH and not await subscription.wait(RECHECK_SECONDS):
                    await self.authority.require(by, RECHECK_SECONDS / 2)
                    if await self._has_news(by, conversation_id, last):
                        break
                    yield None

    @contextmanager
    def _watched(self, by: Principal, conversation_id: str) -> Iterator[None]:
        key = by.tenant_id, conversation_id
        self._followed[key] += 1
        try:
            yield
        finally:
            self._followed[key] -= 1
            if not self._followed[key]:
                del self._followed[key]

    async def _has_news(self, by: Principal, conversation_id: str, last: int) -> bool:
        """Whether it has a message after that number, or has gone, as it was at most half a pause ago."""
        with suppress(Unavailable):  # the next look finds what was written meanwhile
            numbers = await self._looks.get(by.tenant_id, lambda: self._look(by.tenant_id), RECHECK_SECONDS / 2)
            number = numbers.get(conversation_id, last)
            return number is None or number > last
        return False

    async def _look(self, tenant_id: str) -> Mapping[str, int | None]:
        """The last message of each conversation that somebody follows, None for one that has gone."""
        followed = [conversation_id for tenant, conversation_id in self._followed if tenant == tenant_id]
        async with self.uow.reading(tenant_id) as uow:
            found = await uow.conversations.latest_numbers(followed)
        return {conversation_id: found.get(conversation_id) for conversation_id in followed}
