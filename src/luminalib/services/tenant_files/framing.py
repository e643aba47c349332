"""Rows and objects out of streams of bytes that may hold anything."""

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from typing import Any

import orjson

from luminalib.domain.tenant_files import Row, TenantFileBroken

LINE_MOST = 256 << 20
"""The longest line: a text of the largest document that is taken in fits into it."""
_FRAME_MOST = 4096
_BATCH_ROWS, _BATCH_BYTES = 500, 4 << 20


async def batches(pieces: AsyncIterable[bytes]) -> AsyncIterator[Sequence[Row]]:
    """The rows of a member, some at a time. Raises TenantFileBroken."""
    rows: list[Row] = []
    size = 0
    async for line in _lines(pieces):
        rows.append(_object(line))
        size += len(line)
        if len(rows) >= _BATCH_ROWS or size >= _BATCH_BYTES:
            yield rows
            rows, size = [], 0
    if rows:
        yield rows


async def _lines(pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    begun: list[bytes] = []
    length = 0
    async for piece in pieces:
        *ends, rest = piece.split(b"\n")
        for end in ends:
            yield b"".join((*begun, end))
            begun, length = [], 0
        begun.append(rest)
        length += len(rest)
        if length > LINE_MOST:
            raise TenantFileBroken("The file has a row that is too long.")
    if length:
        raise TenantFileBroken("The file ends within a row.")


class Frames:
    """Objects one behind the other: what is not read of one is passed over before the next."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""
        self._left = 0

    async def next(self) -> tuple[str, int] | None:
        """Key and size of the next object; None at the end. Raises TenantFileBroken."""
        async for _ in self.content():
            pass
        while b"\n" not in self._held:
            piece = await anext(self._pieces, b"")
            if not piece or len(self._held) > _FRAME_MOST:
                if self._held:
                    raise TenantFileBroken("The file has something between two objects.")
                return None
            self._held += piece
        line, _, self._held = self._held.partition(b"\n")
        said = _object(line)
        key, size = said.get("key"), said.get("size")
        if not isinstance(key, str) or type(size) is not int or size < 0:
            raise TenantFileBroken("The file has an object without a key or a size.")
        self._left = size
        return key, size

    async def content(self) -> AsyncIterator[bytes]:
        """The bytes of the present object that have not been read yet."""
        while self._left:
            if not self._held:
                self._held = await anext(self._pieces, b"")
            if not self._held:
                raise TenantFileBroken("The file ends within an object.")
            piece, self._held = self._held[: self._left], self._held[self._left :]
            self._left -= len(piece)
            yield piece


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(line)
    except ValueError as error:
        raise TenantFileBroken("The file has a line that is no JSON.") from error
    if not isinstance(found, dict):
        raise TenantFileBroken("The file has a line that is no row.")
    return found
