"""Types of request fields that several features share."""

import re
from typing import Annotated, Any, Literal

from fastapi import Header
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    SecretStr,
    StringConstraints,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from luminalib.domain.idempotency import KEY_MAX

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")
_FORBIDDEN = frozenset(chr(code) for code in range(0x20)) - frozenset("\t\n\r")


class Body(BaseModel):
    """What a client sends. A field that we do not know is refused: it was misspelt, or would have been lost in silence."""

    model_config = ConfigDict(extra="forbid")


class Patch(Body):
    """A part of something. What is left out stays, so the document must not show defaults: clients would send them."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler.resolve_ref_schema(handler(core))
        for field in schema["properties"].values():
            field.pop("default", None)
        return schema


def _no_controls(text: str) -> str:
    if _FORBIDDEN.intersection(text):
        raise ValueError("must not contain control characters")
    return text


def _sayable(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not text.isprintable():
        raise ValueError("must not contain control characters or other signs that nobody can type")
    return secret


PlainText = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_no_controls)]
"""Text without surrounding white space and without control characters, which databases and terminals do not take."""
Password = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_no_controls)]
"""A password as it was typed."""
Secret = Annotated[SecretStr, AfterValidator(_sayable)]
"""A token or a key in one line. Half of a pair of surrogates is no text, though JSON can say it."""
MAX_EVENT_ID = 2**63 - 1


def _written_out(given: Any) -> Any:
    """Only what looks like a moment: pydantic alone would take seconds since 1970, too."""
    if not isinstance(given, str) or not _MOMENT.match(given):
        raise ValueError("should be a moment such as 2026-05-01T09:00:00Z")
    return given


Moment = Annotated[AwareDatetime, BeforeValidator(_written_out), Field(examples=["2026-06-02T00:00:00Z"])]
"""An instant with its offset from UTC."""
Scope = Literal["mine", "library"]
SCOPE = "`library` shows everybody's, to librarians."
BORROWER_WORDS = "For librarians: words of the book's title, or of the member's name or address."
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
