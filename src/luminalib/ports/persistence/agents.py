"""What agents made."""

from abc import ABC, abstractmethod
from datetime import datetime

from luminalib.domain.agents import AgentRun


class AgentRunRepository(ABC):
    """Runs of agents."""

    @abstractmethod
    async def add(self, run: AgentRun) -> None:
        """Keeps a new one."""

    @abstractmethod
    async def get(self, run_id: str) -> AgentRun:
        """One, held until the unit ends. Raises AgentRunNotFound."""

    @abstractmethod
    async def empty(self, before: datetime) -> None:
        """Takes what quotes a message out of runs from before then."""
