"""Table and repository of agents' runs."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.schema import UtcDateTime, enum_column, id_column, locked, map_owned, metadata, tenant_column
from luminalib.domain.agents import AgentName, AgentRun, AgentRunNotFound, RunState
from luminalib.ports.persistence import AgentRunRepository

agent_runs = sa.Table(
    "agent_runs",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("agent", enum_column(AgentName), nullable=False),
    sa.Column("inquiry_id", sa.ForeignKey("inquiries.id", ondelete="CASCADE"), index=True),
    sa.Column("input", sa.Text),
    sa.Column("output", sa.JSON, nullable=False),
    sa.Column("evidence", sa.JSON, nullable=False),
    sa.Column("citations", sa.JSON, nullable=False),
    sa.Column("usage", sa.JSON, nullable=False),
    sa.Column("cost", sa.Float, nullable=False),
    sa.Column("created_by", sa.ForeignKey("users.id", ondelete="SET NULL")),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("state", enum_column(RunState), nullable=False),
    sa.Column("edited", sa.Text),
    sa.Column("approved_by", sa.ForeignKey("users.id", ondelete="SET NULL")),
    sa.Column("approved_at", UtcDateTime),
    sa.Index("ix_agent_runs_tenant_id_created_at", "tenant_id", "created_at"),
)
map_owned(AgentRun, agent_runs)


class SqlAgentRunRepository(AgentRunRepository):
    """The table `agent_runs`."""

    def __init__(self, session: AsyncSession, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id

    async def add(self, run: AgentRun) -> None:
        """See AgentRunRepository."""
        self._session.add(run)
        await self._session.flush()

    async def get(self, run_id: str) -> AgentRun:
        """See AgentRunRepository."""
        found = await self._session.scalar(locked(self._session, sa.select(AgentRun).where(agent_runs.c.id == run_id)))
        if found is None:
            raise AgentRunNotFound
        return found

    async def empty(self, before: datetime) -> None:
        """See AgentRunRepository."""
        c = agent_runs.c
        old = sa.and_(c.tenant_id == self._tenant_id, c.created_at < before)
        named = sa.and_(old, c.agent == AgentName.EXTRACT)
        await self._session.execute(sa.update(agent_runs).where(named).values(output={"mentions": []}))
        await self._session.execute(sa.update(agent_runs).where(old, c.input.is_not(None)).values(input=None))
