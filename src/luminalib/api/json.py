"""Answers that are our own views: written as JSON once, not validated, as we have made them ourselves."""

from typing import Any

import orjson
from fastapi import Response

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


class Json(Response):
    """JSON of dataclasses, mappings and sequences; instants end in Z."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """The body."""
        return orjson.dumps(content, option=_OPTIONS)
