"""Keeping a tenant's own record."""

from abc import ABC, abstractmethod

from luminalib.domain.tenants import Tenant


class TenantRepository(ABC):
    """The record of the tenant that the unit of work is for."""

    @abstractmethod
    async def add(self, tenant: Tenant) -> None:
        """Makes the tenant. The commit raises SlugTaken."""

    @abstractmethod
    async def get(self) -> Tenant:
        """The record, held until the end of a unit that writes. Raises TenantNotFound."""

    @abstractmethod
    async def remove_everything(self) -> dict[str, int]:
        """Deletes every row of the tenant, its record at last; how many there were, by table."""

    @abstractmethod
    async def count_everything(self) -> dict[str, int]:
        """How many rows the tenant has, by table."""
