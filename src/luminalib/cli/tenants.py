"""Which library of the installation a command is about."""

from collections.abc import Sequence
from typing import Annotated

import typer

from luminalib.container import Container

One = Annotated[str, typer.Option("--tenant", help="The library's short name, where the installation has several.")]
Some = Annotated[str | None, typer.Option("--tenant", help="Only the library with this short name; all by default.")]


async def chosen(container: Container, tenant: str | None) -> Sequence[str]:
    """The named tenant, or all that are active. Raises TenantNotFound, TenantSuspended."""
    tenants = container.tenants
    if tenant is None:
        return await tenants.active()
    await tenants.require_active(tenant)
    return [tenant]
