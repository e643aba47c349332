"""Keeping the storage free of what nothing refers to."""

from luminalib.domain.documents import DocumentNotFound
from luminalib.domain.jobs import Job
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.storage import StorageProvider


class FileService:
    """Does the job `delete_files`."""

    def __init__(self, uow: UnitOfWorkFactory, storage: StorageProvider) -> None:
        self._uow = uow
        self._storage = storage

    async def leave_for_sweep(self, job: Job, error: Exception) -> None:
        """Nothing to undo: the book is gone for its readers, and the job stays in the ledger with its reason."""

    async def delete_files(self, job: Job) -> None:
        """Deletes the object that the job names, and all of the document's own once the document is gone."""
        document_id, key = job.payload["document_id"], job.payload["key"]
        async with self._uow.reading(job.tenant_id) as uow:
            try:
                document = await uow.documents.get(document_id)
            except DocumentNotFound:
                document = None
        if document is None or key not in (document.content_key, document.staged_key):
            await self._storage.delete(key)
        if document is None:
            for orphan in [found.key async for found in self._storage.list(f"documents/{document_id}/")]:
                await self._storage.delete(orphan)
