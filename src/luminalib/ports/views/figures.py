"""Figures, as those who watch over the library read them."""

from abc import ABC, abstractmethod
from datetime import datetime

from luminalib.domain.figures import Figures


class FigureViews(ABC):
    """Counts of what is open."""

    @abstractmethod
    async def read(self, tenant_id: str, now: datetime) -> Figures:
        """All of them. Raises DatabaseUnavailable."""
