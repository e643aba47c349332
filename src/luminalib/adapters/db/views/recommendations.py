"""A member's facts, and books as recommenders see them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from functools import cache

import sqlalchemy as sa

from luminalib.adapters.db.books import books
from luminalib.adapters.db.documents import documents, summaries
from luminalib.adapters.db.listings import book_listings, catalogues
from luminalib.adapters.db.loans import loans
from luminalib.adapters.db.preferences import preferences
from luminalib.adapters.db.recommendations import recommender_models
from luminalib.adapters.db.reviews import reviews
from luminalib.adapters.db.schema import UtcDateTime
from luminalib.adapters.db.tastes import taste_events
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Among, Row, Statement
from luminalib.domain.documents import DocumentStatus
from luminalib.domain.preferences import Preferences, Taste
from luminalib.domain.recommendations import (
    LEAST_WORDS,
    RANKED_BORROWED,
    RANKED_NEW,
    BookProfile,
    CatalogueState,
    series_of,
)
from luminalib.domain.tastes import TasteEvent
from luminalib.ports.views import ReaderFacts, RecommendationViews

BATCH = 500
"""Books that are fetched at once: some 5 ms of a driver's work."""
_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_B, _L, _S, _P, _T = books.c, book_listings.c, summaries.c, preferences.c, taste_events.c
_USER = sa.bindparam("user", type_=sa.String)
_STATE = Statement(
    sa.select(
        sa.select(sa.func.max(_B.updated_at)).scalar_subquery(),
        sa.select(sa.func.max(_S.generated_at)).scalar_subquery(),
        sa.select(sa.func.max(recommender_models.c.id)).scalar_subquery(),
    )
)
_STATED = Statement(sa.select(_P.tags, _P.authors, _P.excluded_tags, _P.updated_at).where(_P.user_id == _USER))
_EVENTS = Statement(sa.select(_T.id, _T.book_id, _T.kind, _T.rating, _T.at).where(_T.user_id == _USER).order_by(_T.id))
_HAD = Statement(
    sa.union(*(sa.select(table.c.book_id).select_from(table).where(table.c.user_id == _USER) for table in (loans, reviews)))
)
_SIZE = Statement(sa.select(catalogues.c.books))
_BOOKS = (
    sa.select(
        _B.id,
        _B.title,
        _B.authors,
        _B.tags,
        _B.language,
        _B.published_year,
        _B.description,
        _B.created_at,
        _S.summary,
        _S.key_topics,
        _B.series,
        _B.series_index,
    )
    .select_from(
        books.join(documents, documents.c.id == _B.document_id).outerjoin(summaries, _S.document_id == _B.document_id),
    )
    .where(documents.c.status != DocumentStatus.FAILED, sa.func.coalesce(documents.c.word_count, LEAST_WORDS) >= LEAST_WORDS)
    .order_by(_B.id)
)  # fmt: skip -- as _profile reads them
_SOME = _BOOKS.where(_B.id > sa.bindparam("after", type_=sa.String)).limit(sa.literal_column(str(BATCH)))
_ALL_BOOKS = Statement(_SOME)
# Two statements, each of an index of its own: changes of a book, and of its summary.
_CHANGED_BOOKS = Statement(_SOME.where(_B.updated_at >= sa.bindparam("since", type_=UtcDateTime, required=True)))
_NEWLY_SUMMARISED = Statement(_SOME.where(_S.generated_at >= sa.bindparam("since", type_=UtcDateTime, required=True)))
_NAMED = Statement(_BOOKS.where(Among(_B.id, "ids")))


@cache
def first_of(most: int, *, by_loans: bool) -> Statement:
    """The ids of the most borrowed or the newest books. The number stands in the text: PostgreSQL would sort the whole table."""
    order = (_L.loans, _L.created_at, _L.book_id) if by_loans else (_L.created_at, _L.book_id)
    return Statement(sa.select(_L.book_id).order_by(*(key.desc() for key in order)).limit(sa.literal_column(str(most))))


class SqlRecommendationViews(RecommendationViews):
    """`taste_events`, `preferences`, `loans`, `reviews`, and `books` with `summaries`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def facts(self, tenant_id: str, user_id: str) -> ReaderFacts:
        """See RecommendationViews. The four questions are asked side by side."""
        state, events, had, stated = await asyncio.gather(
            self.state(tenant_id),
            self._reader.rows(_EVENTS, tenant_id, user=user_id),
            self._reader.rows(_HAD, tenant_id, user=user_id),
            self._reader.row(_STATED, tenant_id, user=user_id),
        )
        return ReaderFacts(
            state=state,
            events=[
                TasteEvent(id=number, user_id=user_id, book_id=book_id, kind=kind, rating=rating, at=at)
                for number, book_id, kind, rating, at in events
            ],
            had=frozenset(row[0] for row in had),
            stated=_preferences(user_id, stated),
        )

    async def state(self, tenant_id: str) -> CatalogueState:
        """See RecommendationViews."""
        row = await self._reader.row(_STATE, tenant_id) or (None, None, None)
        return CatalogueState(changed_at=row[0], summarised_at=row[1], model=row[2])

    async def size(self, tenant_id: str) -> int:
        """See RecommendationViews."""
        row = await self._reader.row(_SIZE, tenant_id)
        return row[0] if row else 0

    async def profiles(self, tenant_id: str, since: CatalogueState | None = None) -> AsyncIterator[Sequence[BookProfile]]:
        """See RecommendationViews."""
        asked: list[tuple[Statement, datetime]] = [(_ALL_BOOKS, _ANY_TIME)]
        if since is None and await self.size(tenant_id) > RANKED_BORROWED + RANKED_NEW:
            ids = await self.ids(tenant_id)
            for start in range(0, len(ids), BATCH):
                yield await self.named(tenant_id, ids[start : start + BATCH])
            return
        if since is not None:
            asked = [(_CHANGED_BOOKS, since.changed_at or _ANY_TIME), (_NEWLY_SUMMARISED, since.summarised_at or _ANY_TIME)]
        for statement, instant in asked:
            after, count = "", BATCH
            while count == BATCH:
                rows = await self._reader.rows(statement, tenant_id, after=after, since=instant)
                if rows:
                    after = rows[-1][0]
                    yield await asyncio.to_thread(_profiles, rows)
                count = len(rows)

    async def ids(self, tenant_id: str) -> Sequence[str]:
        """See RecommendationViews."""
        borrowed = await self._reader.rows(first_of(RANKED_BORROWED, by_loans=True), tenant_id)
        newest = await self._reader.rows(first_of(RANKED_NEW, by_loans=False), tenant_id)
        return list(dict.fromkeys(row[0] for row in (*borrowed, *newest)))

    async def named(self, tenant_id: str, book_ids: Sequence[str]) -> Sequence[BookProfile]:
        """See RecommendationViews."""
        rows = await self._reader.rows(_NAMED, tenant_id, ids=list(book_ids))
        return await asyncio.to_thread(_profiles, rows)


def _preferences(user_id: str, row: Row | None) -> Preferences:
    if row is None:
        return Preferences(user_id=user_id)
    tags, authors, excluded, at = row
    return Preferences(
        user_id=user_id,
        tags=[Taste(**taste) for taste in tags],
        authors=[Taste(**taste) for taste in authors],
        excluded_tags=excluded,
        updated_at=at,
    )


def _profiles(rows: Sequence[Row]) -> list[BookProfile]:
    return [_profile(row) for row in rows]


def _profile(row: Row) -> BookProfile:
    book_id, title, authors, tags, language, year, description, added_at, summary, topics, name, number = row
    series, volume = (name, number) if name else series_of(title) or (None, None)
    return BookProfile(
        id=book_id,
        title=title,
        authors=tuple(authors),
        series=series,
        volume=volume,
        tags=tuple(tags),
        topics=tuple(topics or ()),
        language=language,
        year=year,
        text=" ".join(part for part in (description, summary) if part),
        added_at=added_at,
    )
