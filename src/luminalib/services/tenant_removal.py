"""Removing a tenant with all that it has."""

import structlog

from luminalib.domain.audit import AuditAction, AuditEvent
from luminalib.domain.jobs import Job
from luminalib.domain.storage_keys import prefix_of
from luminalib.ports.clock import Clock
from luminalib.ports.passage_index import PassageIndex
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.storage import StorageProvider

log = structlog.get_logger(__name__)


class TenantRemovalService:
    """Does the job `remove_tenant`: index, then rows, then objects, so that a crash leaves at most what nobody refers to."""

    def __init__(self, uow: UnitOfWorkFactory, storage: StorageProvider, index: PassageIndex, clock: Clock) -> None:
        self._uow = uow
        self._storage = storage
        self._index = index
        self._clock = clock

    async def remove(self, job: Job) -> None:
        """Removes everything; may be done again at any point. The audit log of the main tenant says what there was."""
        slug: str = job.payload["slug"]
        for document_id in await self._index.states(slug):
            await self._index.remove(slug, document_id)
        async with self._uow(slug) as uow:
            rows = await uow.tenants.remove_everything()
        objects = 0
        for prefix in (prefix_of(slug), f"recommender/{slug}/"):
            for key in [found.key async for found in self._storage.list(prefix)]:
                await self._storage.delete(key)
                objects += 1
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

    async def _left(self, slug: str) -> dict[str, int]:
        async with self._uow.reading(slug) as uow:
            rows = await uow.tenants.count_everything()
        objects = len([found async for found in self._storage.list(prefix_of(slug))])
        return rows | {"files": objects, "passages in the index": len(await self._index.states(slug))}
