"""The vectors of a model in one file, and once there are many their signs beside them, which say what is worth comparing."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from luminalib.adapters.passage_index.local.snapshot import Stretch

Array = Any
"""A numpy array."""
MANY = 10_000
"""From so many vectors on their signs are kept; before, a centre would be that of a few books."""
EXACT = 20_000
"""So many are compared all, which takes some 3 ms."""
COMPARED = 4000
"""So many of more, whose signs differ least from the wanted ones: of the ten nearest of 10,500 sentences 0.995 were among 2 %."""
_FLOAT_BYTES, _WORD_BYTES, _ALIGNED = 4, 8, 64
_BLOCK = 8192


class Lying:
    """Some documents in the order of their vectors. A position counts the vectors of these documents alone."""

    def __init__(self, stretches: Iterable[Stretch]) -> None:
        import numpy as np  # noqa: PLC0415 -- a library without an embedder does without

        ordered = sorted(stretches, key=lambda one: one.slot or 0)
        lengths = [one.passages for one in ordered]
        self.count = sum(lengths)
        self._starts = np.cumsum([0, *lengths])[:-1]
        self._firsts = np.array([one.first for one in ordered], np.int64)
        self._slots = np.array([one.slot or 0 for one in ordered], np.int64)
        self.ranges = _joined(ordered)

    def numbers(self, positions: Array) -> Array:
        """The passages at these positions."""
        return self._shifted(positions, self._firsts)

    def slots(self, positions: Array) -> Array:
        """Where in the file the vectors at these positions are."""
        return self._shifted(positions, self._slots)

    def _shifted(self, positions: Array, begun: Array) -> Array:
        at = self._starts.searchsorted(positions, "right") - 1
        return positions + (begun - self._starts)[at]


class VectorFile:
    """Of one model. Whoever writes holds the index's lock."""

    def __init__(self, folder: Path, fingerprint: str, dimension: int) -> None:
        self._dimension = dimension
        self.fingerprint = fingerprint
        self._vectors, self._signs = paths_of(folder, fingerprint)
        self._maps: dict[Path, tuple[int, int, Array]] = {}
        self._words = -(-dimension // (8 * _WORD_BYTES))
        self._head = -(-dimension * _FLOAT_BYTES // _ALIGNED) * _ALIGNED

    def write(self, slot: int, content: bytes) -> None:
        """Puts vectors into their place, and their signs."""
        import numpy as np  # noqa: PLC0415 -- see Lying

        _write(self._vectors, slot * self._dimension * _FLOAT_BYTES, content)
        if self._signs.exists():
            signs = self._signs_of(np.frombuffer(content, "<f4").reshape(-1, self._dimension), self._centre())
            _write(self._signs, self._head + slot * self._words * _WORD_BYTES, signs.tobytes())
        elif self._vectors.stat().st_size >= MANY * self._dimension * _FLOAT_BYTES:
            self._begin_signs()

    def nearest(self, lying: Lying, wanted: Array, shown: Array | None, limit: int) -> tuple[Array, Array]:
        """The positions with the highest cosines, the best first, and these; `shown` says of each whether it may be found."""
        import numpy as np  # noqa: PLC0415 -- see Lying

        vectors = self._mapped_vectors()
        signs = self._mapped_signs() if lying.count > EXACT else None
        if signs is None or len(signs) < max(stop for _, stop in lying.ranges):
            scores = np.concatenate([vectors[start:stop] @ wanted for start, stop in lying.ranges])
            positions = np.arange(lying.count) if shown is None else np.flatnonzero(shown)
            scores = scores if shown is None else scores[shown]
        else:
            asked = self._signs_of(wanted[np.newaxis], self._centre())[0]
            differ = np.concatenate([_differing(signs[start:stop], asked) for start, stop in lying.ranges])
            positions = _least(differ, shown)
            slots = lying.slots(positions)
            blocks = [slots[at : at + _BLOCK] for at in range(0, len(slots), _BLOCK)]
            scores = np.concatenate([vectors[block] @ wanted for block in blocks]) if blocks else np.array([], "f4")
        if len(scores) > limit:
            best = np.argpartition(-scores, limit - 1)[:limit]
            positions, scores = positions[best], scores[best]
        order = np.lexsort((positions, -scores))
        return positions[order], scores[order]

    def _begin_signs(self) -> None:
        """Makes those of all vectors that are there, about their centre; under another name until it is whole."""
        vectors = self._mapped_vectors()
        centre = vectors.mean(axis=0, dtype="f4")
        passing = self._signs.with_suffix(".new")
        passing.unlink(missing_ok=True)
        _write(passing, 0, centre.astype("<f4").tobytes().ljust(self._head, b"\0"))
        for at in range(0, len(vectors), _BLOCK):
            signs = self._signs_of(vectors[at : at + _BLOCK], centre)
            _write(passing, self._head + at * self._words * _WORD_BYTES, signs.tobytes())
        passing.replace(self._signs)

    def _signs_of(self, vectors: Array, centre: Array) -> Array:
        """For each vector a row of bits: on which side of the centre it lies, axis by axis."""
        import numpy as np  # noqa: PLC0415 -- see Lying

        bits = np.zeros((len(vectors), self._words * _WORD_BYTES), np.uint8)
        packed = np.packbits(vectors > centre, axis=1)
        bits[:, : packed.shape[1]] = packed
        return bits.view(np.uint64)

    def _centre(self) -> Array:
        import numpy as np  # noqa: PLC0415 -- see Lying

        return np.fromfile(self._signs, "<f4", self._dimension)

    def _mapped_vectors(self) -> Array:
        return self._mapped(self._vectors, "<f4", 0, self._dimension)

    def _mapped_signs(self) -> Array | None:
        return self._mapped(self._signs, "<u8", self._head, self._words) if self._signs.exists() else None

    def _mapped(self, path: Path, kind: str, head: int, columns: int) -> Array:
        """A file's rows, mapped anew when it is another or longer: pages that are mapped already cost a search nothing."""
        import numpy as np  # noqa: PLC0415 -- see Lying

        found = path.stat()
        known = self._maps.get(path)
        if known is None or known[:2] != (found.st_ino, found.st_size):
            whole = (found.st_size - head) // (columns * np.dtype(kind).itemsize)  # a crash may have left a part of a row behind
            rows = np.asarray(np.memmap(path, kind, "r", offset=head, shape=(whole, columns)))
            known = self._maps[path] = (found.st_ino, found.st_size, rows)
        return known[2]


def paths_of(folder: Path, fingerprint: str) -> tuple[Path, Path]:
    """Where the vectors of a model lie, and their signs."""
    vectors = folder / f"vectors-{fingerprint[:32]}.f32"
    return vectors, vectors.with_suffix(".signs")


def _joined(stretches: Sequence[Stretch]) -> list[tuple[int, int]]:
    """The slots of documents, neighbours as one."""
    joined: list[tuple[int, int]] = []
    for one in stretches:
        start = one.slot or 0
        if joined and joined[-1][1] == start:
            joined[-1] = joined[-1][0], start + one.passages
        else:
            joined.append((start, start + one.passages))
    return joined


def _differing(signs: Array, asked: Array) -> Array:
    """In how many bits each row differs from the one asked for."""
    import numpy as np  # noqa: PLC0415 -- see Lying

    differ = np.zeros(len(signs), np.uint16)
    for at in range(0, len(signs), _BLOCK):
        counts = np.bitwise_count(signs[at : at + _BLOCK] ^ asked)
        part = differ[at : at + _BLOCK]
        for column in range(counts.shape[1]):
            part += counts[:, column]
    return differ


def _least(differ: Array, shown: Array | None) -> Array:
    """The positions that differ least, some more than COMPARED where several differ alike."""
    import numpy as np  # noqa: PLC0415 -- see Lying

    counted = np.cumsum(np.bincount(differ if shown is None else differ[shown]))
    is_near = differ <= np.searchsorted(counted, COMPARED)
    return np.flatnonzero(is_near if shown is None else is_near & shown)


def _write(path: Path, offset: int, content: bytes) -> None:
    # On the disk before the row that names it: a crash leaves bytes that nobody reads.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.seek(offset)
        file.write(content)
        file.flush()
        os.fdatasync(file.fileno())
