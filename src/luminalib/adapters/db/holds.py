"""Table and repository of holds."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.auth import users
from luminalib.adapters.db.books import books
from luminalib.adapters.db.documents import documents
from luminalib.adapters.db.loans import loans
from luminalib.adapters.db.schema import UtcDateTime, enum_column, id_column, map_owned, metadata, tenant_column
from luminalib.domain.documents import DocumentStatus
from luminalib.domain.holds import ACTIVE, Hold, HoldState
from luminalib.domain.loans import Loan, Standing
from luminalib.ports.persistence import HoldRepository

holds = sa.Table(
    "holds",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("book_id", sa.ForeignKey("books.id", ondelete="CASCADE"), nullable=False),
    sa.Column("user_id", sa.ForeignKey("users.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("placed_at", UtcDateTime, nullable=False),
    sa.Column("state", enum_column(HoldState), nullable=False),
    sa.Column("ready_at", UtcDateTime),
    sa.Column("ready_until", UtcDateTime),
    sa.Column("ended_at", UtcDateTime),
    sa.UniqueConstraint("book_id", "number"),
    sa.Index(
        "uq_holds_active",
        "tenant_id",
        "book_id",
        "user_id",
        unique=True,
        sqlite_where=sa.text("state IN ('waiting', 'ready')"),
        postgresql_where=sa.text("state IN ('waiting', 'ready')"),
    ),
    sa.Index("ix_holds_user_id", "tenant_id", "user_id", "placed_at"),
    sa.Index("ix_holds_ready_until", "tenant_id", "state", "ready_until"),
)
map_owned(Hold, holds)
IS_ACTIVE = holds.c.state.in_(ACTIVE)


class SqlHoldRepository(HoldRepository):
    """Holds in the table `holds`; a partial unique index allows one active hold per member and book."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, hold: Hold) -> None:
        """See HoldRepository."""
        self._session.add(hold)

    async def standing(self, user_id: str, book_id: str, now: datetime) -> Standing:
        """See HoldRepository."""
        facts = {"tenant_id": self._session.info["tenant_id"], "user_id": user_id, "book_id": book_id, "now": now}
        loan, hold, *counts = (await self._session.execute(_STANDING, facts)).one()
        return Standing(loan=loan, hold=hold, **dict(zip(_FACTS, counts, strict=True)))

    async def line(self, book_id: str) -> list[Hold]:
        """See HoldRepository."""
        wanted = sa.select(Hold).where(holds.c.book_id == book_id, IS_ACTIVE).order_by(holds.c.number)
        return [*await self._session.scalars(wanted)]

    async def save(self) -> None:
        """See HoldRepository."""
        await self._session.flush()

    async def find(self, hold_id: str) -> Hold | None:
        """See HoldRepository."""
        return await self._session.scalar(sa.select(Hold).where(holds.c.id == hold_id))

    async def active_of(self, user_id: str) -> list[Hold]:
        """See HoldRepository."""
        return [*await self._session.scalars(sa.select(Hold).where(holds.c.user_id == user_id, IS_ACTIVE))]

    async def lapsed_books(self, now: datetime) -> list[str]:
        """See HoldRepository."""
        lapsed = sa.select(holds.c.book_id).select_from(Hold).where(holds.c.state == HoldState.READY, holds.c.ready_until <= now)
        return [*await self._session.scalars(lapsed.distinct())]

    async def forget(self, user_id: str) -> None:
        """See HoldRepository."""
        await self._session.execute(sa.delete(Hold).where(holds.c.user_id == user_id, ~IS_ACTIVE))


def _counts() -> list[sa.ScalarSelect[Any]]:
    tenant_id, user_id, book_id = (sa.bindparam(name, type_=sa.String) for name in ("tenant_id", "user_id", "book_id"))
    now = sa.bindparam("now", type_=UtcDateTime)
    out, held = loans.alias(), holds.alias()
    is_out = sa.and_(out.c.tenant_id == tenant_id, out.c.returned_at.is_(None))
    in_line = sa.and_(held.c.tenant_id == tenant_id, held.c.book_id == book_id)
    is_ready = sa.and_(in_line, held.c.state == HoldState.READY)
    waits = sa.and_(in_line, held.c.state == HoldState.WAITING)
    stands_before = sa.or_(holds.c.number.is_(None), held.c.number < holds.c.number)
    counted = sa.func.count()
    return [
        sa.select(counted).select_from(out).where(is_out, out.c.user_id == user_id).scalar_subquery(),
        sa.select(counted)
        .select_from(held)
        .where(held.c.tenant_id == tenant_id, held.c.user_id == user_id, held.c.state.in_(ACTIVE))
        .scalar_subquery(),
        sa.select(counted).select_from(out).where(is_out, out.c.book_id == book_id).scalar_subquery(),
        sa.select(sa.func.min(out.c.due_at)).where(is_out, out.c.book_id == book_id).scalar_subquery(),
        sa.select(counted).select_from(held).where(is_ready, held.c.ready_until > now).scalar_subquery(),
        sa.select(counted).select_from(held).where(waits).scalar_subquery(),
        sa.select(counted).select_from(held).where(waits, stands_before).correlate(holds).scalar_subquery(),
        sa.select(sa.func.coalesce(sa.func.max(held.c.number), 0)).where(in_line).scalar_subquery(),
        sa.select(counted > 0).select_from(held).where(is_ready, held.c.ready_until <= now).scalar_subquery(),
        sa.select(counted > 0)
        .select_from(books.join(documents, documents.c.id == books.c.document_id))
        .where(books.c.id == book_id, books.c.tenant_id == tenant_id, documents.c.status == DocumentStatus.FAILED)
        .scalar_subquery(),
    ]


def _standing() -> sa.Select[*tuple[Any, ...]]:
    """All facts in one statement: the member's loan and hold of the book as entities, everything else counted by indexes."""
    own_loan = sa.and_(loans.c.user_id == users.c.id, loans.c.book_id == sa.bindparam("book_id"), loans.c.returned_at.is_(None))
    own_hold = sa.and_(holds.c.user_id == users.c.id, holds.c.book_id == sa.bindparam("book_id"), IS_ACTIVE)
    joined = sa.select(Loan, Hold, *_counts()).select_from(users).outerjoin(Loan, own_loan).outerjoin(Hold, own_hold)
    return joined.where(users.c.id == sa.bindparam("user_id"))


_STANDING = _standing()  # built once: that costs more than asking it
_FACTS = (
    *("open_loans", "open_holds", "copies_out", "next_due_at", "ready", "waiting", "ahead", "last_number"),
    *("has_lapsed", "is_unreadable"),
)
