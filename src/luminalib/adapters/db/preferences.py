"""Table and repository of explicit preferences."""

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.schema import UtcDateTime, metadata, tenant_column
from luminalib.domain.preferences import Preferences, Taste
from luminalib.ports.persistence import PreferencesRepository

preferences = sa.Table(
    "preferences",
    metadata,
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    tenant_column(),
    sa.Column("tags", sa.JSON, nullable=False),
    sa.Column("authors", sa.JSON, nullable=False),
    sa.Column("excluded_tags", sa.JSON, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)
_OF_MEMBER = sa.and_(preferences.c.tenant_id == sa.bindparam("tenant"), preferences.c.user_id == sa.bindparam("user"))
_STATED = sa.select(preferences).where(_OF_MEMBER)


class SqlPreferencesRepository(PreferencesRepository):
    """One row per member in the table `preferences`; tastes as JSON lists of {name, weight}."""

    def __init__(self, session: AsyncSession, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id

    async def get(self, user_id: str) -> Preferences:
        """See PreferencesRepository."""
        row = (await self._session.execute(_STATED, self._member(user_id))).one_or_none()
        if row is None:
            return Preferences(user_id=user_id)
        return Preferences(
            user_id=user_id,
            tags=[Taste(**taste) for taste in row.tags],
            authors=[Taste(**taste) for taste in row.authors],
            excluded_tags=row.excluded_tags,
            updated_at=row.updated_at,
        )

    async def save(self, stated: Preferences) -> None:
        """See PreferencesRepository."""
        await self.remove(stated.user_id)
        await self._session.execute(sa.insert(preferences).values(asdict(stated) | {"tenant_id": self._tenant_id}))

    async def remove(self, user_id: str) -> None:
        """See PreferencesRepository."""
        await self._session.execute(sa.delete(preferences).where(_OF_MEMBER), self._member(user_id))

    def _member(self, user_id: str) -> dict[str, str]:
        return {"tenant": self._tenant_id, "user": user_id}
