"""From what a model wrote to data: forgiving about what stands around the JSON, strict about what is in it."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator

from luminalib.domain.sentences import whole_sentences

_FENCED = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL | re.IGNORECASE)
_THOUGHTS = re.compile(r"<think>.*?</think>", re.DOTALL | re.IGNORECASE)
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_LONGEST_FAULT = 300


class Unfit(Exception):
    """The answer is not the data that was asked for; the message says why, in words that the model can use."""


def parse_answer(text: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON object in an answer. Thoughts, code fences, words around it and commas too many are forgiven.

    Control characters are taken out of strings, members that the schema does not know are dropped, lists that are too long are cut,
    and strings at the end of a sentence. Raises Unfit for everything else.
    """
    if not text.strip():
        raise Unfit("The answer is empty.")
    data = _fitted(_object_in(text), schema)
    faults = sorted(Draft202012Validator(schema).iter_errors(data), key=lambda fault: list(map(str, fault.path)))
    if faults:
        where = "/".join(map(str, faults[0].path))
        raise Unfit(f"{where + ': ' if where else ''}{faults[0].message}"[:_LONGEST_FAULT])
    found: dict[str, Any] = data
    return found


def _object_in(text: str) -> dict[str, Any]:
    without = _THOUGHTS.sub("", text).strip()
    for candidate in _candidates(without):
        for spelling in (candidate, _TRAILING_COMMA.sub("", candidate)):
            try:
                found, _ = json.JSONDecoder(strict=False).raw_decode(spelling)
            except (ValueError, RecursionError):
                continue
            if isinstance(found, dict):
                return found
    raise Unfit("The answer holds no whole JSON object.")


def _candidates(text: str) -> Iterator[str]:
    for fenced in _FENCED.findall(text):
        yield fenced.strip()
    start = text.find("{")
    if start >= 0:
        yield text[start:]


def _fitted(data: Any, schema: Mapping[str, Any]) -> Any:
    """Cuts what is only too much, or was cut already: a schema stops a model in the middle of a word."""
    if isinstance(data, str):
        clean = "".join(char for char in data if char.isprintable() or char == "\n").strip()
        return whole_sentences(clean, schema["maxLength"]) if len(clean) >= schema.get("maxLength", math.inf) else clean
    if isinstance(data, list):
        return [_fitted(item, schema.get("items", {})) for item in data[: schema.get("maxItems")]]
    if isinstance(data, dict):
        known = schema.get("properties", {})
        kept = data.items() if schema.get("additionalProperties", True) else [pair for pair in data.items() if pair[0] in known]
        return {name: _fitted(value, known.get(name, {})) for name, value in kept}
    return data
