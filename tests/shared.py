"""What is the same for all tests of a process and is made only once.

Each test has a database, and so engines of its own, which would compile all statements anew: a sixth of the time of all tests. Each
client over HTTP would read whom the machine trusts, though no test asks a server that it would have to trust.
"""

import ssl
from functools import cache
from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache


def share() -> None:
    """Has engines share what they compile; dialects of one kind are alike here, as is their server. And clients their trust."""
    known: LRUCache[Any, Any] = LRUCache(4000)
    Engine._compiled_cache = property(lambda _: known, lambda *_: None)  # type: ignore[assignment]
    DefaultDialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
    DefaultDialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
    ssl.create_default_context = cache(ssl.create_default_context)  # type: ignore[assignment]
