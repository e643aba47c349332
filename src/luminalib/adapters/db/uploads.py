"""Tables and repository of files that come in pieces."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.documents import documents
from luminalib.adapters.db.schema import UtcDateTime, id_column, locked, map_owned, metadata, tenant_column
from luminalib.domain.documents import Document
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.uploads import Upload, UploadNotFound, UploadPart
from luminalib.ports.persistence import UploadRepository

uploads = sa.Table(
    "uploads",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("length", sa.BigInteger, nullable=False),
    sa.Column("received", sa.BigInteger, nullable=False),
    sa.Column("filename", sa.String(255), nullable=False),
    sa.Column("metadata", sa.JSON, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    # No foreign keys: what it became may go while the answer is still asked for.
    sa.Column("document_id", sa.String(36)),
    sa.Column("book_id", sa.String(36)),
    sa.Index("ix_uploads_user_id", "tenant_id", "user_id"),
    sa.Index("ix_uploads_expires_at", "tenant_id", "expires_at"),
)
upload_parts = sa.Table(
    "upload_parts",
    metadata,
    sa.Column("upload_id", sa.ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("start", sa.BigInteger, primary_key=True, autoincrement=False),
    tenant_column(),
    sa.Column("key", sa.String(255), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
)
map_owned(Upload, uploads)
map_owned(UploadPart, upload_parts)


def stored_bytes(user_id: Any, of_documents: Any = documents, of_uploads: Any = uploads) -> sa.Select[tuple[int]]:
    """The bytes that an account has, and those it has announced; from tables, or from the entities that the tenant guard knows."""
    kept = sa.select(sa.func.coalesce(sa.func.sum(documents.c.byte_size), 0)).select_from(of_documents)
    coming = sa.select(sa.func.coalesce(sa.func.sum(uploads.c.length), 0)).select_from(of_uploads)
    stored = kept.where(documents.c.uploaded_by == user_id).scalar_subquery()
    announced = coming.where(uploads.c.user_id == user_id, uploads.c.document_id.is_(None)).scalar_subquery()
    return sa.select(stored + announced)


class SqlUploadRepository(UploadRepository):
    """Uploads in the table `uploads`, their pieces in `upload_parts`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, upload: Upload) -> None:
        """See UploadRepository."""
        self._session.add(upload)

    async def get(self, upload_id: str) -> Upload:
        """See UploadRepository."""
        upload = await self._session.scalar(locked(self._session, sa.select(Upload).where(uploads.c.id == upload_id)))
        if upload is None:
            raise UploadNotFound
        return upload

    async def count_open(self, user_id: str, now: datetime) -> int:
        """See UploadRepository."""
        theirs = sa.and_(uploads.c.user_id == user_id, uploads.c.document_id.is_(None), uploads.c.expires_at > now)
        return await self._session.scalar(sa.select(sa.func.count()).select_from(Upload).where(theirs)) or 0

    async def stored_bytes(self, user_id: str) -> int:
        """See UploadRepository."""
        return int(await self._session.scalar(stored_bytes(user_id, Document, Upload)) or 0)

    async def of_user(self, user_id: str) -> Sequence[Upload]:
        """See UploadRepository."""
        return (await self._session.scalars(sa.select(Upload).where(uploads.c.user_id == user_id))).all()

    async def list(self, page: PageRequest, user_id: str | None) -> Page[Upload]:
        """See UploadRepository."""
        theirs = [] if user_id is None else [uploads.c.user_id == user_id]
        total = await self._session.scalar(sa.select(sa.func.count()).select_from(Upload).where(*theirs)) or 0
        newest = sa.select(Upload).where(*theirs).order_by(uploads.c.created_at.desc(), uploads.c.id)
        return Page([*await self._session.scalars(newest.offset(page.offset).limit(page.size))], total)

    async def add_part(self, part: UploadPart) -> None:
        """See UploadRepository."""
        self._session.add(part)

    async def parts(self, upload_id: str) -> Sequence[UploadPart]:
        """See UploadRepository."""
        wanted = sa.select(UploadPart).where(upload_parts.c.upload_id == upload_id).order_by(upload_parts.c.start)
        return (await self._session.scalars(wanted)).all()

    async def expired(self, now: datetime) -> Sequence[Upload]:
        """See UploadRepository."""
        return (await self._session.scalars(sa.select(Upload).where(uploads.c.expires_at <= now))).all()

    async def remove(self, upload: Upload) -> None:
        """See UploadRepository."""
        await self._session.execute(sa.delete(Upload).where(uploads.c.id == upload.id))
        self._session.expunge(upload)
