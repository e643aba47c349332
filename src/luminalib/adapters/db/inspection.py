"""What the database says lies in the storage."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.documents import documents
from luminalib.adapters.db.jobs import jobs
from luminalib.adapters.db.uploads import upload_parts
from luminalib.domain.inspection import FileRow
from luminalib.domain.jobs import JobStatus
from luminalib.domain.pipeline import PROCESS_DOCUMENT, lock_of
from luminalib.ports.persistence import FileIndex


class SqlFileIndex(FileIndex):
    """Documents with their jobs, and pieces of uploads, of one tenant."""

    def __init__(self, session: AsyncSession, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id

    async def documents(self) -> Sequence[FileRow]:
        """See FileIndex."""
        open_jobs = sa.select(jobs.c.lock).where(
            jobs.c.tenant_id == self._tenant_id,
            jobs.c.name == PROCESS_DOCUMENT,
            jobs.c.status.in_((JobStatus.WAITING, JobStatus.RUNNING)),
        )
        worked_on = set(await self._session.scalars(open_jobs))
        c = documents.c
        rows = await self._session.execute(
            sa.select(c.id, c.staged_key, c.content_key, c.cover_key, c.status).where(c.tenant_id == self._tenant_id)
        )
        return [
            FileRow(
                document_id=id_,
                staged_key=staged,
                content_key=kept,
                cover_key=cover,
                status=status,
                has_job=lock_of(id_) in worked_on,
            )
            for id_, staged, kept, cover, status in rows
        ]

    async def parts(self) -> frozenset[str]:
        """See FileIndex."""
        return frozenset(
            await self._session.scalars(sa.select(upload_parts.c.key).where(upload_parts.c.tenant_id == self._tenant_id))
        )
