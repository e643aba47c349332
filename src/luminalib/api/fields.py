"""Types of request fields that several features share."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

_FORBIDDEN = frozenset(chr(code) for code in range(0x20)) - frozenset("\t\n\r")


def _no_controls(text: str) -> str:
    if _FORBIDDEN.intersection(text):
        raise ValueError("must not contain control characters")
    return text


PlainText = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_no_controls)]
"""Text without surrounding white space and without control characters, which databases and terminals do not take."""
Password = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_no_controls)]
"""A password as it was typed."""
