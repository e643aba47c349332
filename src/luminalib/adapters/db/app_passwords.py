"""Table and repository of passwords for devices."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.schema import UtcDateTime, id_column, map_owned, metadata, tenant_column
from luminalib.domain.app_passwords import AppPassword
from luminalib.ports.persistence import AppPasswordRepository

app_passwords = sa.Table(
    "app_passwords",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("last_used_at", UtcDateTime),
)
map_owned(AppPassword, app_passwords)


class SqlAppPasswordRepository(AppPasswordRepository):
    """Device passwords in the table `app_passwords`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, app_password: AppPassword) -> None:
        """See AppPasswordRepository."""
        self._session.add(app_password)

    async def find_by_digest(self, digest: str) -> AppPassword | None:
        """See AppPasswordRepository."""
        return await self._session.scalar(sa.select(AppPassword).where(app_passwords.c.digest == digest))

    async def list(self, user_id: str) -> list[AppPassword]:
        """See AppPasswordRepository."""
        theirs = sa.select(AppPassword).where(app_passwords.c.user_id == user_id).order_by(app_passwords.c.created_at)
        return list(await self._session.scalars(theirs))

    async def remove(self, app_password: AppPassword) -> None:
        """See AppPasswordRepository."""
        await self._session.delete(app_password)
