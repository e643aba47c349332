"""Argon2id by libpass."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from passlib.hash import argon2

from luminalib.domain.auth import NO_PASSWORD
from luminalib.ports.security import PasswordHasher

# OWASP Password Storage Cheat Sheet, 2025: Argon2id with 19 MiB, two iterations, one lane.
MEMORY_KIB, ITERATIONS, LANES = 19 * 1024, 2, 1
PARALLEL_HASHES = 2


class Argon2Hasher(PasswordHasher):
    """Argon2id in a pool of two threads: a flood of log-ins waits in line instead of eating 19 MiB each at once."""

    def __init__(self, *, memory_kib: int = MEMORY_KIB, iterations: int = ITERATIONS) -> None:
        self._scheme = argon2.using(type="ID", memory_cost=memory_kib, time_cost=iterations, parallelism=LANES)
        self._pool = ThreadPoolExecutor(PARALLEL_HASHES, thread_name_prefix="argon2")
        # Verified against when there is no account, so that both cases cost the same.
        self._nobody: str = self._scheme.hash("nobody")

    async def hash(self, password: str) -> str:
        """See PasswordHasher."""
        hashed: str = await asyncio.get_running_loop().run_in_executor(self._pool, self._scheme.hash, password)
        return hashed

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """See PasswordHasher."""
        loop = asyncio.get_running_loop()
        known = password_hash if password_hash and password_hash != NO_PASSWORD else None
        matches: bool = await loop.run_in_executor(self._pool, self._scheme.verify, password, known or self._nobody)
        return matches and known is not None

    def needs_rehash(self, password_hash: str) -> bool:
        """See PasswordHasher."""
        return bool(self._scheme.needs_update(password_hash))
