"""luminalib migrate."""

import asyncio

import typer

from luminalib import container
from luminalib.settings import load_settings


def migrate() -> None:
    """Bring the database to the newest schema."""
    asyncio.run(container.migrate(load_settings()))
    typer.echo("The database has the newest schema.")
