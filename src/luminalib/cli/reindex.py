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
    before = done = 0
    with Progress() as progress:
        async with open_container(load_settings(), run_jobs=False) as container:
            for tenant_id in await chosen(container, tenant):
                before, done = before + done, 0
                task = progress.add_task(f"Indexing {tenant_id}", total=None)
                async for done, total in container.services.passages.reindex(tenant_id):
                    progress.update(task, completed=done, total=total)
    return before + done
