"""Table and repository of support grants."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.auth import users
from luminalib.adapters.db.schema import UtcDateTime, enum_column, id_column, locked, map_owned, metadata, tenant_column
from luminalib.domain.auth import NO_PASSWORD, Role, Session
from luminalib.domain.grants import REASON_MAX, Grant, GrantEnd
from luminalib.ports.persistence import GrantRepository

support_grants = sa.Table(
    "support_grants",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("operator_id", sa.String(36), nullable=False),
    sa.Column("operator_email", sa.String(320), nullable=False),
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("session_id", sa.String(36), nullable=False),
    sa.Column("role", enum_column(Role), nullable=False),
    sa.Column("reason", sa.String(REASON_MAX), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("ended_by", enum_column(GrantEnd)),
    sa.Index("ix_support_grants_tenant_id_created_at", "tenant_id", "created_at", "id"),
)
map_owned(Grant, support_grants)
_G = support_grants.c


class SqlGrantRepository(GrantRepository):
    """The table `support_grants`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, grant: Grant, session: Session) -> None:
        """See GrantRepository."""
        await self._session.flush()  # the account, which both refer to
        self._session.add_all([grant, session])

    async def find(self, grant_id: str) -> Grant | None:
        """See GrantRepository."""
        return await self._session.scalar(locked(self._session, sa.select(Grant).where(_G.id == grant_id)))

    async def find_open(self, operator_id: str, now: datetime) -> Grant | None:
        """See GrantRepository."""
        is_open = _G.ended_at.is_(None) & (_G.expires_at > now)
        return await self._session.scalar(sa.select(Grant).where(_G.operator_id == operator_id, is_open))

    async def of_guest(self, user_id: str, session_id: str) -> Grant | None:
        """See GrantRepository."""
        return await self._session.scalar(sa.select(Grant).where(_G.user_id == user_id, _G.session_id == session_id))

    async def close_guests(self, now: datetime) -> None:
        """See GrantRepository."""
        own = _G.tenant_id == self._session.info["tenant_id"]
        at_work = sa.select(_G.user_id).where(own, _G.ended_at.is_(None), _G.expires_at > now)
        over = users.c.password_hash == NO_PASSWORD, users.c.is_active, users.c.id.not_in(at_work)
        await self._session.execute(sa.update(users).where(*over).values(is_active=False))
