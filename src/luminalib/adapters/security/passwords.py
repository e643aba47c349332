"""Argon2id by libpass."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from passlib.hash import argon2

from luminalib.adapters.security.turns import Turns
from luminalib.domain.auth import NO_PASSWORD
from luminalib.domain.networks import network_of
from luminalib.ports.security import PasswordHasher

# OWASP Password Storage Cheat Sheet, 2025: Argon2id with 19 MiB, two iterations, one lane.
MEMORY_KIB, ITERATIONS, LANES = 19 * 1024, 2, 1
PARALLEL_HASHES = 2
WAITING, WAITING_PER_ORIGIN = 128, 96
"""Some two seconds, and one and a half, of both threads' work: a class that logs in at once has one address."""
argon2.set_backend()  # two threads that are the first to hash would both do it, and one of them fail


class Argon2Hasher(PasswordHasher):
    """Argon2id in a pool of two threads: a flood of log-ins waits in line instead of eating 19 MiB each at once.

    The line is bounded, and networks take turns in it.
    """

    def __init__(self, *, memory_kib: int = MEMORY_KIB, iterations: int = ITERATIONS) -> None:
        self._scheme = argon2.using(type="ID", memory_cost=memory_kib, time_cost=iterations, parallelism=LANES)
        self._pool = ThreadPoolExecutor(PARALLEL_HASHES, thread_name_prefix="argon2")
        self._turns = Turns(at_once=PARALLEL_HASHES, waiting=WAITING, per_origin=WAITING_PER_ORIGIN)
        # Verified against when there is no account, so that both cases cost the same; made beside the start.
        self._nobody = self._pool.submit(self._scheme.hash, "nobody")

    async def hash(self, password: str, origin: str | None = None) -> str:
        """See PasswordHasher."""
        hashed: str = await self._run(origin, self._scheme.hash, password)
        return hashed

    async def verify(self, password: str, password_hash: str | None, origin: str | None = None) -> bool:
        """See PasswordHasher."""
        known = password_hash if password_hash and password_hash != NO_PASSWORD else None
        matches: bool = await self._run(origin, self._matches, password, known)
        return matches and known is not None

    def _matches(self, password: str, known: str | None) -> bool:
        return bool(self._scheme.verify(password, known or self._nobody.result()))

    async def _run(self, origin: str | None, work: Callable[..., Any], *arguments: str | None) -> Any:
        async with self._turns.turn(network_of(origin)):
            # Shielded: a thread cannot be stopped, and its turn lasts as long as its work.
            return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments))

    def needs_rehash(self, password_hash: str) -> bool:
        """See PasswordHasher."""
        return bool(self._scheme.needs_update(password_hash))
