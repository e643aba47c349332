"""ETag and If-Match (RFC 9110, 13.1.1): a change that is refused when somebody else was faster."""

import re
from collections.abc import Container
from typing import Annotated

from fastapi import Depends, Header

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
) -> Container[str] | None:
    """The versions in `If-Match`; None without it. Weak tags (`W/"…"`) match nothing, as the RFC says."""
    if if_match is None:
        return None
    return _Any() if if_match.strip() == "*" else frozenset(_TAG.findall(if_match))


SeenDep = Annotated[Container[str] | None, Depends(seen_versions)]


def etag(version: str) -> dict[str, str]:
    """The header that names a version."""
    return {"ETag": f'"{version}"'}
