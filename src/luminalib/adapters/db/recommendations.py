"""Models and impressions."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.schema import BIG_ID, UtcDateTime, metadata, tenant_column
from luminalib.adapters.db.tastes import WANTED, impressions, taste_events
from luminalib.domain.recommendations import (
    Impression,
    ModelRecord,
    Strategy,
    Taken,
)
from luminalib.domain.tastes import TasteKind
from luminalib.ports.persistence import RecommendationRepository

recommender_models = sa.Table(
    "recommender_models",
    metadata,
    sa.Column("id", BIG_ID, primary_key=True, autoincrement=True),
    tenant_column(),
    sa.Column("recommender", sa.String(32), nullable=False),
    sa.Column("storage_key", sa.String(255), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("byte_size", sa.BigInteger, nullable=False),
    sa.Column("books", sa.Integer, nullable=False),
    sa.Column("readers", sa.Integer, nullable=False),
    sa.Column("events", sa.Integer, nullable=False),
    sa.Column("last_event_id", sa.BigInteger, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("trained_at", UtcDateTime, nullable=False),
    sa.Index("ix_recommender_models_tenant_id_id", "tenant_id", "id"),
    sqlite_autoincrement=True,  # a version is never given twice
)
_SHOWN = [field.name for field in fields(Impression)]


class SqlRecommendationRepository(RecommendationRepository):
    """The tables `recommender_models` and `impressions`."""

    def __init__(self, session: AsyncSession, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._models = recommender_models.c.tenant_id == tenant_id

    async def add_model(self, model: ModelRecord) -> None:
        """See RecommendationRepository."""
        values = asdict(model) | {"tenant_id": self._tenant_id}
        del values["version"]
        await self._session.execute(sa.insert(recommender_models).values(values))

    async def models(self) -> list[ModelRecord]:
        """See RecommendationRepository."""
        wanted = sa.select(recommender_models).where(self._models).order_by(recommender_models.c.id.desc())
        rows = (await self._session.execute(wanted)).mappings()
        return [ModelRecord(version=row["id"], **{k: v for k, v in row.items() if k not in ("id", "tenant_id")}) for row in rows]

    async def remove_model(self, version: int) -> None:
        """See RecommendationRepository."""
        await self._session.execute(sa.delete(recommender_models).where(self._models, recommender_models.c.id == version))

    async def show(self, shown: Sequence[Impression]) -> None:
        """See RecommendationRepository."""
        if not shown:
            return
        # Both dialects know ON CONFLICT, by statements of their own.
        insert = sqlite.insert if self._session.get_bind().dialect.name == "sqlite" else postgresql.insert
        own = {"tenant_id": self._tenant_id}
        rows = [own | {"day": one.at.date()} | {name: getattr(one, name) for name in _SHOWN} for one in shown]
        await self._session.execute(insert(impressions).on_conflict_do_nothing(), rows)

    async def taken(self, since: date) -> list[Taken]:
        """See RecommendationRepository."""
        c, e = impressions.c, taste_events.c
        followed = sa.and_(e.tenant_id == c.tenant_id, e.user_id == c.user_id, e.book_id == c.book_id, e.at >= c.at)
        took = sa.exists().where(followed, e.kind.in_((*WANTED, TasteKind.RATED)))
        groups = (c.day, c.strategy, c.recommender)
        wanted = (
            sa.select(*groups, sa.func.count(), sa.func.sum(sa.case((took, 1), else_=0)))
            .where(c.tenant_id == self._tenant_id, c.day >= since)
            .group_by(*groups)
            .order_by(*groups)
        )
        rows = await self._session.execute(wanted)
        return [
            Taken(day=day, strategy=Strategy(strategy), recommender=recommender, shown=shown, taken=taken)
            for day, strategy, recommender, shown, taken in rows
        ]

    async def forget_impressions(self, before: datetime) -> None:
        """See RecommendationRepository."""
        old = sa.and_(impressions.c.tenant_id == self._tenant_id, impressions.c.day < before.date())
        await self._session.execute(sa.delete(impressions).where(old))
