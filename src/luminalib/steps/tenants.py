"""Which tenants there are, asked of the register at most once a second for all who want to know."""

from collections.abc import Mapping, Sequence
from functools import partial

from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.one_time_links import SignupMode
from luminalib.domain.prompt_variants import PromptVariant
from luminalib.domain.quotas import Quota
from luminalib.domain.tenants import TenantNotFound, TenantSuspended, TenantView
from luminalib.ports.tenants import TenantRegister
from luminalib.steps.shared_reads import SharedReads

PATIENCE = 1.0
"""How many seconds another server of the installation may go on after a tenant was suspended."""


class Tenants:
    """The register as requests and rounds ask it. The main tenant is always there."""

    def __init__(self, register: TenantRegister, signup: SignupMode) -> None:
        """`signup` is how one joins the main tenant; others take in whom they invite, unless they say otherwise."""
        self._register = register
        self._signup = signup
        self._found: SharedReads[str, TenantView | None] = SharedReads()
        self._active: SharedReads[None, Sequence[str]] = SharedReads()
        self._limits: SharedReads[None, Mapping[str, Mapping[str, int]]] = SharedReads()

    async def require_active(self, tenant_id: str) -> None:
        """Raises TenantNotFound, TenantSuspended."""
        if tenant_id != MAIN_TENANT and not (await self.get(tenant_id)).is_active:
            raise TenantSuspended

    async def signup(self, tenant_id: str) -> SignupMode:
        """How one joins a tenant. Raises TenantNotFound, TenantSuspended."""
        tenant = await self.get(tenant_id)
        if not tenant.is_active:
            raise TenantSuspended
        return tenant.signup or (self._signup if tenant.is_main else SignupMode.INVITE)

    async def active(self) -> Sequence[str]:
        """The short names of those that are not suspended."""
        return await self._active.get(None, self._register.active, PATIENCE)

    async def get(self, tenant_id: str) -> TenantView:
        """A tenant as it was at most a second ago. Raises TenantNotFound."""
        found = await self._found.get(tenant_id, partial(self._register.find, tenant_id), PATIENCE)
        if found is None:
            raise TenantNotFound
        return found

    async def prompt_variants(self, tenant_id: str) -> Mapping[str, Sequence[PromptVariant]]:
        """What a tenant tries out of prompts, by name. Raises TenantNotFound."""
        return (await self.get(tenant_id)).prompt_variants or {}

    async def engine(self, tenant_id: str) -> str | None:
        """Which of the offered language engines a tenant has chosen. Raises TenantNotFound."""
        return (await self.get(tenant_id)).llm

    async def limit(self, tenant_id: str, quota: Quota) -> int | None:
        """How much of something a tenant may have; None for as much as it likes. Raises TenantNotFound."""
        return (await self.limits(tenant_id)).get(quota)

    async def limits(self, tenant_id: str) -> Mapping[str, int]:
        """What the tenant's plan limits, and at what. Raises TenantNotFound."""
        return await self.limits_of((await self.get(tenant_id)).plan)

    async def limits_of(self, plan: str) -> Mapping[str, int]:
        """What a plan limits, and at what; nothing, if there is none of that name."""
        by_plan = await self._limits.get(None, self._read_limits, PATIENCE)
        return by_plan.get(plan, {})

    def forget(self) -> None:
        """Has the next question asked of the register again, after a change that was made here."""
        for reads in (self._found, self._active, self._limits):
            reads.clear()

    async def _read_limits(self) -> Mapping[str, Mapping[str, int]]:
        return {plan.name: plan.limits for plan in await self._register.plans()}
