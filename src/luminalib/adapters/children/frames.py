"""What parent and child say to each other: length-prefixed JSON frames.

A result travels in pieces, so that neither side ever holds the JSON of a whole book nor parses it in one go.
"""

import json
import struct
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

HEADER = struct.Struct("!cI")
_PIECE_CHARACTERS = 128 * 1024


class Kind(Enum):
    """What a frame carries."""

    CALL = b"C"
    PROGRESS = b"P"
    VALUE = b"V"
    ITEMS = b"I"
    DONE = b"D"
    ERROR = b"E"


def pack(kind: Kind, value: Any = None) -> bytes:
    """A whole frame with `value` as its JSON."""
    return _frame(kind, json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def unpack(payload: bytes) -> Any:
    """The value of a frame's payload."""
    return json.loads(payload.decode("utf-8", "surrogatepass"))


def pack_result(result: Any) -> Iterator[bytes]:
    """The frames of a task's result: the keys of a dictionary one by one, long lists in batches, then DONE."""
    if not isinstance(result, dict):
        yield pack(Kind.VALUE, {"value": result})
    else:
        for key, value in result.items():
            if isinstance(value, list | tuple):
                yield from _pack_items(key, value)
            else:
                yield pack(Kind.VALUE, {"key": key, "value": value})
    yield pack(Kind.DONE, isinstance(result, dict))


class ResultAssembly:
    """Puts the pieces of one result together again."""

    def __init__(self) -> None:
        self._whole: Any = None
        self._by_key: dict[str, Any] = {}

    def add(self, kind: Kind, piece: Any) -> None:
        """Takes a VALUE or ITEMS frame's value."""
        if kind is Kind.ITEMS:
            self._by_key.setdefault(piece["key"], []).extend(piece["items"])
        elif "key" in piece:
            self._by_key[piece["key"]] = piece["value"]
        else:
            self._whole = piece["value"]

    def result(self, *, is_mapping: bool) -> Any:
        """The result, once the DONE frame (whose value is `is_mapping`) has come."""
        return self._by_key if is_mapping else self._whole


def _pack_items(key: str, items: Iterable[Any]) -> Iterator[bytes]:
    opening = f'{{"key":{json.dumps(key)},"items":['
    batch: list[str] = []
    size = 0
    for item in items:
        batch.append(json.dumps(item, ensure_ascii=False, separators=(",", ":")))
        size += len(batch[-1])
        if size > _PIECE_CHARACTERS:
            yield _frame(Kind.ITEMS, f"{opening}{','.join(batch)}]}}")
            batch, size = [], 0
    yield _frame(Kind.ITEMS, f"{opening}{','.join(batch)}]}}")


def _frame(kind: Kind, text: str) -> bytes:
    # surrogatepass: a file name that is not UTF-8 reaches Python as lone surrogates and must come out the same.
    payload = text.encode("utf-8", "surrogatepass")
    return HEADER.pack(kind.value, len(payload)) + payload
