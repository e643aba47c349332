"""luminalib openapi."""

import json

import typer

from luminalib.main import create_app
from luminalib.settings import load_settings


def openapi() -> None:
    """Print the OpenAPI document."""
    typer.echo(json.dumps(create_app(load_settings()).openapi(), indent=2, ensure_ascii=False))
