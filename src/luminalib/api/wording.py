"""What is wrong with a field, in words of the thing: pydantic speaks of items, tuples and inputs."""

from collections.abc import Mapping
from typing import Any

_WORDS = {
    "missing": "Is required.",
    "extra_forbidden": "There is no such field. Is it misspelt?",
    "json_invalid": "Is not JSON: {error}.",
    "string_type": "Should be text.",
    "string_too_short": "Should have at least {min_length} character{s}.",
    "string_too_long": "Should have at most {max_length} character{s}.",
    "string_pattern_mismatch": "Does not have the form that is asked for: {pattern}",
    "int_type": "Should be a whole number.",
    "int_parsing": "Should be a whole number.",
    "int_from_float": "Should be a whole number.",
    "float_type": "Should be a number.",
    "float_parsing": "Should be a number.",
    "bool_type": "Should be true or false.",
    "bool_parsing": "Should be true or false.",
    "greater_than": "Should be more than {gt}.",
    "greater_than_equal": "Should be {ge} or more.",
    "less_than": "Should be less than {lt}.",
    "less_than_equal": "Should be {le} or less.",
    "list_type": "Should be a list.",
    "tuple_type": "Should be a list.",
    "dict_type": "Should be an object.",
    "model_attributes_type": "Should be a JSON object.",
    "uuid_parsing": "Should be an id as the library gives them.",
    "uuid_type": "Should be an id as the library gives them.",
    "enum": "Should be {expected}.",
    "literal_error": "Should be {expected}.",
    "timezone_aware": "Should say its offset from UTC, such as 2026-05-01T09:00:00Z.",
    "datetime_parsing": "Should be a moment such as 2026-05-01T09:00:00Z.",
    "datetime_from_date_parsing": "Should be a moment such as 2026-05-01T09:00:00Z.",
}
"""By pydantic's type of error, filled with its facts."""


def in_words(found: Mapping[str, Any]) -> str:
    """The message for one of pydantic's errors."""
    kind, facts = found["type"], dict(found.get("ctx") or {})
    if kind in ("too_short", "too_long"):
        return _of_a_length(kind, facts, found.get("input"))
    template = _WORDS.get(kind)
    if template is None:
        said = str(found["msg"]).removeprefix("Value error, ").removesuffix(".")
        return f"{said[:1].upper()}{said[1:]}."
    facts["s"] = "" if facts.get("min_length", facts.get("max_length")) == 1 else "s"
    return template.format_map(facts)


def _of_a_length(kind: str, facts: Mapping[str, Any], given: Any) -> str:
    """Lists have entries; what else has a length, secrets for instance, has characters."""
    most, bound = ("at least", facts["min_length"]) if kind == "too_short" else ("at most", facts["max_length"])
    thing = ("entry" if bound == 1 else "entries") if isinstance(given, list | tuple | dict) else "character" + "s" * (bound != 1)
    return f"Should have {most} {bound} {thing}."
