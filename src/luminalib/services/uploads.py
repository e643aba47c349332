"""Taking files in piece by piece."""

import hashlib
from collections.abc import AsyncIterable, AsyncIterator
from uuid import uuid4

from luminalib.domain.auth import NotAllowed, Principal, require_admin
from luminalib.domain.documents import EmptyFile, FileTooLarge
from luminalib.domain.filenames import safe_filename
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.uploads import KEPT_FOR, MAX_OPEN, MalformedMetadata, TooManyUploads, Upload, UploadNotFound, UploadPart
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory
from luminalib.ports.rate_limits import RateLimiter, Rule
from luminalib.ports.storage import StorageProvider, StorageUnavailable
from luminalib.steps.members import lock_member
from luminalib.steps.room import Room


class UploadService:
    """The door for large files: each piece is an object of the storage and a row; only both together count as received."""

    def __init__(
        self,
        uow: UnitOfWorkFactory,
        storage: StorageProvider,
        limiter: RateLimiter,
        room: Room,
        clock: Clock,
        *,
        max_bytes: int,
        members_may_upload: bool,
    ) -> None:
        self._limiter = limiter
        self._room = room
        self._uow = uow
        self._storage = storage
        self._clock = clock
        self._members_may_upload = members_may_upload
        self.max_bytes = max_bytes

    async def create(self, by: Principal, length: int, metadata: dict[str, str]) -> Upload:
        """A new upload. Raises NotAllowed, EmptyFile, FileTooLarge, MalformedMetadata, TooManyUploads.

        Raises TooManyRequests, QuotaExceeded and StorageFull before a byte has come.
        """
        if not (by.is_staff or self._members_may_upload):
            raise NotAllowed("In this library only librarians add books.")
        if not length:
            raise EmptyFile
        if length > self.max_bytes:
            raise FileTooLarge(max_bytes=self.max_bytes)
        filename = metadata.get("filename", "").strip() or metadata.get("name", "")  # Uppy sends `name`
        if not filename.strip():
            raise MalformedMetadata("Upload-Metadata does not name the file: send `filename` with the name in Base64.")
        await self._limiter.hit(Rule.PIECE_PER_ACCOUNT, by.user_id)
        await self._room.require_space(length)
        now = self._clock.now()
        upload = Upload(
            id=str(uuid4()),
            user_id=by.user_id or "",
            tenant_id=by.tenant_id,
            length=length,
            filename=safe_filename(filename),
            metadata=metadata,
            created_at=now,
            expires_at=now + KEPT_FOR,
        )
        async with self._uow(by.tenant_id) as uow:
            await lock_member(uow, by.user_id)  # parallel announcements are counted one by one
            if await uow.uploads.count_open(upload.user_id, now) >= MAX_OPEN:
                raise TooManyUploads(max_uploads=MAX_OPEN)
            await self._room.announce(uow, by, length)
            await uow.uploads.add(upload)
        return upload

    async def find(self, by: Principal, upload_id: str) -> Upload:
        """The member's own upload. Raises UploadNotFound."""
        async with self._uow.reading(by.tenant_id) as uow:
            return await self._own(uow, by, upload_id)

    async def append(
        self, by: Principal, upload_id: str, offset: int, chunks: AsyncIterable[bytes], announced: int | None = None
    ) -> Upload:
        """Adds the piece that begins at `offset`; what came before a connection broke counts, unless it is too small to be kept.

        `announced` is the piece's size where the client has told it. Raises UploadNotFound, WrongOffset, PieceTooSmall,
        TooManyRequests, StorageFull, and FileTooLarge for more bytes than were announced, of which none are kept then.
        """
        await self._limiter.hit(Rule.PIECE_PER_ACCOUNT, by.user_id)
        upload = await self.find(by, upload_id)
        upload.check_offset(offset)
        upload.check_piece(offset, upload.length if announced is None else announced)
        meter = _Meter(chunks, upload.length - offset)
        key = f"{upload.prefix}{offset:015d}-{uuid4().hex}"
        expected = upload.length - offset if announced is None else min(announced, upload.length - offset)
        async with self._room.booked(by, expected, is_counted=True):
            await self._storage.put(key, meter.stream())
        try:
            upload.check_piece(offset, meter.size)
            async with self._uow(by.tenant_id) as uow:
                upload = await self._own(uow, by, upload_id)
                upload.check_offset(offset)
                if meter.size:
                    digest = meter.digest.hexdigest()
                    await uow.uploads.add_part(
                        UploadPart(upload_id=upload.id, start=offset, key=key, size=meter.size, sha256=digest)
                    )
                    upload.take(meter.size, self._clock.now())
        except BaseException:
            await self._storage.delete(key)
            raise
        if not meter.size:
            await self._storage.delete(key)
        return upload

    async def content(self, by: Principal, upload: Upload) -> AsyncIterator[bytes]:
        """The whole file, piece by piece. Raises StorageUnavailable for a piece that is not what arrived."""
        async with self._uow.reading(by.tenant_id) as uow:
            parts = await uow.uploads.parts(upload.id)
        for part in parts:
            digest = hashlib.sha256()
            async for chunk in self._storage.read(part.key):
                digest.update(chunk)
                yield chunk
            if digest.hexdigest() != part.sha256:
                raise StorageUnavailable(f"The storage gave back other bytes than it was given under {part.key}.")

    async def complete(self, by: Principal, upload_id: str, document_id: str, book_id: str | None) -> Upload:
        """Notes what the upload became and lets its pieces go."""
        async with self._uow(by.tenant_id) as uow:
            upload = await self._own(uow, by, upload_id)
            upload.become(document_id, book_id, self._clock.now())
        await self._delete_parts(upload)
        return upload

    async def list(self, by: Principal, page: PageRequest, *, whole_library: bool) -> Page[Upload]:
        """The member's uploads, or everybody's; the newest first. Raises NotAllowed: only admins see those of others."""
        if whole_library:
            require_admin(by)
        async with self._uow.reading(by.tenant_id) as uow:
            return await uow.uploads.list(page, None if whole_library else by.user_id or "")

    async def remove(self, by: Principal, upload_id: str) -> None:
        """Throws an upload away, an admin also somebody else's; what it became stays. Raises UploadNotFound."""
        async with self._uow(by.tenant_id) as uow:
            is_any = by.role.is_admin
            upload = await uow.uploads.get(upload_id) if is_any else await self._own(uow, by, upload_id)
            await uow.uploads.remove(upload)
        await self._delete_parts(upload)

    async def _own(self, uow: UnitOfWork, by: Principal, upload_id: str) -> Upload:
        upload = await uow.uploads.get(upload_id)
        if upload.user_id != by.user_id or upload.expires_at <= self._clock.now():
            raise UploadNotFound
        return upload

    async def _delete_parts(self, upload: Upload) -> None:
        for key in [found.key async for found in self._storage.list(upload.prefix)]:
            await self._storage.delete(key)


class _Meter:
    """Counts and hashes what passes."""

    def __init__(self, chunks: AsyncIterable[bytes], most: int) -> None:
        self._chunks = chunks
        self._most = most
        self.size = 0
        self.digest = hashlib.sha256()

    async def stream(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            self.size += len(chunk)
            if self.size > self._most:
                raise FileTooLarge("More bytes came than Upload-Length announced.", max_bytes=self._most)
            self.digest.update(chunk)
            yield chunk
