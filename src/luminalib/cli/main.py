"""All commands, and how they end when something is wrong: one line on stderr, exit code 2 for settings and 1 for the rest.

A command's module is imported when the command is called: the list of commands should not cost what a server does.
"""

import gc
import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from luminalib import __version__
from luminalib.domain.errors import LuminaError

COMMANDS = {
    "serve": ("serve", "serve", "Serve the library."),
    "migrate": ("database", "migrate", "Bring the database to the newest schema."),
    "ingest": ("ingest", "ingest", "Take in every file below a folder."),
    "demo": ("demo", "demo", "Walk the whole journey through the HTTP API."),
    "create-admin": ("accounts", "create_admin", "Make an account that may do everything."),
    "create-operator": ("accounts", "create_operator", "Make an account that runs several libraries."),
    "set-password": ("accounts", "set_password", "Set an account's password."),
    "settings": ("settings", "settings", "Say whether the settings are right, and print them."),
    "tenant": ("tenant", "commands", "A whole library as a file: export, import."),
    "doctor": ("doctor", "doctor", "Compare database and storage."),
    "reindex": ("reindex", "reindex", "Make the index of passages anew."),
    "train": ("recommendations", "train", "Train the recommender now."),
    "recommendations": ("recommendations", "commands", "How recommendations fare."),
    "openapi": ("openapi", "openapi", "Print the OpenAPI document."),
    "prompts": ("prompts", "prompts", "What language models are asked."),
}
"""By name: the module below `luminalib.cli`, the function or group in it, and what the list of commands says of it."""


class Commands(TyperGroup):
    """Knows its commands by name and imports the one that is called. Contexts are those of the click that typer brings along."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command as the list shows it; `resolve_command` gives the one that runs."""
        del ctx
        return TyperCommand(cmd_name, help=COMMANDS[cmd_name][2]) if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The named command, imported."""
        name, known, rest = super().resolve_command(ctx, args)
        return name, known and _imported(name or ""), rest


def _imported(name: str) -> Any:
    module, member, _ = COMMANDS[name]
    gc.disable()  # what is imported stays: to look through it again and again is a fifth of a start
    import_module("luminalib.lean")
    found = getattr(import_module(f"luminalib.cli.{module}"), member)
    gc.freeze()
    gc.enable()
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(pretty_exceptions_enable=False)
        alone.command(name)(found)
        found = alone
    return typer.main.get_command(found)


commands = typer.Typer(
    cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False, help="A library server that has read its books."
)


def _say_version(wanted: bool) -> None:  # noqa: FBT001 -- typer's way to call it
    if wanted:
        typer.echo(f"luminalib {__version__}")
        raise typer.Exit


@commands.callback()
def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """A library server that has read its books."""
    del version


def app() -> None:
    """The console script `luminalib`."""
    try:
        commands()
    except LuminaError as error:
        _end(error.detail, 1)
    except KeyboardInterrupt:
        _end("Interrupted.", 130)
    except Exception as error:
        from luminalib.settings import SettingsError  # noqa: PLC0415 -- reading settings costs more than listing commands

        if not isinstance(error, SettingsError):
            raise
        _end(str(error), 2)


def _end(message: str, code: int) -> None:
    print(f"luminalib: {message}", file=sys.stderr)  # noqa: T201 -- the command line's own output
    raise SystemExit(code)
