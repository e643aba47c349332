"""The few properties of a vCard (RFC 6350, and 2426 before it) that are kept in step; all others stay as they are."""

import re
from collections.abc import Mapping

_PROPERTY = re.compile(r"(?:[A-Za-z0-9-]+\.)?(?P<name>[A-Za-z0-9-]+)(?P<parameters>;[^:]*)?:(?P<value>.*)", re.DOTALL)
_ESCAPES = {"\\": "\\\\", "\n": "\\n", ",": "\\,", ";": "\\;"}


def read(card: str) -> dict[str, str]:
    """The first value of each property, by its name in upper case."""
    found: dict[str, str] = {}
    for line in _lines(card):
        if match := _PROPERTY.fullmatch(line):
            found.setdefault(match["name"].upper(), _plain(match["value"]))
    return found


def write(card: str, fields: Mapping[str, str]) -> str:
    """The card with these values in the place of the first of each property, or added."""
    lines, left = _lines(card), {name.upper(): value for name, value in fields.items()}
    for at, line in enumerate(lines):
        match = _PROPERTY.fullmatch(line)
        if match and (value := left.pop(match["name"].upper(), None)) is not None:
            lines[at] = line[: match.start("value")] + _escaped(value)
    end = next((at for at, line in enumerate(lines) if line.upper() == "END:VCARD"), len(lines))
    lines[end:end] = [f"{name}:{_escaped(value)}" for name, value in left.items()]
    return "".join(f"{line}\r\n" for line in lines)


def new(uid: str, email: str, fields: Mapping[str, str]) -> str:
    """A card of its own; names that a card must have are made of the address where there are none."""
    name = fields.get("FN") or email
    first, _, last = name.rpartition(" ")
    structured = f"N:{_escaped(last)};{_escaped(first)};;;"
    return write(
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{uid}\r\n{structured}\r\nEND:VCARD\r\n", {"EMAIL": email, "FN": name, **fields}
    )


def _lines(card: str) -> list[str]:
    return [line for line in re.sub(r"\r?\n[ \t]", "", card).splitlines() if line]


def _plain(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def _escaped(value: str) -> str:
    return "".join(_ESCAPES.get(character, character) for character in value.replace("\r", ""))
