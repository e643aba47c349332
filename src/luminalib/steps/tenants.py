"""Which tenants there are, asked of the register at most once a second for all who want to know."""

import asyncio
from collections.abc import Mapping, Sequence

from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.one_time_links import SignupMode
from luminalib.domain.prompt_variants import PromptVariant
from luminalib.domain.quotas import Quota
from luminalib.domain.tenants import TenantNotFound, TenantSuspended, TenantView
from luminalib.ports.tenants import TenantRegister

PATIENCE = 1.0
"""How many seconds another server of the installation may go on after a tenant was suspended."""
_MOST = 10_000
"""Names that are remembered; strangers may ask for any."""


class Tenants:
    """The register as requests and rounds ask it. The main tenant is always there."""

    def __init__(self, register: TenantRegister, signup: SignupMode) -> None:
        """`signup` is how one joins the main tenant; others take in whom they invite, unless they say otherwise."""
        self._register = register
        self._signup = signup
        self._found: dict[str, tuple[float, TenantView | None]] = {}
        self._active: tuple[float, Sequence[str]] | None = None
        self._plans: tuple[float, Mapping[str, Mapping[str, int]]] | None = None
        self._one_reads = asyncio.Lock()

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
        async with self._one_reads:
            now = asyncio.get_running_loop().time()
            if self._active is None or now - self._active[0] >= PATIENCE:
                self._active = now, await self._register.active()
            return self._active[1]

    async def get(self, tenant_id: str) -> TenantView:
        """A tenant as it was at most a second ago. Raises TenantNotFound."""
        now = asyncio.get_running_loop().time()
        if tenant_id not in self._found or now - self._found[tenant_id][0] >= PATIENCE:
            if len(self._found) >= _MOST:
                self._found.clear()
            self._found[tenant_id] = now, await self._register.find(tenant_id)
        found = self._found[tenant_id][1]
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
        tenant = await self.get(tenant_id)
        now = asyncio.get_running_loop().time()
        if self._plans is None or now - self._plans[0] >= PATIENCE:
            self._plans = now, {plan.name: plan.limits for plan in await self._register.plans()}
        return self._plans[1].get(tenant.plan, {})

    def forget(self) -> None:
        """Has the next question asked of the register again, after a change that was made here."""
        self._found.clear()
        self._active = None
        self._plans = None
