"""A way for bytes from the event loop into a thread that reads a file object."""

import asyncio
from io import RawIOBase
from queue import SimpleQueue
from typing import Any

_PIECES_AHEAD = 2
_END = b""


class SourceFailed(Exception):
    """The stream that fed the pipe broke off."""


class Pipe(RawIOBase):
    """Fed in the event loop, read in one thread; holds at most two pieces, so a slow reader slows the source down."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """`loop` is the one that feeds."""
        self._loop = loop
        self._room = asyncio.Semaphore(_PIECES_AHEAD)
        self._pieces: SimpleQueue[bytes | SourceFailed] = SimpleQueue()
        self._rest = memoryview(b"")
        self._ended = False
        self._abandoned = False

    async def feed(self, piece: bytes) -> bool:
        """Waits for room and passes a piece on; False when the reader has gone away."""
        await self._room.acquire()
        if not self._abandoned:
            self._pieces.put(piece)
        return not self._abandoned

    def finish(self) -> None:
        """Tells the reader that this was all."""
        self._pieces.put(_END)

    def fail(self) -> None:
        """Makes the reader's next read raise SourceFailed, unless it has seen the end."""
        self._pieces.put(SourceFailed())

    def abandon(self, _reader: asyncio.Future[None]) -> None:
        """To be called in the loop when the reader has ended: nobody needs to wait for room any more."""
        self._abandoned = True
        self._room.release()

    def readable(self) -> bool:
        """Yes."""
        return True

    # Any: the type of a writable buffer has a name only from Python 3.12 on.
    def readinto(self, buffer: Any, /) -> int:
        """Fills a part of `buffer`, waiting for at least one byte; 0 at the end. Raises SourceFailed."""
        if not self._rest and not self._ended:
            self._rest = self._next()
        target = memoryview(buffer)
        taken = self._rest[: len(target)]
        target[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)

    def _next(self) -> memoryview:
        piece = self._pieces.get()
        if isinstance(piece, SourceFailed):
            raise piece
        self._ended = piece == _END
        self._loop.call_soon_threadsafe(self._room.release)
        return memoryview(piece)
