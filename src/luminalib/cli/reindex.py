"""luminalib reindex."""

import asyncio

import typer
from rich.progress import Progress

from luminalib.container import open_container
from luminalib.domain.auth import MAIN_TENANT
from luminalib.settings import load_settings


def reindex() -> None:
    """Make the index of passages anew from the database; a server may go on serving meanwhile."""
    typer.echo(f"{asyncio.run(_reindex())} documents indexed.")


async def _reindex() -> int:
    done = 0
    with Progress() as progress:
        task = progress.add_task("Indexing", total=None)
        async with open_container(load_settings(), run_jobs=False) as container:
            async for done, total in container.services.passages.reindex(MAIN_TENANT):
                progress.update(task, completed=done, total=total)
    return done
