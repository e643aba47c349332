"""How a server that runs for long keeps its memory small and its garbage collector quiet."""

import asyncio
import ctypes
import gc

_M_ARENA_MAX = -8
"""As <malloc.h> of glibc has it."""
ALLOCATIONS_PER_COLLECTION = 10_000
GIVE_BACK_SECONDS = 10.0


def spare_the_collector() -> None:
    """Takes what lives as long as the process out of the garbage collector's sight, and has it look less often.

    With its usual thresholds it takes half of the time of an event that goes to a thousand streams.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS_PER_COLLECTION)


def share_one_heap() -> None:
    """Has all threads take their memory from one heap, where the C library is glibc: what one has freed serves the others.

    To be called before there are threads. By itself glibc gives each a heap of its own and keeps what was freed there.
    """
    if hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(_M_ARENA_MAX, 1)


async def give_back_now_and_then() -> None:
    """Gives what is free to the system every few seconds, where the C library is glibc, until it is cancelled.

    By itself it keeps for good what was needed once: the work for a ranking, 19 MiB for each password that is hashed at a time.
    """
    give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)
    while give_back is not None:
        await asyncio.sleep(GIVE_BACK_SECONDS)
        await asyncio.to_thread(give_back, 0)
