"""How each tenant wants its inquiries treated."""

from dataclasses import replace

from luminalib.domain.inquiries import InquiriesClosed
from luminalib.domain.tenants import TenantNotFound, TenantSuspended
from luminalib.domain.triage import TriagePolicy
from luminalib.steps.tenants import Tenants


class TriagePolicies:
    """Looks a tenant's policy up: what it does not set itself is the installation's."""

    def __init__(self, default: TriagePolicy, tenants: Tenants) -> None:
        self._default = default
        self._tenants = tenants

    async def of(self, tenant_id: str) -> TriagePolicy:
        """The policy of a tenant. Raises TenantNotFound."""
        own = await self._tenants.get(tenant_id)
        return replace(
            self._default,
            threshold=self._default.threshold if own.inquiry_confidence is None else own.inquiry_confidence,
            region=own.region or self._default.region,
            has_model=self._default.has_model if own.llm is None else own.llm != "extractive",
            is_public=self._default.is_public if own.inquiries_public is None else own.inquiries_public,
        )

    async def open_to_strangers(self, slug: str) -> str:
        """The id of the tenant with that name, when it takes inquiries from strangers. Raises InquiriesClosed."""
        try:
            await self._tenants.require_active(slug)
        except (TenantNotFound, TenantSuspended):
            raise InquiriesClosed from None
        if not (await self.of(slug)).is_public:
            raise InquiriesClosed
        return slug
