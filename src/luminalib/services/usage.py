"""What a library uses of what its plan lets it have, and what its language model costs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from luminalib.domain.auth import Principal, require_admin
from luminalib.domain.llm import Price, Purpose, Usage, cost
from luminalib.domain.quotas import Quota
from luminalib.domain.tenants import require_operator
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.steps.quotas import Quotas
from luminalib.steps.tenants import Tenants


@dataclass(frozen=True, kw_only=True, slots=True)
class DayOfUse:
    """What one day (UTC) took; `cost` of the models that have a price."""

    day: date
    documents: int
    model_tokens: int
    cost: float


@dataclass(frozen=True, kw_only=True, slots=True)
class UsageReport:
    """A tenant's month so far. `used` has what there is now, what today and this month took; costs are in `currency`."""

    tenant: str
    plan: str
    period: str
    limits: Mapping[str, int]
    used: Mapping[Quota, int]
    currency: str
    costs: Mapping[Purpose, float]
    days: Sequence[DayOfUse]


class UsageService:
    """Adds up counters and the accounts of the language model."""

    def __init__(
        self,
        uow: UnitOfWorkFactory,
        tenants: Tenants,
        quotas: Quotas,
        clock: Clock,
        prices: Mapping[str, Price],
        currency: str,
    ) -> None:
        """`prices` are those of a million tokens, in `currency`, by model."""
        self._uow = uow
        self._tenants = tenants
        self._quotas = quotas
        self._clock = clock
        self._prices = prices
        self._currency = currency

    async def count_request(self, by: Principal) -> None:
        """Counts a request of somebody's library. Raises QuotaExceeded."""
        await self._quotas.count_request(by)

    async def report(self, by: Principal, tenant: str | None = None) -> UsageReport:
        """The own library's month, another's for operators. Raises NotAllowed, TenantNotFound."""
        if tenant is None or tenant == by.tenant_id:
            require_admin(by)
        else:
            require_operator(by)
        tenant = tenant or by.tenant_id
        found, limits = await self._tenants.get(tenant), await self._tenants.limits(tenant)
        now = self._clock.now().astimezone(UTC)
        first = now.date().replace(day=1)
        async with self._uow.reading(tenant) as uow:
            used = {quota: await uow.quotas.used(quota, quota.period(now)) for quota in Quota if quota.is_counted}
            documents = await uow.quotas.by_period(Quota.DOCUMENTS_PER_DAY, first.isoformat())
            calls = await uow.llm.usage(first, now.date())
        return UsageReport(
            tenant=tenant,
            plan=found.plan,
            period=f"{first:%Y-%m}",
            limits=limits,
            used=used,
            currency=self._currency,
            costs=self._costs(calls),
            days=self._days(first, now.date(), documents, calls),
        )

    def _costs(self, calls: Sequence[Usage]) -> dict[Purpose, float]:
        costs: defaultdict[Purpose, float] = defaultdict(float)
        for usage in calls:
            costs[usage.purpose] += cost(usage, self._prices) or 0.0
        return dict(costs)

    def _days(self, first: date, last: date, documents: Mapping[str, int], calls: Sequence[Usage]) -> list[DayOfUse]:
        tokens: defaultdict[date, int] = defaultdict(int)
        costs: defaultdict[date, float] = defaultdict(float)
        for usage in calls:
            tokens[usage.day] += usage.tokens_in + usage.tokens_out
            costs[usage.day] += cost(usage, self._prices) or 0.0
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        return [
            DayOfUse(day=day, documents=documents.get(day.isoformat(), 0), model_tokens=tokens[day], cost=costs[day])
            for day in days
        ]
