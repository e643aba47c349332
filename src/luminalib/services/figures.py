"""Figures for monitoring."""

from collections.abc import Callable

from luminalib.domain.figures import Figures
from luminalib.ports.clock import Clock
from luminalib.ports.views import FigureViews
from luminalib.steps.shared_reads import SharedReads

PATIENCE = 5.0
"""How old, in seconds, figures are at most: who asks more often costs no more."""


class FigureService:
    """Counts what is open, at most every few seconds. `connections` tells how many of the database's are taken."""

    def __init__(self, views: FigureViews, clock: Clock, connections: Callable[[], int], *, tenant_id: str) -> None:
        self._views = views
        self._clock = clock
        self.connections = connections
        self._tenant_id = tenant_id
        self._shared: SharedReads[str, Figures] = SharedReads()

    async def read(self) -> Figures:
        """The figures of now, or of a few seconds ago. Raises Unavailable."""
        return await self._shared.get("all", self._look, PATIENCE)

    async def _look(self) -> Figures:
        return await self._views.read(self._tenant_id, self._clock.now())
