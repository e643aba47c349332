"""Table and repository of loans."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.schema import UtcDateTime, id_column, locked, map_owned, metadata, tenant_column
from luminalib.domain.loans import Loan
from luminalib.ports.persistence import LoanRepository

loans = sa.Table(
    "loans",
    metadata,
    id_column(),
    tenant_column(),
    # No foreign key: the history outlives the book.
    sa.Column("book_id", sa.String(36), nullable=False),
    sa.Column("user_id", sa.ForeignKey("users.id")),  # null once the member has anonymised their history
    sa.Column("borrowed_at", UtcDateTime, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("returned_at", UtcDateTime),
    sa.Column("renewals", sa.Integer, nullable=False),
    sa.Index(
        "uq_loans_open",
        "tenant_id",
        "book_id",
        "user_id",
        unique=True,
        sqlite_where=sa.text("returned_at IS NULL"),
        postgresql_where=sa.text("returned_at IS NULL"),
    ),
    sa.Index("ix_loans_user_id", "tenant_id", "user_id", "borrowed_at"),
    sa.Index("ix_loans_book_id", "tenant_id", "book_id"),
    sa.Index("ix_loans_due_at", "tenant_id", "due_at"),
)
map_owned(Loan, loans)


class SqlLoanRepository(LoanRepository):
    """Loans in the table `loans`; a partial unique index allows one open loan per member and book."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, loan: Loan) -> None:
        """See LoanRepository."""
        self._session.add(loan)

    async def find_open(self, user_id: str, book_id: str) -> Loan | None:
        """See LoanRepository."""
        theirs = sa.select(Loan).where(loans.c.user_id == user_id, loans.c.book_id == book_id, loans.c.returned_at.is_(None))
        return await self._session.scalar(locked(self._session, theirs))

    async def has_borrowed(self, user_id: str, book_id: str) -> bool:
        """See LoanRepository."""
        theirs = sa.select(loans.c.id).select_from(Loan).where(loans.c.user_id == user_id, loans.c.book_id == book_id).limit(1)
        return await self._session.scalar(theirs) is not None

    async def count_open(self, *, user_id: str | None = None, book_id: str | None = None) -> int:
        """See LoanRepository."""
        counted = sa.select(sa.func.count()).select_from(Loan).where(loans.c.returned_at.is_(None))
        counted = counted.where(loans.c.user_id == user_id) if user_id is not None else counted
        counted = counted.where(loans.c.book_id == book_id) if book_id is not None else counted
        return await self._session.scalar(counted) or 0

    async def open_of(self, user_id: str) -> Sequence[Loan]:
        """See LoanRepository."""
        wanted = sa.select(Loan).where(loans.c.user_id == user_id, loans.c.returned_at.is_(None))
        return (await self._session.scalars(wanted)).all()

    async def anonymise(self, user_id: str) -> int:
        """See LoanRepository."""
        theirs = sa.and_(loans.c.user_id == user_id, loans.c.returned_at.is_not(None))
        made = await self._session.scalars(sa.update(Loan).where(theirs).values(user_id=None).returning(loans.c.id))
        return len(made.all())
