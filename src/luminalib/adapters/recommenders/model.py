"""What training leaves behind, as a file: a line of JSON that describes it, then the arrays, ready to be mapped into memory."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from luminalib.adapters.recommenders.neighbourhoods import Weights
from luminalib.ports.recommender import BrokenModel

FORMAT = "luminalib-recommender/1"
_ALIGNED = 64
_CHUNK = 1 << 20
_LONGEST_HEADER = 1 << 26
_ARRAYS = ("starts", "books", "values", "community", "twins", "support")


@dataclass(frozen=True, slots=True)
class Model:
    """Weights between the books whose ids these are, in this order."""

    book_ids: Sequence[str]
    weights: Weights


def to_bytes(model: Model) -> bytes:
    """The file's content."""
    arrays = {name: np.ascontiguousarray(array) for name, array in _named(model.weights).items()}
    body = b"".join(_padded(array.tobytes()) for array in arrays.values())
    described = [{"name": name, "type": array.dtype.str, "length": len(array)} for name, array in arrays.items()]
    digest = hashlib.sha256(json.dumps(list(model.book_ids)).encode() + body).hexdigest()
    header = {"format": FORMAT, "sha256": digest, "books": list(model.book_ids), "arrays": described}
    return _padded(json.dumps(header).encode() + b"\n") + body


def open_model(path: Path) -> Model:
    """The model in a file; its arrays are mapped read-only, so that processes share them. Raises BrokenModel."""
    try:
        with path.open("rb") as file:
            line = file.readline(_LONGEST_HEADER)
            header = json.loads(line)
            if header["format"] != FORMAT:
                raise BrokenModel(f"The model has the format {header['format']}.")
            start = len(_padded(line))
            file.seek(start)
            digest = hashlib.sha256(json.dumps(header["books"]).encode())
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        if digest.hexdigest() != header["sha256"]:
            raise BrokenModel("The model's checksum is wrong.")
        return Model(header["books"], _mapped(path, start, header["arrays"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenModel(f"The model cannot be read: {error}") from error


def _mapped(path: Path, start: int, described: Sequence[dict[str, Any]]) -> Weights:
    arrays: dict[str, Any] = {}
    for one in described:
        kind = np.dtype(one["type"])
        size = kind.itemsize * one["length"]
        arrays[one["name"]] = np.memmap(path, kind, "r", start, (one["length"],)) if size else np.empty(0, kind)
        start += size + -size % _ALIGNED
    return Weights(**arrays)


def _named(weights: Weights) -> dict[str, Any]:
    return {name: getattr(weights, name) for name in _ARRAYS}


def _padded(data: bytes) -> bytes:
    return data + b"\n" * (-len(data) % _ALIGNED)
