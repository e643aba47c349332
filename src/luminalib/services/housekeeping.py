"""Keeping storage and database free of what nothing refers to or needs any more."""

from datetime import datetime, timedelta

from luminalib.domain import crm, idempotency, incoming, notices, quotas, webhooks
from luminalib.domain.audit import AuditAction, AuditEvent
from luminalib.domain.consensus import update_consensus
from luminalib.domain.documents import DocumentNotFound
from luminalib.domain.inspection import Inspection
from luminalib.domain.jobs import Job
from luminalib.domain.pipeline import sweep
from luminalib.domain.storage_keys import DOCUMENTS, prefix_of
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.storage import StorageProvider
from luminalib.steps.inspection import inspect, mend

AUDIT_KEPT_FOR = timedelta(days=365)
CALLS_KEPT_FOR = timedelta(days=400)
"""Of language models: a year's account."""
UNUSED_VECTORS_KEPT_FOR = timedelta(days=7)
"""Of passages that have gone: a book that is taken away and added again costs its embedding only later than this."""
ANSWERS_KEPT_FOR = timedelta(days=90)
"""So that nothing is asked twice in that time, and what was quoted from a review does not outlive it for longer."""
TASTE_EVENTS_KEPT = 50
"""Of one member about one book: who borrows it more often tells nothing new."""
CATCH_UP = 1000
"""Books whose unread reviews are read with the next sweep: their update was given up."""
PROGRESS_KEPT_FOR = timedelta(days=1)
IMPRESSIONS_KEPT_FOR = timedelta(days=180)


class HousekeepingService:
    """Does the jobs `delete_files` and `sweep`."""

    def __init__(self, uow: UnitOfWorkFactory, storage: StorageProvider, clock: Clock) -> None:
        self._uow = uow
        self._storage = storage
        self._clock = clock

    async def request(self, tenant_id: str) -> None:
        """Has the sweep done in the background."""
        async with self._uow(tenant_id) as uow:
            await uow.enqueue(sweep(tenant_id, self._clock.now()))

    async def sweep(self, job: Job) -> None:
        """Deletes files that belong to nothing and records that nobody will look into any more; the audit log tells of it."""
        async with self._uow(job.tenant_id) as uow:
            now = self._clock.now()
            await uow.audit.forget(now - AUDIT_KEPT_FOR)
            await uow.tastes.trim(TASTE_EVENTS_KEPT)
            await uow.events.forget_progress(now - PROGRESS_KEPT_FOR)
            await uow.notices.forget(before=now - notices.KEPT_FOR)
            await uow.crm.forget_syncs(now - crm.SYNCS_KEPT_FOR)
            await uow.incoming.forget(now - incoming.KEPT_FOR)
            await uow.webhooks.forget(now - webhooks.KEPT_FOR)
            await uow.quotas.forget((now - quotas.KEPT_FOR).date())
            await uow.receipts.forget(before=now - idempotency.KEPT_FOR)
            await uow.grants.close_guests(now)
            await uow.llm.forget(calls_before=now - CALLS_KEPT_FOR, answers_before=now - ANSWERS_KEPT_FOR)
            for book_id in await uow.consensus.behind(CATCH_UP):
                await uow.enqueue(update_consensus(book_id, job.tenant_id, now))
            await uow.recommendations.forget_impressions(now - IMPRESSIONS_KEPT_FOR)
            await uow.passages.forget_vectors(now - UNUSED_VECTORS_KEPT_FOR)
            expired = await uow.uploads.expired(now)
            for upload in expired:
                await uow.uploads.remove(upload)
        for upload in expired:
            for key in [found.key async for found in self._storage.list(upload.prefix)]:
                await self._storage.delete(key)
        found = await inspect(self._uow, self._storage, job.tenant_id, now)
        if not found.is_sound:
            await mend(self._uow, self._storage, job.tenant_id, found, now)
            async with self._uow(job.tenant_id) as uow:
                await uow.audit.append(self._report(found, now))

    def _report(self, found: Inspection, at: datetime) -> AuditEvent:
        swept = AuditAction.STORAGE_SWEPT
        return AuditEvent(action=swept, at=at, actor_id=None, subject_id=None, address=None, detail=str(found))

    async def leave(self, job: Job, error: Exception) -> None:
        """Nothing to undo: nobody sees these files, and the job stays in the ledger with its reason."""

    async def delete_upload(self, job: Job) -> None:
        """Deletes the pieces of an upload that has gone with its account."""
        for key in [found.key async for found in self._storage.list(job.payload["prefix"])]:
            await self._storage.delete(key)

    async def delete_files(self, job: Job) -> None:
        """Deletes the object that the job names, and all of the document's own once the document is gone."""
        document_id, key = job.payload["document_id"], job.payload["key"]
        async with self._uow.reading(job.tenant_id) as uow:
            try:
                document = await uow.documents.get(document_id)
            except DocumentNotFound:
                document = None
        if document is None or key not in (document.content_key, document.staged_key, document.cover_key):
            await self._storage.delete(key)
        if document is None:
            for orphan in [found.key async for found in self._storage.list(f"{prefix_of(job.tenant_id)}{DOCUMENTS}{document_id}/")]:
                await self._storage.delete(orphan)
