"""Tables and repository of inquiries."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.schema import BIG_ID, UtcDateTime, enum_column, id_column, locked, map_owned, metadata, tenant_column
from luminalib.domain.inquiries import Inquiry, InquiryNotFound, InquiryRecord, InquiryState, InquiryStep
from luminalib.domain.triage import InquiryIntent, IntentModel, LabelledFeatures, TriageMethod
from luminalib.ports.persistence import InquiryRepository


def _of_inquiry(*, is_key: bool = False) -> sa.Column[str]:
    return sa.Column("inquiry_id", sa.ForeignKey("inquiries.id", ondelete="CASCADE"), nullable=False, primary_key=is_key)


inquiries = sa.Table(
    "inquiries",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("message", sa.Text),
    sa.Column("stated", sa.JSON, nullable=False),
    sa.Column("region", sa.String(2)),
    sa.Column("source", sa.String(100)),
    sa.Column("created_by", sa.ForeignKey("users.id", ondelete="SET NULL")),
    sa.Column("request_id", sa.String(64)),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("state", enum_column(InquiryState), nullable=False),
    sa.Column("intent", enum_column(InquiryIntent), nullable=False),
    sa.Column("raw_confidence", sa.Float, nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("low_confidence", sa.Boolean, nullable=False),
    sa.Column("method", enum_column(TriageMethod), nullable=False),
    sa.Column("evidence", sa.JSON, nullable=False),
    sa.Column("name", sa.String(200)),
    sa.Column("email", sa.String(320)),
    sa.Column("phone", sa.String(32)),
    sa.Column("budget", sa.JSON(none_as_null=True)),
    sa.Column("score", sa.Integer),
    sa.Column("provider", sa.String(64), nullable=False),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("prompt", sa.String(200), nullable=False),
    sa.Column("awaits_model", sa.Boolean, nullable=False),
    sa.Column("is_confirmed", sa.Boolean, nullable=False),
    sa.Index("ix_inquiries_tenant_id_created_at", "tenant_id", "created_at", "id"),
    sa.Index("ix_inquiries_figures", "tenant_id", "intent", "method", "state"),  # counted from it alone
    sa.Index("ix_inquiries_state", "tenant_id", "state", "created_at"),
    sa.Index("ix_inquiries_intent", "tenant_id", "intent", "created_at"),
    sa.Index("ix_inquiries_created_by", "tenant_id", "created_by", "created_at"),
)
inquiry_steps = sa.Table(
    "inquiry_steps",
    metadata,
    sa.Column("id", BIG_ID, primary_key=True, autoincrement=True),
    tenant_column(),
    _of_inquiry(),
    sa.Column("step", enum_column(InquiryStep), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("provider", sa.String(64)),
    sa.Column("model", sa.String(200)),
    sa.Column("prompt", sa.String(200)),
    sa.Column("confidence", sa.Float),
    sa.Column("detail", sa.Text),
    sa.Column("request_id", sa.String(64)),
    sa.Index("ix_inquiry_steps_inquiry_id", "inquiry_id", "id"),
)
inquiry_labels = sa.Table(
    "inquiry_labels",
    metadata,
    _of_inquiry(is_key=True),
    tenant_column(),
    sa.Column("intent", enum_column(InquiryIntent), nullable=False),
    sa.Column("features", sa.JSON, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_inquiry_labels_tenant_id_intent", "tenant_id", "intent"),
)
intent_models = sa.Table(
    "intent_models",
    metadata,
    sa.Column("id", BIG_ID, primary_key=True, autoincrement=True),
    tenant_column(),
    sa.Column("storage_key", sa.String(255), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("examples", sa.Integer, nullable=False),
    sa.Column("accuracy", sa.Float, nullable=False),
    sa.Column("trained_at", UtcDateTime, nullable=False),
    sa.Index("ix_intent_models_tenant_id_id", "tenant_id", "id"),
    sqlite_autoincrement=True,  # a version is never given twice
)
map_owned(Inquiry, inquiries)


class SqlInquiryRepository(InquiryRepository):
    """Inquiries in `inquiries`, their history in `inquiry_steps`, what people said of them in `inquiry_labels`."""

    def __init__(self, session: AsyncSession, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id

    async def add(self, new: Sequence[Inquiry]) -> None:
        """See InquiryRepository."""
        self._session.add_all(new)
        await self._session.flush()

    async def get(self, inquiry_id: str) -> Inquiry:
        """See InquiryRepository."""
        found = await self._session.scalar(locked(self._session, sa.select(Inquiry).where(inquiries.c.id == inquiry_id)))
        if found is None:
            raise InquiryNotFound
        return found

    async def has(self, inquiry_id: str) -> bool:
        """See InquiryRepository."""
        return await self._session.scalar(sa.select(inquiries.c.id).where(self._own, inquiries.c.id == inquiry_id)) is not None

    async def open_of(self, email: str, limit: int) -> Sequence[Inquiry]:
        """See InquiryRepository."""
        c = inquiries.c
        theirs = sa.select(Inquiry).where(sa.func.lower(c.email) == email, c.state != InquiryState.CLOSED)
        newest = theirs.order_by(c.created_at.desc(), c.id).limit(limit)
        return (await self._session.scalars(locked(self._session, newest))).all()

    async def record(self, steps: Sequence[InquiryRecord]) -> None:
        """See InquiryRepository."""
        if steps:
            await self._session.execute(sa.insert(inquiry_steps), [asdict(step) | {"tenant_id": self._tenant_id} for step in steps])

    async def count_since(self, user_id: str | None, since: datetime) -> int:
        """See InquiryRepository."""
        c = inquiries.c
        counted = sa.select(sa.func.count()).select_from(inquiries)
        return await self._session.scalar(counted.where(self._own, c.created_by == user_id, c.created_at >= since)) or 0

    async def label(self, inquiry_id: str, intent: InquiryIntent, features: Sequence[int], at: datetime) -> None:
        """See InquiryRepository."""
        mine = sa.and_(inquiry_labels.c.tenant_id == self._tenant_id, inquiry_labels.c.inquiry_id == inquiry_id)
        await self._session.execute(sa.delete(inquiry_labels).where(mine))
        values = {"inquiry_id": inquiry_id, "tenant_id": self._tenant_id, "intent": intent, "features": list(features), "at": at}
        await self._session.execute(sa.insert(inquiry_labels).values(values))

    async def count_labels(self, since: datetime | None = None) -> dict[InquiryIntent, int]:
        """See InquiryRepository."""
        c = inquiry_labels.c
        counts = sa.select(c.intent, sa.func.count()).where(c.tenant_id == self._tenant_id).group_by(c.intent)
        rows = await self._session.execute(counts if since is None else counts.where(c.at > since))
        return {intent: count for intent, count in rows}  # noqa: C416 -- rows are no pairs to dict()

    async def labels(self, limit: int) -> list[LabelledFeatures]:
        """See InquiryRepository."""
        c = inquiry_labels.c
        latest = sa.select(c.intent, c.features).where(c.tenant_id == self._tenant_id).order_by(c.at.desc(), c.inquiry_id)
        rows = await self._session.execute(latest.limit(limit))
        return [LabelledFeatures(intent=intent, features=features) for intent, features in rows]

    async def add_model(self, model: IntentModel) -> None:
        """See InquiryRepository."""
        values = {key: value for key, value in asdict(model).items() if key != "version"}
        await self._session.execute(sa.insert(intent_models).values(values | {"tenant_id": self._tenant_id}))

    async def models(self) -> list[IntentModel]:
        """See InquiryRepository."""
        wanted = sa.select(intent_models).where(intent_models.c.tenant_id == self._tenant_id).order_by(intent_models.c.id.desc())
        rows = (await self._session.execute(wanted)).mappings()
        return [IntentModel(version=row["id"], **{k: v for k, v in row.items() if k not in ("id", "tenant_id")}) for row in rows]

    async def remove_model(self, version: int) -> None:
        """See InquiryRepository."""
        mine = sa.and_(intent_models.c.tenant_id == self._tenant_id, intent_models.c.id == version)
        await self._session.execute(sa.delete(intent_models).where(mine))

    async def empty(self, before: datetime, at: datetime, limit: int) -> int:
        """See InquiryRepository."""
        c = inquiries.c
        old = sa.select(c.id).where(self._own, c.created_at < before, c.message.is_not(None)).order_by(c.created_at).limit(limit)
        ids = [*await self._session.scalars(old)]
        if ids:
            emptied = sa.update(inquiries).where(self._own, c.id.in_(ids)).values(message=None, evidence=[], updated_at=at)
            await self._session.execute(emptied)
            await self.record([InquiryRecord(inquiry_id=one, step=InquiryStep.EMPTIED, at=at) for one in ids])
        return len(ids)

    async def forget(self, user_id: str) -> None:
        """See InquiryRepository."""
        await self._session.execute(sa.delete(inquiries).where(self._own, inquiries.c.created_by == user_id))

    @property
    def _own(self) -> sa.ColumnElement[bool]:
        return inquiries.c.tenant_id == self._tenant_id
