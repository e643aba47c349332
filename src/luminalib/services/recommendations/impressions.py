"""What was shown, noted beside the answers: they do not wait for it."""

from collections import deque
from collections.abc import Iterable

from luminalib.domain.recommendations import Impression
from luminalib.ports.persistence import UnitOfWorkFactory

MAX_WAITING = 20_000
"""Beyond this the oldest are dropped: statistics must not fill the memory."""


class ImpressionNotes:
    """A bounded list of impressions that `flush` writes down from time to time."""

    def __init__(self, uow: UnitOfWorkFactory) -> None:
        self._uow = uow
        self._waiting: deque[tuple[str, Impression]] = deque(maxlen=MAX_WAITING)

    def add(self, tenant_id: str, shown: Iterable[Impression]) -> None:
        """Notes what was shown; never waits."""
        self._waiting.extend((tenant_id, one) for one in shown)

    async def flush(self) -> None:
        """Writes down what is noted."""
        while self._waiting:
            tenant_id = self._waiting[0][0]
            batch = [one for tenant, one in self._waiting if tenant == tenant_id]
            async with self._uow(tenant_id) as uow:
                await uow.recommendations.show(batch)
            written = set(map(id, batch))
            kept = [waiting for waiting in self._waiting if id(waiting[1]) not in written]
            self._waiting.clear()
            self._waiting.extend(kept)
