"""luminalib tenant export, luminalib tenant import."""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from luminalib.container import open_container
from luminalib.domain.tenant_files import TenantReport
from luminalib.services.tenant_files import Told, Wish
from luminalib.settings import load_settings

commands = typer.Typer(no_args_is_help=True, help="A whole library as a file.")
Passphrase = Annotated[
    bool, typer.Option("--passphrase-stdin", help="Read the passphrase of other systems' secrets from standard input.")
]


@commands.command("export")
def export(
    slug: Annotated[str, typer.Argument(help="The library's short name; `main` where there is one only.")],
    file: Annotated[Path, typer.Argument(help="A file that is not there yet.")],
    *,
    passphrase_stdin: Passphrase = False,
) -> None:
    """Write a library with all it has into one file; a server may go on serving meanwhile.

    Secrets of other systems (webhooks, CRM) come along only under a passphrase. Exit code 1 says that nothing was written, or that
    files of the library were missing in the storage.
    """
    passphrase = _passphrase() if passphrase_stdin else None

    async def run(told: Told) -> TenantReport:
        async with open_container(load_settings(), run_jobs=False) as container:
            return await container.services.tenant_exports.export(slug, file, passphrase, told)

    with _bars() as told:
        report = asyncio.run(run(told))
    typer.echo(f"{slug} is in {file}: {_size(report)}.")
    for key in report.missing:
        typer.echo(f"  {key} was not in the storage")
    if report.missing:
        raise typer.Exit(1)


@commands.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A file that `luminalib tenant export` made.")],
    *,
    slug: Annotated[str | None, typer.Option(help="Another short name than it had.")] = None,
    plan: Annotated[str | None, typer.Option(help="Another plan than it had.")] = None,
    passphrase_stdin: Passphrase = False,
    without_secrets: Annotated[
        bool, typer.Option("--without-secrets", help="Leave out secrets of other systems that the file has under a passphrase.")
    ] = False,
) -> None:
    """Make a library of a file, with all it had or not at all; one of that name must not be there."""
    passphrase = _passphrase() if passphrase_stdin else None
    wish = Wish(slug=slug, plan=plan, passphrase=passphrase, without_secrets=without_secrets)

    async def run(told: Told) -> TenantReport:
        async with open_container(load_settings(), run_jobs=False) as container:
            return await container.services.tenant_imports.take_in(file, wish, told)

    with _bars() as told:
        report = asyncio.run(run(told))
    typer.echo(f"{report.slug} is here: {_size(report)}. Its members log in as before; the server indexes its books now.")
    for table, count in sorted(Counter(table for table, _ in report.to_set).items()):
        typer.echo(f"  {count} of {table} came without the secret, which is to be set anew")


def _size(report: TenantReport) -> str:
    return f"{report.rows:,} rows, {report.objects:,} files of {report.size / 2**20:,.1f} MiB"


def _passphrase() -> str:
    return sys.stdin.readline().rstrip("\r\n")


@contextmanager
def _bars() -> Iterator[Told]:
    """A bar for each part of the work, on stderr."""
    with Progress(console=Console(stderr=True)) as progress:
        tasks: dict[str, TaskID] = {}

        def told(what: str, done: int, of: int | None) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=of)
            progress.update(tasks[what], completed=done, total=of)

        yield told
