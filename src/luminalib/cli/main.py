"""All commands, and how they end when something is wrong: one line on stderr, exit code 2 for settings and 1 for the rest."""

import sys

import typer

from luminalib.cli import accounts, database, demo, doctor, ingest, openapi, prompts, recommendations, reindex, serve
from luminalib.domain.errors import LuminaError
from luminalib.settings import SettingsError

commands = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="A library server that has read its books.")
commands.command("serve")(serve.serve)
commands.command("migrate")(database.migrate)
commands.command("ingest")(ingest.ingest)
commands.command("demo")(demo.demo)
commands.command("create-admin")(accounts.create_admin)
commands.command("doctor")(doctor.doctor)
commands.command("reindex")(reindex.reindex)
commands.command("train")(recommendations.train)
commands.add_typer(recommendations.commands, name="recommendations")
commands.command("openapi")(openapi.openapi)
commands.add_typer(prompts.prompts, name="prompts")


def app() -> None:
    """The console script `luminalib`."""
    try:
        commands()
    except SettingsError as error:
        _end(str(error), 2)
    except LuminaError as error:
        _end(error.detail, 1)
    except KeyboardInterrupt:
        _end("Interrupted.", 130)


def _end(message: str, code: int) -> None:
    print(f"luminalib: {message}", file=sys.stderr)  # noqa: T201 -- the command line's own output
    raise SystemExit(code)
