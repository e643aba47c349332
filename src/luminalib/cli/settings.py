"""luminalib settings."""

import typer

from luminalib.container.adapters import require_data_dir
from luminalib.settings import load_settings, settings_shown, unknown_variables


def settings() -> None:
    """Say whether the settings are right, and print them; secrets are not shown.

    Exit code 2 says that one is wrong. Nothing is opened but the data directory.
    """
    loaded = load_settings()
    require_data_dir(loaded)
    for name, value in settings_shown(loaded).items():
        typer.echo(f"{name}={value}")
    for stranger in unknown_variables():
        typer.echo(f"luminalib: {stranger}", err=True)
