"""Statements that one engine has compiled are known to all of the process.

Each test has a database and so engines of its own, which would compile everything anew: a sixth of the time of all tests.
"""

from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache


def share() -> None:
    """Has engines share what they compile; dialects of one kind are alike here, as is their server."""
    known: LRUCache[Any, Any] = LRUCache(4000)
    Engine._compiled_cache = property(lambda _: known, lambda *_: None)  # type: ignore[assignment]
    DefaultDialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
    DefaultDialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
