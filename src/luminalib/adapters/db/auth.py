"""Tables and repositories of accounts and sessions."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.schema import UtcDateTime, enum_column, id_column, locked, map_owned, metadata, tenant_column
from luminalib.domain.auth import NO_PASSWORD, Role, Session, User
from luminalib.ports.persistence import SessionRepository, UserRepository

users = sa.Table(
    "users",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("email", sa.String(320), nullable=False),
    sa.Column("password_hash", sa.String(255), nullable=False),
    sa.Column("display_name", sa.String(200), nullable=False),
    sa.Column("role", enum_column(Role), nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("tenant_id", "email"),
    sa.Index("ix_users_tenant_id_created_at", "tenant_id", "created_at", "id"),
)
sessions = sa.Table(
    "sessions",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("refresh_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("rotation", sa.Integer, nullable=False),
    sa.Column("excused", sa.Integer),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("rotated_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("acting_from", sa.String(36)),
)
_IS_ADMIN = (users.c.role.in_((Role.ADMIN, Role.OPERATOR)), users.c.is_active, users.c.password_hash != NO_PASSWORD)
"""Guests are none of the library's own."""
map_owned(User, users)
map_owned(Session, sessions)


class SqlUserRepository(UserRepository):
    """Accounts in the table `users`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, user: User) -> None:
        """See UserRepository."""
        self._session.add(user)

    async def find(self, user_id: str) -> User | None:
        """See UserRepository."""
        return await self._session.scalar(locked(self._session, sa.select(User).where(users.c.id == user_id)))

    async def find_by_email(self, email: str) -> User | None:
        """See UserRepository."""
        return await self._session.scalar(sa.select(User).where(users.c.email == email))

    async def admins(self) -> Sequence[User]:
        """See UserRepository."""
        theirs = sa.select(User).where(*_IS_ADMIN)
        return (await self._session.scalars(theirs.order_by(users.c.id))).all()

    async def has_admin(self, besides: str | None = None) -> bool:
        """See UserRepository."""
        others = sa.and_(*_IS_ADMIN, users.c.id != (besides or ""))
        return await self._session.scalar(sa.select(User).where(others).limit(1)) is not None


class SqlSessionRepository(SessionRepository):
    """Log-ins in the table `sessions`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, session: Session) -> None:
        """See SessionRepository."""
        self._session.add(session)

    async def find(self, session_id: str) -> Session | None:
        """See SessionRepository."""
        return await self._session.scalar(locked(self._session, sa.select(Session).where(sessions.c.id == session_id)))

    async def end_all(self, user_id: str, at: datetime, besides: str | None = None) -> None:
        """See SessionRepository."""
        theirs = sa.and_(sessions.c.user_id == user_id, sessions.c.ended_at.is_(None), sessions.c.id != (besides or ""))
        await self._session.execute(sa.update(sessions).where(theirs).values(ended_at=at))
        self._session.info["unsettled"].add(user_id)  # the unit of work hints at it

    async def end_everybodys(self, at: datetime) -> None:
        """See SessionRepository."""
        ended = sa.update(sessions).where(sessions.c.ended_at.is_(None)).values(ended_at=at).returning(sessions.c.user_id)
        self._session.info["unsettled"].update(await self._session.scalars(ended))

    async def prune(self, user_id: str, before: datetime, keep: int) -> None:
        """See SessionRepository."""
        theirs = sessions.c.user_id == user_id
        over = sa.or_(sessions.c.expires_at < before, sessions.c.ended_at < before)
        await self._session.execute(sa.delete(sessions).where(theirs, over))
        newest = sa.select(sessions.c.id).where(theirs).order_by(sessions.c.rotated_at.desc(), sessions.c.id).limit(keep)
        await self._session.execute(sa.delete(sessions).where(theirs, sessions.c.id.not_in(newest)))
