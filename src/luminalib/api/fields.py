"""Types of request fields that several features share."""

from typing import Annotated

from fastapi import Header
from pydantic import AfterValidator, StringConstraints

from luminalib.domain.idempotency import KEY_MAX

_FORBIDDEN = frozenset(chr(code) for code in range(0x20)) - frozenset("\t\n\r")


def _no_controls(text: str) -> str:
    if _FORBIDDEN.intersection(text):
        raise ValueError("must not contain control characters")
    return text


PlainText = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_no_controls)]
"""Text without surrounding white space and without control characters, which databases and terminals do not take."""
Password = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_no_controls)]
"""A password as it was typed."""
MAX_EVENT_ID = 2**63 - 1
KeyDep = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=KEY_MAX,
        description="A new random text for each deed. When you do not know whether a request was heard, send it again with its key:"
        " it is done once, and answered the same for 24 hours.",
        examples=["0b2b0a3e-8f8e-4a4b-9f0e-5f5d1d3a7c11"],
    ),
]
