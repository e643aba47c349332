"""Reviews, and what they add up to."""

from collections import defaultdict

import sqlalchemy as sa

from luminalib.adapters.db.auth import users
from luminalib.adapters.db.books import books
from luminalib.adapters.db.consensus import consensus_aspects, consensuses, review_aspects, review_readings
from luminalib.adapters.db.reviews import reviews
from luminalib.adapters.db.views.listing import Listing
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Among, Row, Statement
from luminalib.domain.books import BookNotFound
from luminalib.domain.consensus import Aspect
from luminalib.domain.consensus_views import ConsensusView, ConsensusWords
from luminalib.domain.intelligence import Sentiment
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.reviews import RATINGS, Ratings, ReviewView
from luminalib.ports.views import ReviewViews

_R, _C, _A = reviews.c, consensuses.c, consensus_aspects.c
_BOOK = sa.bindparam("book", type_=sa.String)
_LIST = Listing(
    sa.select(_R.id, _R.book_id, _R.user_id, users.c.display_name, _R.rating, _R.text, _R.sentiment, _R.created_at, _R.updated_at)
    .select_from(reviews.join(users, users.c.id == _R.user_id))
    .where(_R.book_id == _BOOK),
    _R.created_at.desc(),
    _R.id,
)
_BOOK_EXISTS = Statement(sa.select(books.c.id).where(books.c.id == _BOOK))


def _counted(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(table).where(table.c.book_id == books.c.id, *conditions).scalar_subquery()


def _exists(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> sa.Exists:
    return sa.exists().select_from(table).where(table.c.book_id == books.c.id, *conditions)


_GONE = ~sa.exists().select_from(reviews).where(_R.id == review_readings.c.review_id)
_HEAD = Statement(
    sa.select(
        _C.text,
        _C.praise,
        _C.criticism,
        _C.provider,
        _C.model,
        _C.prompt,
        _C.review_count,
        _C.error,
        _C.updated_at,
        *(_counted(reviews, _R.rating == stars) for stars in RATINGS),
        *(_counted(review_readings, review_readings.c.sentiment == mood) for mood in Sentiment),
        sa.or_(
            _exists(reviews, sa.or_(_R.sentiment.is_(None), _R.updated_at > _C.updated_at)),
            _exists(review_readings, _GONE),
            _exists(review_readings, review_readings.c.read_at > _C.updated_at),
        ),
    )
    .select_from(books.outerjoin(consensuses, _C.book_id == books.c.id))
    .where(books.c.id == _BOOK)
)  # fmt: skip -- the words, then the stars, then the moods, then whether something waits to be read or to be worded
_MENTIONS = _A.positive + _A.negative + _A.undecided
_ASPECTS = Statement(
    sa.select(_A.name, _A.positive, _A.negative, _A.undecided)
    .where(_A.book_id == _BOOK)
    .order_by(_MENTIONS.desc(), _A.name)
    .limit(sa.bindparam("most", type_=sa.Integer, required=True))
)
_JUDGES = Statement(
    sa.select(review_aspects.c.name, review_aspects.c.review_id)
    .where(review_aspects.c.book_id == _BOOK, Among(review_aspects.c.name, "names"))
    .order_by(review_aspects.c.read_at.desc(), review_aspects.c.review_id)
)
_WORDS = 9


class SqlReviewViews(ReviewViews):
    """`reviews`, and the tables of the consensus."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def list(self, tenant_id: str, book_id: str, page: PageRequest) -> Page[ReviewView]:
        """See ReviewViews."""
        found = await _LIST.read(self._reader, tenant_id, page, _view, book=book_id)
        if not found.total and await self._reader.row(_BOOK_EXISTS, tenant_id, book=book_id) is None:
            raise BookNotFound
        return found

    async def consensus(self, tenant_id: str, book_id: str, most_aspects: int) -> ConsensusView:
        """See ReviewViews."""
        head = await self._reader.row(_HEAD, tenant_id, book=book_id)
        if head is None:
            raise BookNotFound
        stars, moods = head[_WORDS : _WORDS + len(RATINGS)], head[_WORDS + len(RATINGS) : -1]
        rows = await self._reader.rows(_ASPECTS, tenant_id, book=book_id, most=most_aspects)
        judges: defaultdict[str, list[str]] = defaultdict(list)
        if rows:
            for name, review_id in await self._reader.rows(_JUDGES, tenant_id, book=book_id, names=[row[0] for row in rows]):
                judges[name].append(review_id)
        return ConsensusView(
            words=ConsensusWords(*head[:_WORDS]) if head[0] is not None else None,
            ratings=Ratings(histogram=dict(zip(RATINGS, stars, strict=True))),
            moods={mood: count for mood, count in zip(Sentiment, moods, strict=True) if count},
            aspects=[
                (Aspect(book_id=book_id, name=name, positive=bright, negative=dark, undecided=rest), judges[name])
                for name, bright, dark, rest in rows
            ],
            has_news=bool(head[-1]),
        )


def _view(row: Row) -> ReviewView:
    return ReviewView(*row)
