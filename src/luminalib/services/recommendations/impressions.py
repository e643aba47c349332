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
        """Writes down what is noted. What cannot be written now is lost: it is statistics."""
        by_tenant: dict[str, list[Impression]] = {}
        while self._waiting:
            tenant_id, one = self._waiting.popleft()
            by_tenant.setdefault(tenant_id, []).append(one)
        for tenant_id, batch in by_tenant.items():
            async with self._uow(tenant_id) as uow:
                await uow.recommendations.show(batch)
