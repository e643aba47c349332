"""Examining an installation, and mending what can be mended."""

from dataclasses import replace

from luminalib.domain.inspection import Inspection
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.storage import StorageProvider
from luminalib.steps.indexing import IndexTools, behind, catch_up
from luminalib.steps.inspection import inspect, mend


class DoctorService:
    """What `luminalib doctor` asks."""

    def __init__(self, uow: UnitOfWorkFactory, storage: StorageProvider, tools: IndexTools, clock: Clock) -> None:
        self._uow = uow
        self._tools = tools
        self._storage = storage
        self._clock = clock

    async def examine(self, tenant_id: str) -> Inspection:
        """What does not fit together between database, storage and index."""
        found = await inspect(self._uow, self._storage, tenant_id, self._clock.now())
        return replace(found, unindexed=await behind(self._tools, tenant_id))

    async def mend(self, tenant_id: str, found: Inspection) -> None:
        """Deletes files without a document, takes up documents that nobody works on and has the index catch up."""
        await mend(self._uow, self._storage, tenant_id, found, self._clock.now())
        await catch_up(self._tools, tenant_id, found.unindexed, self._clock.now())
