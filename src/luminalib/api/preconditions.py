"""ETag and If-Match (RFC 9110, 13.1.1): a change that is refused when somebody else was faster.

A client that wants to be held to it says so (RFC 7240, 4.4): a change without If-Match is refused then, too (RFC 6585, 3).
"""

import re
from collections.abc import Container
from typing import Annotated

from fastapi import Depends, Header

from luminalib.domain.versions import VersionNotNamed

_STRICT = re.compile(r"(?:^|,)\s*handling\s*=\s*\"?strict\"?\s*(?=[,;]|$)", re.IGNORECASE)
_TAG = re.compile(r'(?:^|,)\s*"([\x21\x23-\x7e]*)"\s*(?=,|$)')


class _Any(Container[str]):
    """What `*` means: whichever version there is."""

    def __contains__(self, _version: object) -> bool:
        return True


async def seen_versions(
    if_match: Annotated[
        str | None,
        Header(
            max_length=1000,
            description="The `ETag` that you have seen: when it is another one by now, nothing is changed and the answer is 412.",
            examples=['"5f1c9d0e3b7a4c6d8e9f0a1b2c3d4e5f"'],
        ),
    ] = None,
    prefer: Annotated[
        str | None,
        Header(
            max_length=1000,
            description="`handling=strict`: without `If-Match`, too, nothing is changed, and the answer is 428.",
            examples=["handling=strict"],
        ),
    ] = None,
) -> Container[str] | None:
    """The versions in `If-Match`; None without it. Weak tags (`W/"…"`) match nothing, as the RFC says.

    Raises VersionNotNamed where the client prefers to be refused then.
    """
    if if_match is None:
        if prefer is not None and _STRICT.search(prefer):
            raise VersionNotNamed
        return None
    return _Any() if if_match.strip() == "*" else frozenset(_TAG.findall(if_match))


SeenDep = Annotated[Container[str] | None, Depends(seen_versions)]


def etag(version: str) -> dict[str, str]:
    """The header that names a version."""
    return {"ETag": f'"{version}"'}
