"""Examining an installation, and mending what can be mended."""

from luminalib.domain.inspection import Inspection
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.storage import StorageProvider
from luminalib.steps.inspection import inspect, mend


class DoctorService:
    """What `luminalib doctor` asks."""

    def __init__(self, uow: UnitOfWorkFactory, storage: StorageProvider, clock: Clock) -> None:
        self._uow = uow
        self._storage = storage
        self._clock = clock

    async def examine(self, tenant_id: str) -> Inspection:
        """What does not fit together between database and storage."""
        return await inspect(self._uow, self._storage, tenant_id, self._clock.now())

    async def mend(self, tenant_id: str, found: Inspection) -> None:
        """Deletes files without a document and takes up documents that nobody works on."""
        await mend(self._uow, self._storage, tenant_id, found, self._clock.now())
