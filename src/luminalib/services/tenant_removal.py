"""Removing a tenant with all that it has."""

import structlog

from luminalib.domain.audit import AuditAction, AuditEvent
from luminalib.domain.jobs import Job
from luminalib.domain.storage_keys import prefix_of
from luminalib.domain.tenants import TenantNotFound
from luminalib.ports.clock import Clock
from luminalib.ports.passage_index import PassageIndex
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.storage import StorageProvider

log = structlog.get_logger(__name__)


class TenantRemovalService:
    """Does the job `remove_tenant`: index, then objects, and rows at last, in one transaction with the record that holds the name.

    Whoever takes the name next, by founding or importing, finds nothing of it, and loses nothing to what is still at work.
    """

    def __init__(self, uow: UnitOfWorkFactory, storage: StorageProvider, index: PassageIndex, clock: Clock) -> None:
        self._uow = uow
        self._storage = storage
        self._index = index
        self._clock = clock

    async def remove(self, job: Job) -> None:
        """Removes everything; may be done again at any point. The audit log of the main tenant says what there was."""
        slug: str = job.payload["slug"]
        if not await self._is_to_go(slug):
            return
        for document_id in await self._index.states(slug):
            await self._index.remove(slug, document_id)
        objects = 0
        for prefix in (prefix_of(slug), f"recommender/{slug}/"):
            for key in [found.key async for found in self._storage.list(prefix)]:
                await self._storage.delete(key)
                objects += 1
        async with self._uow(slug) as uow:
            rows = await uow.tenants.remove_everything()
        left = {name: count for name, count in (await self._left(slug)).items() if count}
        async with self._uow(job.tenant_id) as uow:
            said = ", ".join(f"{count} {name}" for name, count in sorted(rows.items()) if count)
            detail = f"{slug}: {said}, {objects} files; {'nothing is left' if not left else f'left: {left}'}"
            removed = AuditAction.TENANT_REMOVED
            at = self._clock.now()
            await uow.audit.append(
                AuditEvent(action=removed, at=at, actor_id=None, subject_id=None, address=None, detail=detail[:2000])
            )
        log.info("tenant.removed", slug=slug, rows=sum(rows.values()), objects=objects, left=left)

    async def leave(self, job: Job, error: Exception) -> None:
        """Nothing to undo: the tenant stays suspended, and removing it may be asked for again."""

    async def _is_to_go(self, slug: str) -> bool:
        """Whether it is there and suspended: after a crash it may be gone already, and another library have its name."""
        async with self._uow.reading(slug) as uow:
            try:
                return not (await uow.tenants.get()).is_active
            except TenantNotFound:
                return False

    async def _left(self, slug: str) -> dict[str, int]:
        async with self._uow.reading(slug) as uow:
            rows = await uow.tenants.count_everything()
        objects = len([found async for found in self._storage.list(prefix_of(slug))])
        return rows | {"files": objects, "passages in the index": len(await self._index.states(slug))}
