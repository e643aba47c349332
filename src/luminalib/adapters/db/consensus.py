"""Tables and repository of readings of reviews and the consensus."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.reviews import reviews
from luminalib.adapters.db.schema import UtcDateTime, enum_column, locked, map_owned, metadata, tenant_column
from luminalib.domain.consensus import Aspect, AspectMention, Consensus, ReviewReading
from luminalib.domain.intelligence import Sentiment
from luminalib.domain.reviews import Review
from luminalib.ports.persistence import ConsensusRepository


def _of_book(*, is_key: bool = False) -> sa.Column[str]:
    return sa.Column("book_id", sa.ForeignKey("books.id", ondelete="CASCADE"), nullable=False, primary_key=is_key)


review_readings = sa.Table(
    "review_readings",
    metadata,
    # No foreign key: what was read must be taken out of the table after the review is gone.
    sa.Column("review_id", sa.String(36), primary_key=True),
    tenant_column(),
    _of_book(),
    sa.Column("sentiment", enum_column(Sentiment), nullable=False),
    sa.Column("provider", sa.String(64), nullable=False),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("prompt", sa.String(200), nullable=False),
    sa.Column("read_at", UtcDateTime, nullable=False),
    sa.Index("ix_review_readings_book_id", "book_id", "sentiment", "review_id"),
)
review_aspects = sa.Table(
    "review_aspects",
    metadata,
    sa.Column("review_id", sa.String(36), primary_key=True),
    sa.Column("name", sa.String(64), primary_key=True),
    tenant_column(),
    _of_book(),
    sa.Column("sentiment", enum_column(Sentiment), nullable=False),
    sa.Column("quote", sa.Text, nullable=False),
    sa.Column("read_at", UtcDateTime, nullable=False),
    sa.Index("ix_review_aspects_book_id", "book_id", "name", "sentiment", "read_at"),
)
consensus_aspects = sa.Table(
    "consensus_aspects",
    metadata,
    _of_book(is_key=True),
    sa.Column("name", sa.String(64), primary_key=True),
    tenant_column(),
    sa.Column("positive", sa.Integer, nullable=False),
    sa.Column("negative", sa.Integer, nullable=False),
    sa.Column("undecided", sa.Integer, nullable=False),
)
consensuses = sa.Table(
    "consensuses",
    metadata,
    _of_book(is_key=True),
    tenant_column(),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("praise", sa.JSON, nullable=False),
    sa.Column("criticism", sa.JSON, nullable=False),
    sa.Column("provider", sa.String(64), nullable=False),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("prompt", sa.String(200), nullable=False),
    sa.Column("review_count", sa.Integer, nullable=False),
    sa.Column("changes", sa.Integer, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("updated_at", UtcDateTime),
)
map_owned(Aspect, consensus_aspects)
map_owned(Consensus, consensuses)
_MENTIONS = consensus_aspects.c.positive + consensus_aspects.c.negative + consensus_aspects.c.undecided


class SqlConsensusRepository(ConsensusRepository):
    """Readings in `review_readings` and `review_aspects`, their sums in `consensus_aspects`, the prose in `consensuses`."""

    def __init__(self, session: AsyncSession, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id

    async def find(self, book_id: str) -> Consensus | None:
        """See ConsensusRepository."""
        return await self._session.scalar(locked(self._session, sa.select(Consensus).where(consensuses.c.book_id == book_id)))

    async def save(self, consensus: Consensus) -> None:
        """See ConsensusRepository."""
        await self._session.merge(consensus)
        await self._session.flush()

    async def unread(self, book_id: str, limit: int) -> list[Review]:
        """See ConsensusRepository."""
        wanted = sa.select(Review).where(reviews.c.book_id == book_id, reviews.c.sentiment.is_(None))
        return [*await self._session.scalars(wanted.order_by(reviews.c.updated_at, reviews.c.id).limit(limit))]

    async def behind(self, limit: int) -> list[str]:
        """See ConsensusRepository."""
        c = reviews.c
        waiting = sa.select(c.book_id).where(c.tenant_id == self._tenant_id, c.sentiment.is_(None)).distinct()
        return [*await self._session.scalars(waiting.order_by(c.book_id).limit(limit))]

    async def find_review(self, review_id: str) -> Review | None:
        """See ConsensusRepository."""
        return await self._session.scalar(locked(self._session, sa.select(Review).where(reviews.c.id == review_id)))

    async def orphans(self, book_id: str, limit: int) -> list[str]:
        """See ConsensusRepository."""
        c = review_readings.c
        gone = ~sa.exists().where(reviews.c.id == c.review_id)
        return [*await self._session.scalars(sa.select(c.review_id).where(*self._own(review_readings, book_id), gone).limit(limit))]

    async def mentions(self, review_id: str) -> list[AspectMention]:
        """See ConsensusRepository."""
        c = review_aspects.c
        wanted = sa.select(c.name, c.sentiment, c.quote).where(c.review_id == review_id, c.tenant_id == self._tenant_id)
        return [AspectMention(**row) for row in (await self._session.execute(wanted.order_by(c.name))).mappings()]

    async def save_reading(self, book_id: str, review_id: str, reading: ReviewReading, at: datetime) -> None:
        """See ConsensusRepository."""
        await self.remove_reading(review_id)
        whose = {"review_id": review_id, "tenant_id": self._tenant_id, "book_id": book_id, "read_at": at}
        facts = {name: getattr(reading, name) for name in ("sentiment", "provider", "model", "prompt")}
        await self._session.execute(sa.insert(review_readings).values(whose | facts))
        rows = [whose | {field.name: getattr(aspect, field.name) for field in fields(aspect)} for aspect in reading.aspects]
        if rows:
            await self._session.execute(sa.insert(review_aspects), rows)

    async def remove_reading(self, review_id: str) -> None:
        """See ConsensusRepository."""
        for table in (review_aspects, review_readings):
            mine = sa.and_(table.c.review_id == review_id, table.c.tenant_id == self._tenant_id)
            await self._session.execute(sa.delete(table).where(mine))

    async def aspects_named(self, book_id: str, names: Sequence[str]) -> dict[str, Aspect]:
        """See ConsensusRepository."""
        wanted = sa.select(Aspect).where(consensus_aspects.c.book_id == book_id, consensus_aspects.c.name.in_(names))
        found = {aspect.name: aspect for aspect in await self._session.scalars(locked(self._session, wanted))}
        missing = [Aspect(book_id=book_id, name=name) for name in names if name not in found]
        if missing:
            self._session.add_all(missing)
            await self._session.flush()
        return found | {aspect.name: aspect for aspect in missing}

    async def sweep(self, book_id: str) -> None:
        """See ConsensusRepository."""
        await self._session.flush()
        unmentioned = sa.delete(consensus_aspects).where(*self._own(consensus_aspects, book_id), _MENTIONS == 0)
        await self._session.execute(unmentioned)

    async def top_aspects(self, book_id: str, limit: int) -> list[Aspect]:
        """See ConsensusRepository."""
        wanted = sa.select(Aspect).where(consensus_aspects.c.book_id == book_id)
        return [*await self._session.scalars(wanted.order_by(_MENTIONS.desc(), consensus_aspects.c.name).limit(limit))]

    async def quotes(self, book_id: str, name: str, sentiment: Sentiment, limit: int) -> list[str]:
        """See ConsensusRepository."""
        c = review_aspects.c
        theirs = sa.select(c.quote).where(
            *self._own(review_aspects, book_id), c.name == name, c.sentiment == sentiment, c.quote != ""
        )
        return [*await self._session.scalars(theirs.order_by(c.read_at.desc(), c.review_id).limit(limit))]

    async def moods(self, book_id: str) -> dict[Sentiment, int]:
        """See ConsensusRepository."""
        c = review_readings.c
        counts = sa.select(c.sentiment, sa.func.count()).where(*self._own(review_readings, book_id)).group_by(c.sentiment)
        return {mood: count for mood, count in await self._session.execute(counts)}  # noqa: C416 -- rows are no pairs to dict()

    async def openings(self, book_id: str, limit: int) -> list[str]:
        """See ConsensusRepository."""
        latest = sa.select(reviews.c.text).where(*self._own(reviews, book_id)).order_by(reviews.c.updated_at.desc()).limit(limit)
        return [*await self._session.scalars(latest)]

    async def rebuild(self, book_id: str) -> None:
        """See ConsensusRepository."""
        await self._session.flush()
        self._session.expunge_all()  # rows that are counted afresh must not be remembered as they were
        await self._session.execute(sa.delete(consensus_aspects).where(*self._own(consensus_aspects, book_id)))
        c = review_aspects.c
        bright, dark = c.sentiment == Sentiment.POSITIVE, c.sentiment == Sentiment.NEGATIVE
        sides = [sa.func.count().filter(side) for side in (bright, dark, ~sa.or_(bright, dark))]
        counted = sa.select(c.book_id, c.name, c.tenant_id, *sides).where(*self._own(review_aspects, book_id))
        columns = ["book_id", "name", "tenant_id", "positive", "negative", "undecided"]
        await self._session.execute(
            sa.insert(consensus_aspects).from_select(columns, counted.group_by(c.book_id, c.name, c.tenant_id))
        )

    def _own(self, table: sa.Table, book_id: str) -> tuple[sa.ColumnElement[bool], ...]:
        return table.c.book_id == book_id, table.c.tenant_id == self._tenant_id
