"""What operators see of the language engine: what it took, what it cost, whether it works."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from luminalib.domain.auth import Principal, require_admin
from luminalib.domain.llm import EngineReport, Price, Usage, VariantUsage, cost
from luminalib.ports.clock import Clock
from luminalib.ports.llm import LLMProvider
from luminalib.ports.persistence import UnitOfWorkFactory

SHOWN_BY_DEFAULT = timedelta(days=29)


@dataclass(frozen=True, kw_only=True, slots=True)
class PricedUsage:
    """A day's calls of one kind, and what they cost where the model has a price."""

    usage: Usage
    cost: float | None


class LLMService:
    """The operators' desk for the language engine."""

    def __init__(self, uow: UnitOfWorkFactory, llm: LLMProvider, clock: Clock, prices: Mapping[str, Price]) -> None:
        self._uow = uow
        self._llm = llm
        self._clock = clock
        self._prices = prices

    async def usage(self, by: Principal, since: date | None, until: date | None, *, by_member: bool = False) -> list[PricedUsage]:
        """Calls per day, purpose, provider and model, the newest day first; the last 30 days by default. Raises NotAllowed.

        With `by_member` those of each member apart; work that nobody asked for by name has none.
        """
        require_admin(by)
        first, last = self._days(since, until)
        async with self._uow.reading(by.tenant_id) as uow:
            found = await uow.llm.usage(first, last, by_member=by_member)
        return [PricedUsage(usage=usage, cost=cost(usage, self._prices)) for usage in found]

    async def variants(self, by: Principal, since: date | None, until: date | None) -> list[VariantUsage]:
        """How versions of prompts compare over the same days: calls by outcome, and what readers said. Raises NotAllowed."""
        require_admin(by)
        first, last = self._days(since, until)
        async with self._uow.reading(by.tenant_id) as uow:
            return await uow.llm.variants(first, last)

    def _days(self, since: date | None, until: date | None) -> tuple[date, date]:
        last = until or self._clock.now().date()
        return since or last - min(SHOWN_BY_DEFAULT, last - date.min), last

    async def test(self, by: Principal) -> EngineReport:
        """Tries the engine out and says in words what was found. Raises NotAllowed."""
        require_admin(by)
        return await self._llm.probe(by.tenant_id)
