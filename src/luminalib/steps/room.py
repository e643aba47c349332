"""Room for files: the disk's, and the account's share of it. Both doors ask here before they take a byte."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from luminalib.domain.auth import Principal
from luminalib.domain.documents import StagedFile
from luminalib.domain.quotas import Quota, QuotaExceeded
from luminalib.ports.persistence import UnitOfWork
from luminalib.ports.storage import StorageFull, StorageProvider
from luminalib.ports.views import DocumentViews
from luminalib.steps.members import lock_member
from luminalib.steps.quotas import Quotas

BLOCK_BYTES = 8 * 2**20
"""For how much a file of unknown size asks at a time."""
RESERVE_SHARE = 10
"""The reserve is at most this part of the disk."""


class Room:
    """Knows what is free, what is promised to files that are on their way, and what each account has."""

    def __init__(
        self, documents: DocumentViews, storage: StorageProvider, quotas: Quotas, *, reserve_bytes: int, quota_bytes: int
    ) -> None:
        """`reserve_bytes` stay free for the database, log-ins and whoever tidies up; an account's quota of 0 is none."""
        self._documents = documents
        self._storage = storage
        self._quotas = quotas
        self._reserve_bytes = reserve_bytes
        self._quota_bytes = quota_bytes
        self._promised = 0
        self._counter = asyncio.Lock()
        self._coming: Counter[tuple[str, str]] = Counter()

    async def require_space(self, size: int) -> None:
        """Raises StorageFull unless `size` bytes fit beside the reserve and what is promised."""
        space = await self._storage.space()
        if space is None:
            return
        reserve = min(self._reserve_bytes, space.total // RESERVE_SHARE)
        if space.free - self._promised - size < reserve:
            raise StorageFull(free_bytes=space.free, reserve_bytes=reserve)

    async def require_share(self, by: Principal, size: int) -> None:
        """Raises QuotaExceeded unless tenant and account may have `size` bytes more. The house may have as much as there is."""
        await self._quotas.require_room(by.tenant_id, Quota.BYTES, size)
        if by.user_id is None or not self._quota_bytes:
            return
        stored = await self._documents.stored_bytes(by.tenant_id, by.user_id)
        self._require(by, stored, size)

    async def require_share_in(self, uow: UnitOfWork, by: Principal, size: int) -> None:
        """The same of the account, within a unit of work that may hold it."""
        if by.user_id is None or not self._quota_bytes:
            return
        stored = await uow.uploads.stored_bytes(by.user_id)
        self._require(by, stored, size)

    def _require(self, by: Principal, stored: int, size: int) -> None:
        used = stored + self._coming[by.tenant_id, by.user_id or ""]
        if used + size > self._quota_bytes:
            raise QuotaExceeded(
                "Your account's share of the storage is used up. Remove documents or unfinished uploads, or ask an admin for more.",
                quota="stored_bytes",
                limit=self._quota_bytes,
                used=used,
                resets_at=None,
            )

    async def announce(self, uow: UnitOfWork, by: Principal, size: int) -> None:
        """Counts a file that is to come in pieces, in the unit that keeps its announcement. Raises QuotaExceeded."""
        await self.require_share_in(uow, by, size)
        await self._quotas.use(uow, by.tenant_id, Quota.BYTES, size)

    async def settle(self, uow: UnitOfWork, by: Principal, staged: StagedFile) -> None:
        """Asks once more, in the unit that keeps the file, with the account locked: others may have been faster.

        Raises QuotaExceeded, and InvalidToken when the account was closed meanwhile.
        """
        if by.user_id is not None:
            await lock_member(uow, by.user_id)
            if not staged.is_counted:
                await self.require_share_in(uow, by, staged.byte_size)
        await self._quotas.use(uow, by.tenant_id, Quota.BYTES, 0 if staged.is_counted else staged.byte_size)
        await self._quotas.use(uow, by.tenant_id, Quota.DOCUMENTS_PER_DAY)

    async def exchange(self, uow: UnitOfWork, by: Principal, staged: StagedFile, old_bytes: int) -> None:
        """Counts a file that takes the place of another, in the unit that exchanges them, before it does. Raises QuotaExceeded."""
        await self._quotas.use(uow, by.tenant_id, Quota.BYTES, max(0, staged.byte_size - old_bytes))
        await self._quotas.use(uow, by.tenant_id, Quota.DOCUMENTS_PER_DAY)

    async def shelve(self, uow: UnitOfWork, by: Principal) -> None:
        """Counts a place in the catalogue, in the unit that takes it. Raises QuotaExceeded."""
        await self._quotas.use(uow, by.tenant_id, Quota.BOOKS)

    @asynccontextmanager
    async def booked(self, by: Principal, announced: int = 0, *, is_counted: bool = False) -> "AsyncIterator[Booking]":
        """Room for one file of `announced` bytes (0 when nobody has said), until it has arrived or failed.

        `is_counted` says that the account's share counts it already. Raises StorageFull, QuotaExceeded.
        """
        booking = Booking(self, by, is_counted=is_counted)
        await self._quotas.require_room(by.tenant_id, Quota.DOCUMENTS_PER_DAY)
        try:
            await booking.cover(max(announced, 1))
            yield booking
        finally:
            booking.release()

    async def promise(self, by: Principal, size: int, share: int) -> None:
        """Notes that so many bytes more are on their way, `share` of them new to the account. Raises as `booked` does."""
        async with self._counter:  # one after another: what one was promised the next one must see
            await self.require_space(size)
            if share > 0:
                await self.require_share(by, share)
            self.note(by, size, share)

    def note(self, by: Principal, size: int, share: int) -> None:
        """Counts what is on its way; fewer bytes when negative."""
        self._promised += size
        if by.user_id is not None:
            self._coming[by.tenant_id, by.user_id] += share
            if self._coming[by.tenant_id, by.user_id] <= 0:
                del self._coming[by.tenant_id, by.user_id]


class Booking:
    """The room that one file has so far."""

    def __init__(self, room: Room, by: Principal, *, is_counted: bool) -> None:
        self._room = room
        self._by = by
        self._is_counted = is_counted
        self._space = self._share = 0

    async def cover(self, size: int) -> None:
        """Makes sure of room for `size` bytes altogether. Raises StorageFull, QuotaExceeded."""
        if size <= self._space:
            return
        space = max(size, self._space + BLOCK_BYTES) if self._space else size
        share = 0 if self._is_counted else size - self._share
        await self._room.promise(self._by, space - self._space, share)
        self._space, self._share = space, self._share + share

    def release(self) -> None:
        """Gives it back: what has arrived is counted where it lies."""
        self._room.note(self._by, -self._space, -self._share)
        self._space = self._share = 0
