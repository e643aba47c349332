"""luminalib create-admin, create-operator and set-password."""

import asyncio
import sys
from typing import Annotated

import typer

from luminalib.cli.tenants import One
from luminalib.container import open_container
from luminalib.domain.auth import MAIN_TENANT, Role, the_house
from luminalib.settings import load_settings

Email = Annotated[str, typer.Argument(help="The e-mail address to log in with.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking.")]


def create_admin(email: Email, *, password_stdin: FromStdin = False, tenant: One = MAIN_TENANT) -> None:
    """Make an account that may do everything."""
    password = _password(from_stdin=password_stdin)

    async def run() -> None:
        async with open_container(load_settings(), run_jobs=False) as container:
            await container.tenants.require_active(tenant)
            await container.services.auth.signup(email, password, None, role=Role.ADMIN, tenant_id=tenant)

    asyncio.run(run())
    typer.echo(f"{email} is an admin.")


def create_operator(email: Email, *, password_stdin: FromStdin = False) -> None:
    """Make an account that runs the installation: it makes, suspends and removes libraries besides the main one."""
    password = _password(from_stdin=password_stdin)

    async def run() -> None:
        async with open_container(load_settings(), run_jobs=False) as container:
            await container.services.auth.signup(email, password, None, role=Role.OPERATOR)

    asyncio.run(run())
    typer.echo(f"{email} is an operator.")


def set_password(email: Email, *, password_stdin: FromStdin = False, tenant: One = MAIN_TENANT) -> None:
    """Set an account's password; its sessions and app passwords end."""
    password = _password(from_stdin=password_stdin)

    async def run() -> None:
        async with open_container(load_settings(), run_jobs=False) as container:
            await container.services.links.set_password(the_house(tenant), email, password)

    asyncio.run(run())
    typer.echo(f"{email} has a new password. All its sessions and app passwords have ended.")


def _password(*, from_stdin: bool) -> str:
    """The new password, asked for twice; never an argument, as those can be read in the list of processes."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked
