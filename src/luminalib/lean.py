"""Imports libraries without what this server never asks of them: an eighth of its start.

A command imports this before all else. What is left out is found missing by the library itself, as where it is not installed.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel, ConfigDict


@contextmanager
def _without(*packages: str) -> Iterator[None]:
    """For what is imported meanwhile these packages are not installed, unless they are imported already."""
    away = [name for name in packages if name not in sys.modules]
    sys.modules.update(dict.fromkeys(away))  # type: ignore[arg-type] # None: the language's own word for "there is none"
    try:
        yield
    finally:
        for name in away:
            del sys.modules[name]


@contextmanager
def _deferred_models() -> Iterator[None]:
    """Models that are defined meanwhile are built when they are first used."""
    usual, BaseModel.model_config = BaseModel.model_config, ConfigDict(defer_build=True)
    try:
        yield
    finally:
        BaseModel.model_config = usual


with _without("rich"):  # coloured tracebacks
    import structlog  # noqa: F401
with _without("cryptography"):  # tokens signed by certificates
    import jwt  # noqa: F401
with _deferred_models(), _without("email_validator"):  # models of the OpenAPI document, which is made when somebody asks for it
    import fastapi.openapi.models  # noqa: F401
