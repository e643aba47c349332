"""How each tenant wants its inquiries treated."""

from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.inquiries import InquiriesClosed
from luminalib.domain.triage import TriagePolicy


class TriagePolicies:
    """Looks a tenant's policy up; without settings of its own it is the installation's."""

    def __init__(self, default: TriagePolicy) -> None:
        self._default = default

    async def of(self, tenant_id: str) -> TriagePolicy:
        """The policy of a tenant."""
        del tenant_id
        return self._default

    async def open_to_strangers(self, slug: str) -> str:
        """The id of the tenant with that name, when it takes inquiries from strangers. Raises InquiriesClosed."""
        if slug != MAIN_TENANT or not (await self.of(MAIN_TENANT)).is_public:
            raise InquiriesClosed
        return MAIN_TENANT
