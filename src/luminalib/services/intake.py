"""Taking files in: measured, hashed and judged while they stream to their staging place."""

import hashlib
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import replace
from uuid import uuid4

from luminalib.domain.auth import NotAllowed, Principal
from luminalib.domain.documents import EmptyFile, FileTooLarge, StagedFile
from luminalib.domain.filenames import safe_filename
from luminalib.domain.media import ContentSniffer, MediaType
from luminalib.domain.storage_keys import STAGING, prefix_of
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.rate_limits import RateLimiter, Rule
from luminalib.ports.storage import StorageProvider
from luminalib.steps.room import Booking, Room


class IntakeService:
    """The door through which every file comes."""

    def __init__(
        self,
        uow: UnitOfWorkFactory,
        storage: StorageProvider,
        limiter: RateLimiter,
        room: Room,
        *,
        max_bytes: int,
        max_document_bytes: int,
        members_may_upload: bool,
    ) -> None:
        self._uow = uow
        self._storage = storage
        self._limiter = limiter
        self._room = room
        self._max_bytes = max_bytes
        self._max_document_bytes = max_document_bytes
        self._members_may_upload = members_may_upload

    def require_uploader(self, by: Principal) -> None:
        """Raises NotAllowed when `by` may not add files."""
        if not (by.is_staff or self._members_may_upload):
            raise NotAllowed("In this library only librarians add books.")

    async def receive(
        self, by: Principal, filename: str, chunks: AsyncIterable[bytes], announced: int = 0, *, is_counted: bool = False
    ) -> StagedFile:
        """Stages a book. Raises NotAllowed, TooManyRequests, FileTooLarge, EmptyFile, UnsupportedMediaType; leaves nothing.

        `announced` is its size where somebody has told it, `is_counted` says that the account's share counts it already.
        Raises StorageFull and QuotaExceeded, at best before a byte has come.
        """
        async with self._room.booked(by, min(announced, self._max_bytes), is_counted=is_counted) as booking:
            staged = await self._stage(by, filename, chunks, self._max_bytes, booking)
            return replace(staged, is_counted=is_counted)

    async def receive_document(self, by: Principal, filename: str, chunks: AsyncIterable[bytes]) -> StagedFile:
        """Stages the file of a document that is no book (yet), which may be smaller only. Raises as `receive` does."""
        async with self._room.booked(by) as booking:
            return await self._stage(by, filename, chunks, self._max_document_bytes, booking)

    async def _stage(
        self, by: Principal, filename: str, chunks: AsyncIterable[bytes], max_bytes: int, booking: Booking
    ) -> StagedFile:
        self.require_uploader(by)
        await self._limiter.hit(Rule.UPLOAD_PER_ACCOUNT, by.user_id)
        await self._limiter.hit(Rule.UPLOAD_PER_ADDRESS, by.address)
        key = f"{prefix_of(by.tenant_id)}{STAGING}{uuid4()}"
        meter = _Meter(chunks, max_bytes, booking)
        await self._storage.put(key, meter.stream())
        try:
            media_type = meter.judge(safe_filename(filename))
        except BaseException:
            await self._storage.delete(key)
            raise
        return StagedFile(
            key=key,
            filename=safe_filename(filename, media_type),
            media_type=media_type,
            byte_size=meter.size,
            sha256=meter.digest.hexdigest(),
        )

    async def discard(self, by: Principal, staged: StagedFile | None) -> None:
        """Throws away a staged file that no document has taken over; None when it never got that far."""
        if staged is None:
            return
        async with self._uow.reading(by.tenant_id) as uow:
            is_taken = await uow.documents.has_staged(staged.key)
        if not is_taken:
            await self._storage.delete(staged.key)


class _Meter:
    """Counts, hashes and sniffs what passes."""

    def __init__(self, chunks: AsyncIterable[bytes], max_bytes: int, booking: Booking) -> None:
        self._booking = booking
        self._chunks = chunks
        self._max_bytes = max_bytes
        self.size = 0
        self.digest = hashlib.sha256()
        self.sniffer = ContentSniffer()

    def judge(self, filename: str) -> MediaType:
        """The kind of what has passed. Raises EmptyFile, UnsupportedMediaType."""
        if not self.size:
            raise EmptyFile
        return self.sniffer.media_type(filename)

    async def stream(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            self.size += len(chunk)
            if self.size > self._max_bytes:
                raise FileTooLarge(
                    f"The file is larger than the {self._max_bytes // 2**20} MiB that this library accepts.",
                    max_bytes=self._max_bytes,
                )
            await self._booking.cover(self.size)
            self.digest.update(chunk)
            self.sniffer.feed(chunk)
            yield chunk
