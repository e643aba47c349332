"""Table and repository of reviews."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.schema import UtcDateTime, enum_column, id_column, locked, map_owned, metadata, tenant_column
from luminalib.domain.intelligence import Sentiment
from luminalib.domain.reviews import RATINGS, Ratings, Review
from luminalib.ports.persistence import ReviewRepository

reviews = sa.Table(
    "reviews",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("book_id", sa.ForeignKey("books.id", ondelete="CASCADE"), nullable=False),
    sa.Column("user_id", sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("rating", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("sentiment", enum_column(Sentiment)),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("tenant_id", "book_id", "user_id"),
    # What the language engine has not read yet.
    sa.Index(
        "ix_reviews_unread", "book_id", sqlite_where=sa.text("sentiment IS NULL"), postgresql_where=sa.text("sentiment IS NULL")
    ),
    # Means and histograms are counted from this index alone, so they are exact at any time.
    sa.Index("ix_reviews_book_id_rating", "book_id", "rating"),
)
map_owned(Review, reviews)


class SqlReviewRepository(ReviewRepository):
    """Reviews in the table `reviews`; a unique constraint allows one per member and book."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, review: Review) -> None:
        """See ReviewRepository."""
        self._session.add(review)

    async def find(self, user_id: str, book_id: str) -> Review | None:
        """See ReviewRepository."""
        theirs = sa.select(Review).where(reviews.c.user_id == user_id, reviews.c.book_id == book_id)
        return await self._session.scalar(locked(self._session, theirs))

    async def ratings(self, book_id: str) -> Ratings:
        """See ReviewRepository."""
        counts = sa.select(reviews.c.rating, sa.func.count()).select_from(Review).where(reviews.c.book_id == book_id)
        rows = await self._session.execute(counts.group_by(reviews.c.rating))
        return Ratings(histogram=dict.fromkeys(RATINGS, 0) | {rating: count for rating, count in rows})  # noqa: C416 -- rows are no pairs to dict()

    async def remove(self, review: Review) -> None:
        """See ReviewRepository."""
        await self._session.delete(review)
