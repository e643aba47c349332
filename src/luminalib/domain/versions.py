"""Versions of what several people may change: whoever changes it can say which version they have seen."""

import hashlib
from collections.abc import Container

from luminalib.domain.errors import Conflict


class Outdated(Conflict):
    """It was changed since you read it. Read it again, then send your change with the new ETag in If-Match."""

    slug = "precondition-failed"


class VersionNotNamed(Conflict):
    """You asked to be strict, and did not say which version you have seen. Send its ETag in If-Match."""

    slug = "precondition-required"


def version_of(*facts: object) -> str:
    """A short name that is another one whenever one of the facts is."""
    return hashlib.sha256("\n".join(map(str, facts)).encode()).hexdigest()[:32]


def require_version(present: str, seen: Container[str] | None) -> None:
    """Raises Outdated unless the present version is among those that were seen; None asks for nothing."""
    if seen is not None and present not in seen:
        raise Outdated
