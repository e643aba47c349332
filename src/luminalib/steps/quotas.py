"""What a tenant's plan lets it have, asked before a deed and counted within it."""

from datetime import timedelta

from luminalib.domain.announcements import quota_reached
from luminalib.domain.auth import Principal, TooManyRequests
from luminalib.domain.notices import quota_notice
from luminalib.domain.quotas import NEARLY, Count, Quota, TokensUsedUp, exceeded, reached
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory
from luminalib.ports.rate_limits import RateLimiter
from luminalib.steps.tenants import Tenants


class Quotas:
    """Limits by plan. What none limits costs a look into memory; days and months are counted all the same, to be shown."""

    def __init__(self, uow: UnitOfWorkFactory, tenants: Tenants, limiter: RateLimiter, clock: Clock) -> None:
        self._uow = uow
        self._tenants = tenants
        self._limiter = limiter
        self._clock = clock

    async def use(self, uow: UnitOfWork, tenant_id: str, quota: Quota, amount: int = 1) -> None:
        """Counts `amount` in the unit that uses it, before it is used; admins are told when little or nothing is left.

        Raises QuotaExceeded when that is more than the plan allows; the unit of work is then to be left by it.
        """
        limit = await self._tenants.limit(tenant_id, quota)
        if limit is None and quota.is_standing:
            return
        now = self._clock.now()
        count = await uow.quotas.use(quota, quota.period(now), amount)
        if limit is None:
            return
        if amount > 0 and count.used > limit:
            raise exceeded(quota, limit, count.used - amount, now)
        await self._tell(uow, quota, limit, count)

    async def require_room(self, tenant_id: str, quota: Quota, amount: int = 1) -> None:
        """Asks before anything is done whether `amount` more may be had. Raises QuotaExceeded."""
        limit = await self._tenants.limit(tenant_id, quota)
        if limit is None:
            return
        now = self._clock.now()
        async with self._uow.reading(tenant_id) as uow:
            used = await uow.quotas.used(quota, quota.period(now))
        if used + amount > limit:
            raise exceeded(quota, limit, used, now)

    async def count_request(self, by: Principal) -> None:
        """Counts a request of the tenant. Raises QuotaExceeded, with `retry_after` in seconds."""
        plan = by.plan or (await self._tenants.get(by.tenant_id)).plan
        limit = (await self._tenants.limits_of(plan)).get(Quota.REQUESTS_PER_MINUTE)
        if limit is None:
            return
        try:
            await self._limiter.hit_by_plan(by.tenant_id, limit)
        except TooManyRequests as refusal:
            seconds = int(str(refusal.facts.get("retry_after", 60)))
            error = exceeded(Quota.REQUESTS_PER_MINUTE, limit, limit, self._clock.now())
            resets_at = (self._clock.now() + timedelta(seconds=seconds)).replace(microsecond=0)
            error.facts.update(retry_after=seconds, resets_at=resets_at.isoformat().replace("+00:00", "Z"))
            raise error from refusal

    async def require_tokens(self, tenant_id: str) -> None:
        """Asks before each question to a model, and tells of what those before have taken. Raises TokensUsedUp."""
        quota = Quota.MODEL_TOKENS_PER_MONTH
        limit = await self._tenants.limit(tenant_id, quota)
        if limit is None:
            return
        now = self._clock.now()
        async with self._uow(tenant_id) as uow:
            count = await uow.quotas.use(quota, quota.period(now), 0)
            await self._tell(uow, quota, limit, count)
        if count.used >= limit:
            raise TokensUsedUp(exceeded(quota, limit, count.used, now).detail)

    async def _tell(self, uow: UnitOfWork, quota: Quota, limit: int, count: Count) -> None:
        percent = reached(count.used, limit)
        if percent == count.told:
            return
        now = self._clock.now()
        await uow.quotas.note_told(quota, quota.period(now), percent)
        if percent < NEARLY or percent < count.told:
            return
        uow.outbox.append(quota_reached(quota.value, limit, count.used, now))
        for admin in await uow.users.admins():
            uow.notices.append(quota_notice(admin.id, quota, limit, count.used, now))
