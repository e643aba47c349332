"""Running an installation with several libraries, and a library's own settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from luminalib.domain.audit import AuditAction, AuditEvent
from luminalib.domain.auth import MAIN_TENANT, Principal, Role, normalise_email, require_admin
from luminalib.domain.grants import require_member
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.prompt_variants import require_known
from luminalib.domain.tenants import (
    INVITED_FOR_DAYS,
    EngineNotOffered,
    MainTenantStays,
    Plan,
    PlanNotFound,
    SlugNotConfirmed,
    Tenant,
    TenantBeingRemoved,
    TenantNotFound,
    TenantsNotApart,
    TenantView,
    accept_slug,
    removal_of,
    remove_tenant,
    require_operator,
)
from luminalib.ports.clock import Clock
from luminalib.ports.llm import LLMProvider
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.security import TokenSigner
from luminalib.ports.tenants import TenantRegister
from luminalib.steps.one_time_links import NewLink, new_invitation
from luminalib.steps.tenants import Tenants

OWN_SETTINGS = frozenset(
    {
        "name",
        "signup",
        "region",
        "inquiry_confidence",
        "inquiries_public",
        "loan_policy",
        "language",
        "refusal",
        "answer_confidence",
        "prompt_variants",
        "llm",
    }
)
"""What admins may change of their own library."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TenantChange:
    """What to change of a tenant; None stays as it is."""

    name: str | None = None
    plan: str | None = None
    is_active: bool | None = None


class TenantService:
    """The operators' desk, and the admins' page about their own library."""

    def __init__(
        self,
        uow: UnitOfWorkFactory,
        register: TenantRegister,
        tenants: Tenants,
        signer: TokenSigner,
        clock: Clock,
        llm: LLMProvider,
    ) -> None:
        self._uow = uow
        self._register = register
        self._tenants = tenants
        self._signer = signer
        self._clock = clock
        self._llm = llm

    async def create(self, by: Principal, slug: str, name: str, plan: str, admin_email: str) -> tuple[TenantView, NewLink]:
        """A tenant, and the invitation of its first admin. Raises NotAllowed, TenantsNotApart, BadSlug, SlugTaken, PlanNotFound."""
        require_operator(by)
        if not self._register.may_have_several:
            raise TenantsNotApart
        now = self._clock.now()
        tenant = Tenant(tenant_id=accept_slug(slug), name=name, plan=await self._plan(plan), created_at=now)
        life, note = timedelta(days=INVITED_FOR_DAYS), normalise_email(admin_email)
        link = new_invitation(self._signer, slug, now, life, Role.ADMIN, note, created_by=None)
        async with self._uow(slug) as uow:
            await uow.tenants.add(tenant)
            await uow.links.add(link.record)
        self._tenants.forget()
        await self._record(by, AuditAction.TENANT_CREATED, f"{slug}, plan {plan}")
        return tenant.view, link

    async def list(self, by: Principal, page: PageRequest) -> Page[TenantView]:
        """All tenants, the oldest first. Raises NotAllowed."""
        require_operator(by)
        return await self._register.list(page)

    async def get(self, by: Principal, slug: str) -> TenantView:
        """One of them. Raises NotAllowed, TenantNotFound."""
        require_operator(by)
        found = await self._register.find(slug)
        if found is None:
            raise TenantNotFound
        return found

    async def change(self, by: Principal, slug: str, change: TenantChange) -> TenantView:
        """Gives a tenant another name or plan, suspends it or lets it go on; suspending ends all its log-ins at once.

        Raises NotAllowed, TenantNotFound, PlanNotFound, MainTenantStays, TenantBeingRemoved.
        """
        require_operator(by)
        if slug == MAIN_TENANT and change.is_active is False:
            raise MainTenantStays
        if change.is_active:
            await self._require_that_it_stays(slug)
        plan = None if change.plan is None else await self._plan(change.plan)
        async with self._uow(slug) as uow:
            tenant = await uow.tenants.get()
            tenant.name, tenant.plan = change.name or tenant.name, plan or tenant.plan
            tenant.is_active = tenant.is_active if change.is_active is None else change.is_active
            if not tenant.is_active:
                await uow.sessions.end_everybodys(self._clock.now())
        self._tenants.forget()
        state = "active" if tenant.is_active else "suspended"
        await self._record(by, AuditAction.TENANT_CHANGED, f"{slug}: {state}, plan {tenant.plan}")
        return tenant.view

    async def _require_that_it_stays(self, slug: str) -> None:
        async with self._uow.reading(MAIN_TENANT) as uow:
            if await uow.has_running_job(removal_of(slug)):
                raise TenantBeingRemoved

    async def remove(self, by: Principal, slug: str, confirmed: str) -> None:
        """Suspends a tenant and has everything of it removed in the background.

        Raises NotAllowed, TenantNotFound, MainTenantStays, SlugNotConfirmed.
        """
        require_operator(by)
        if confirmed != slug:
            raise SlugNotConfirmed
        if slug == MAIN_TENANT:
            raise MainTenantStays
        await self.change(by, slug, TenantChange(is_active=False))
        async with self._uow(MAIN_TENANT) as uow:
            await uow.enqueue(remove_tenant(slug, self._clock.now()))

    async def plans(self, by: Principal) -> Sequence[Plan]:
        """All plans by name. Raises NotAllowed."""
        require_admin(by)
        return await self._register.plans()

    async def own(self, by: Principal) -> TenantView:
        """The library of `by`. Raises NotAllowed."""
        require_admin(by)
        async with self._uow.reading(by.tenant_id) as uow:
            return (await uow.tenants.get()).view

    async def change_own(self, by: Principal, changes: Mapping[str, object]) -> TenantView:
        """Changes the own library's name and settings, by the names that TenantView has for them.

        Raises NotAllowed, UnknownPrompt, EngineNotOffered.
        """
        require_admin(by)
        if "signup" in changes:
            require_member(by)
        variants = changes.get("prompt_variants")
        if isinstance(variants, dict):
            require_known(variants, self._llm.prompt_versions)
        if changes.get("llm") not in (None, *self._llm.offered):
            raise EngineNotOffered(offered=list(self._llm.offered))
        async with self._uow(by.tenant_id) as uow:
            tenant = await uow.tenants.get()
            for name in OWN_SETTINGS & changes.keys():
                setattr(tenant, name, changes[name])
            await uow.audit.append(self._event(by, AuditAction.TENANT_CHANGED, ", ".join(sorted(changes))))
        self._tenants.forget()
        return tenant.view

    async def _plan(self, name: str) -> str:
        if name not in {plan.name for plan in await self._register.plans()}:
            raise PlanNotFound
        return name

    async def _record(self, by: Principal, action: AuditAction, detail: str) -> None:
        async with self._uow(by.tenant_id) as uow:
            await uow.audit.append(self._event(by, action, detail))

    def _event(self, by: Principal, action: AuditAction, detail: str) -> AuditEvent:
        at = self._clock.now()
        return AuditEvent(action=action, at=at, actor_id=by.user_id, subject_id=None, address=by.address, detail=detail)
