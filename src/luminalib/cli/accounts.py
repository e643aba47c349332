"""luminalib create-admin."""

import asyncio
from typing import Annotated

import typer

from luminalib.container import open_container
from luminalib.domain.auth import Role
from luminalib.settings import load_settings


def create_admin(
    email: Annotated[str, typer.Argument(help="The e-mail address to log in with.")],
    password: Annotated[str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True)],
) -> None:
    """Make an account that may do everything."""

    async def run() -> None:
        async with open_container(load_settings(), run_jobs=False) as container:
            await container.services.auth.signup(email, password, None, role=Role.ADMIN)

    asyncio.run(run())
    typer.echo(f"{email} is an admin.")
