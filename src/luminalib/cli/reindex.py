"""luminalib reindex."""

import asyncio

import typer
from rich.progress import Progress

from luminalib.cli.tenants import Some, chosen
from luminalib.container import open_container
from luminalib.settings import load_settings


def reindex(*, tenant: Some = None) -> None:
    """Make the index of passages anew from the database; a server may go on serving meanwhile."""
    typer.echo(f"{asyncio.run(_reindex(tenant))} documents indexed.")


async def _reindex(tenant: str | None) -> int:
    indexed: dict[str, int] = {}
    with Progress() as progress:
        async with open_container(load_settings(), run_jobs=False) as container:
            tenant_ids = await chosen(container, tenant)
            tasks = {tenant_id: progress.add_task(f"Indexing {tenant_id}", total=None) for tenant_id in tenant_ids}
            async for tenant_id, done, total in container.services.passages.reindex(tenant_ids):
                indexed[tenant_id] = done
                progress.update(tasks[tenant_id], completed=done, total=total)
    return sum(indexed.values())
