"""Each library's own rules of circulation."""

from luminalib.domain.loans import LoanPolicy
from luminalib.steps.tenants import Tenants


class LoanPolicies:
    """The installation's rules, where a tenant has none of its own."""

    def __init__(self, tenants: Tenants, house: LoanPolicy) -> None:
        self._tenants = tenants
        self._house = house

    async def of(self, tenant_id: str) -> LoanPolicy:
        """The tenant's rules as they were at most a second ago. Raises TenantNotFound."""
        rules = (await self._tenants.get(tenant_id)).loan_policy
        return self._house.with_rules(rules) if rules else self._house
