"""Table and repository of answers that were given."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.schema import UtcDateTime, id_column, map_owned, metadata, tenant_column
from luminalib.domain.idempotency import KEY_MAX, Receipt
from luminalib.ports.persistence import ReceiptRepository

receipts = sa.Table(
    "receipts",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("key", sa.String(KEY_MAX), nullable=False),
    sa.Column("action", sa.String(64), nullable=False),
    sa.Column("book_id", sa.String(36), nullable=False),
    sa.Column("refusal", sa.String(64)),
    sa.Column("answer", sa.JSON, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("tenant_id", "user_id", "key"),
    sa.Index("ix_receipts_at", "tenant_id", "at"),
)
map_owned(Receipt, receipts)


class SqlReceiptRepository(ReceiptRepository):
    """Answers in the table `receipts`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, receipt: Receipt) -> None:
        """See ReceiptRepository."""
        self._session.add(receipt)

    async def find(self, user_id: str, key: str) -> Receipt | None:
        """See ReceiptRepository."""
        return await self._session.scalar(sa.select(Receipt).where(receipts.c.user_id == user_id, receipts.c.key == key))

    async def forget(self, *, before: datetime | None = None, user_id: str | None = None) -> None:
        """See ReceiptRepository."""
        old = receipts.c.at < before if before is not None else receipts.c.user_id == user_id
        await self._session.execute(sa.delete(Receipt).where(old))
