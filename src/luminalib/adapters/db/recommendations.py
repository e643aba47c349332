"""Models, impressions, and the catalogue as recommenders see it."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.books import books
from luminalib.adapters.db.documents import summaries
from luminalib.adapters.db.loans import loans
from luminalib.adapters.db.reviews import reviews
from luminalib.adapters.db.schema import BIG_ID, UtcDateTime, metadata, tenant_column
from luminalib.adapters.db.tastes import WANTED, impressions, taste_events
from luminalib.domain.recommendations import (
    BookProfile,
    CatalogueState,
    Impression,
    ModelRecord,
    Strategy,
    Taken,
    series_of,
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
_TENANT: sa.BindParameter[str] = sa.bindparam("tenant")
# Asked before every answer, and made once: making them costs more than running them.
_STATE = sa.select(
    *(
        part.scalar_subquery()
        for part in (
            sa.select(sa.func.max(books.c.updated_at)).where(books.c.tenant_id == _TENANT),
            sa.select(sa.func.max(summaries.c.generated_at)).where(summaries.c.tenant_id == _TENANT),
            sa.select(sa.func.max(recommender_models.c.id)).where(recommender_models.c.tenant_id == _TENANT),
        )
    )
)
_SIZE = sa.select(sa.func.count()).select_from(books).where(books.c.tenant_id == _TENANT)
_HAD = sa.union(
    *(
        sa.select(table.c.book_id).where(table.c.tenant_id == _TENANT, table.c.user_id == sa.bindparam("user"))
        for table in (loans, reviews)
    )
)


class SqlRecommendationRepository(RecommendationRepository):
    """The tables `recommender_models` and `impressions`, and `books` joined with `summaries`."""

    def __init__(self, session: AsyncSession, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._models = recommender_models.c.tenant_id == tenant_id

    async def state(self) -> CatalogueState:
        """See RecommendationRepository."""
        row = (await self._session.execute(_STATE, {"tenant": self._tenant_id})).one()
        return CatalogueState(changed_at=row[0], summarised_at=row[1], model=row[2])

    async def size(self) -> int:
        """See RecommendationRepository."""
        return await self._session.scalar(_SIZE, {"tenant": self._tenant_id}) or 0

    async def catalogue(self) -> list[BookProfile]:
        """See RecommendationRepository."""
        c = books.c
        columns = (c.id, c.title, c.authors, c.tags, c.language, c.published_year, c.description, c.created_at)
        wanted = (
            sa.select(*columns, summaries.c.summary, summaries.c.key_topics)
            .outerjoin(summaries, summaries.c.document_id == c.document_id)
            .where(c.tenant_id == self._tenant_id)
            .order_by(c.created_at, c.id)
        )
        return [_profile(row) for row in await self._session.execute(wanted)]

    async def had(self, user_id: str) -> frozenset[str]:
        """See RecommendationRepository."""
        return frozenset(await self._session.scalars(_HAD, {"tenant": self._tenant_id, "user": user_id}))

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


def _profile(row: sa.Row[*tuple[object, ...]]) -> BookProfile:
    series = series_of(row.title)
    return BookProfile(
        id=row.id,
        title=row.title,
        authors=tuple(row.authors),
        series=series[0] if series else None,
        volume=series[1] if series else None,
        tags=tuple(row.tags),
        topics=tuple(row.key_topics or ()),
        language=row.language,
        year=row.published_year,
        text=" ".join(part for part in (row.description, row.summary) if part),
        added_at=row.created_at,
    )
