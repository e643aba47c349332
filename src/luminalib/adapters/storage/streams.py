"""Between the event loop's small chunks and the blocking work of threads."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from typing import ParamSpec, TypeVar

BLOCK_BYTES = 2 << 20
"""How much travels to or from a thread at once: large enough that the hop does not show beside the writing."""

P = ParamSpec("P")
T = TypeVar("T")


async def batches(chunks: AsyncIterable[bytes], size: int = BLOCK_BYTES) -> AsyncGenerator[list[bytes], None]:
    """The same chunks in lists of at least `size` bytes together, but for the last one."""
    waiting: list[bytes] = []
    length = 0
    async for chunk in chunks:
        waiting.append(chunk)
        length += len(chunk)
        if length >= size:
            yield waiting
            waiting, length = [], 0
    if length:
        yield waiting


async def in_thread(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Like asyncio.to_thread, but a cancellation first waits for the thread, so that what follows finds the files at rest."""
    work = asyncio.ensure_future(asyncio.to_thread(function, *args, **kwargs))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await settle(work)
        raise


async def settle(work: asyncio.Future[T]) -> None:
    """Waits until `work` has ended, however it ends and however often the waiting task is cancelled meanwhile."""
    while not work.done():
        try:
            await asyncio.wait({work})
        except asyncio.CancelledError:
            continue
    if not work.cancelled():
        work.exception()  # marks it as seen: the reason why we stopped is the one that counts
