"""How each tenant wants its inquiries treated."""

from luminalib.domain.inquiries import InquiriesClosed
from luminalib.domain.tenants import TenantNotFound, TenantSuspended
from luminalib.domain.triage import TriagePolicy
from luminalib.steps.tenants import Tenants


class TriagePolicies:
    """Looks a tenant's policy up; without settings of its own it is the installation's."""

    def __init__(self, default: TriagePolicy, tenants: Tenants) -> None:
        self._default = default
        self._tenants = tenants

    async def of(self, tenant_id: str) -> TriagePolicy:
        """The policy of a tenant."""
        del tenant_id
        return self._default

    async def open_to_strangers(self, slug: str) -> str:
        """The id of the tenant with that name, when it takes inquiries from strangers. Raises InquiriesClosed."""
        try:
            await self._tenants.require_active(slug)
        except (TenantNotFound, TenantSuspended):
            raise InquiriesClosed from None
        if not (await self.of(slug)).is_public:
            raise InquiriesClosed
        return slug
