"""What to read next, and why."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from luminalib.domain.auth import Principal
from luminalib.domain.books import BookView
from luminalib.domain.documents import DocumentStatus
from luminalib.domain.preferences import Preferences
from luminalib.domain.recommendations import (
    Candidate,
    Impression,
    Pick,
    Reader,
    Reason,
    ReasonKind,
    Strategy,
    arrange,
    first_unread,
    honest,
)
from luminalib.domain.tastes import ImplicitTaste, TasteEvent, TasteKind, Verdict, implicit_taste, opinions, standings
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.views import BookViews, RecommendationViews
from luminalib.services.recommendations.impressions import ImpressionNotes
from luminalib.services.recommendations.rankings import Loaded, RankingLoader
from luminalib.steps.members import lock_member

POPULAR_FOR = timedelta(days=180)
POPULAR_KEPT_FOR = timedelta(minutes=1)
_POOL = 4
"""How many candidates there are for each place on the list, for variety to choose from."""
_MOST_POPULAR = 200
_PRAISE = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Recommended:
    """One book of an answer, with the strategy that brought it."""

    view: BookView
    pick: Pick


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A list of books, best first; `titles` are those of the books that reasons name."""

    items: Sequence[Recommended]
    titles: dict[str, str]
    recommender: str
    model: int | None
    generated_at: datetime

    @property
    def strategy(self) -> Strategy:
        """Where the first of the list comes from."""
        return self.items[0].pick.strategy if self.items else Strategy.NEW


@dataclass(frozen=True, kw_only=True, slots=True)
class _Member:
    """Whom a list is for: what they think, what they have had, and what they do not want to see."""

    reader: Reader
    had: frozenset[str]
    hidden: frozenset[str]
    liked: frozenset[str]
    loaded: Loaded


class RecommendationService:
    """The librarian who knows what you liked."""

    def __init__(
        self,
        uow: UnitOfWorkFactory,
        views: RecommendationViews,
        books: BookViews,
        loader: RankingLoader,
        notes: ImpressionNotes,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._views = views
        self._books = books
        self._loader = loader
        self._notes = notes
        self._clock = clock
        self._popular: dict[str, tuple[datetime, list[tuple[str, int]]]] = {}

    async def recommend(self, by: Principal, limit: int) -> Answer:
        """Books that the member has not had; fewer than `limit` only when the library has no more."""
        answer = await self._complete(by, lambda member: self._picks(by, member, limit))
        self._notes.add(by.tenant_id, _shown(by, answer))
        return answer

    async def similar(self, by: Principal, book_id: str, limit: int) -> Answer:
        """Books like one of the catalogue, by the same model. Raises BookNotFound."""
        book = await self._books.get(by.tenant_id, book_id)
        return await self._complete(by, lambda member: self._like(book, member, limit))

    async def warm(self, tenant_id: str) -> None:
        """Makes ready in the background what the next answer will need."""
        await self._loader.warm(tenant_id)

    async def tell(self, by: Principal, book_id: str, verdict: Verdict) -> None:
        """Takes note of what the member says of a book; it counts from the next answer on. Raises BookNotFound."""
        async with self._uow(by.tenant_id) as uow:
            user = await lock_member(uow, by.user_id)
            await uow.books.get(book_id)
            await uow.tastes.append(
                TasteEvent(user_id=user.id, book_id=book_id, kind=TasteKind(verdict.value), at=self._clock.now())
            )

    async def implicit(self, by: Principal) -> ImplicitTaste:
        """What the library has learnt of the member's taste."""
        member = await self._member(by)
        books = member.loaded.ranking.books
        known = ((weight, books[one]) for one, weight in member.reader.opinions.items() if one in books)
        return implicit_taste((weight, book.tags, book.authors) for weight, book in known)

    async def _member(self, by: Principal) -> _Member:
        user_id = by.user_id or ""
        facts = await self._views.facts(by.tenant_id, user_id)
        size = await self._views.size(by.tenant_id) if self._loader.is_count_due(by.tenant_id) else None
        found = standings(facts.events)
        reader = _reader(opinions(found, self._clock.now()), facts.stated)
        loaded = await self._loader.at(by.tenant_id, facts.state, size)
        hidden = frozenset(facts.stated.excluded_tags)
        return _Member(reader=reader, had=facts.had | found.keys(), hidden=hidden, liked=_liked(facts.events), loaded=loaded)

    async def _complete(self, by: Principal, choose: Callable[[_Member], Awaitable[list[Pick]]]) -> Answer:
        """What `choose` finds; once more when a book of it has gone since the ranking was made."""
        member = await self._member(by)
        picks = await choose(member)
        answer = await self._answer(by, member, picks)
        if len(answer.items) < len(picks):
            self._loader.renew(by.tenant_id, member.loaded)
            member = await self._member(by)
            answer = await self._answer(by, member, await choose(member))
        return answer

    async def _like(self, book: BookView, member: _Member, limit: int) -> list[Pick]:
        ranking = member.loaded.ranking
        like = Reader(opinions={book.id: 1.0})
        if book.id not in ranking.books:  # one of a large catalogue that is not ranked is known by what stands on its cover
            like = Reader(opinions={}, tags=dict.fromkeys(book.tags, 1.0), authors=dict.fromkeys(book.authors, 1.0))
        shelves = member.loaded.shelves
        without = shelves.tagged(member.hidden) | shelves.same_works([book.id])
        found = shelves.one_edition_each(ranking.rank(like, _POOL * limit, without=without))[:limit]
        explained = ranking.explain(like, [one.book_id for one in found])
        return [Pick(candidate=_of_book(one), strategy=Strategy.PERSONAL) for one in explained.values()]

    async def _picks(self, by: Principal, member: _Member, limit: int) -> list[Pick]:
        """Down the list of strategies until there are enough, no book twice."""
        shelves = member.loaded.shelves
        without = frozenset(shelves.same_works(member.had) | shelves.tagged(member.hidden))
        picks: list[Pick] = []
        for strategy in Strategy:
            taken = without | shelves.same_works(pick.candidate.book_id for pick in picks)
            if len(picks) < limit:
                picks += await self._by(strategy, by, member, taken, limit - len(picks))
        return picks

    async def _by(self, strategy: Strategy, by: Principal, member: _Member, without: frozenset[str], limit: int) -> list[Pick]:
        reader = member.reader
        match strategy:
            case Strategy.PERSONAL:
                return (
                    self._ranked(strategy, member, reader, without, limit) if any(w > 0 for w in reader.opinions.values()) else []
                )
            case Strategy.TASTE:
                return self._ranked(strategy, member, replace(reader, opinions={}), without, limit)
            case Strategy.POPULAR:
                wanted = await self._wanted(by.tenant_id)
                most = max((count for _, count in wanted), default=1)
                found = (_plain(one, count / most, ReasonKind.POPULAR) for one, count in wanted)
            case Strategy.NEW:
                newest = member.loaded.shelves.newest
                found = (_plain(one, 1 / place, ReasonKind.NEW) for place, one in enumerate(newest, 1))
        return self._arranged(strategy, member, found, without, limit)

    def _ranked(self, strategy: Strategy, member: _Member, reader: Reader, without: frozenset[str], limit: int) -> list[Pick]:
        ranking = member.loaded.ranking
        picks = self._arranged(strategy, member, ranking.rank(reader, _POOL * limit, without=without), without, limit)
        explained = ranking.explain(reader, [pick.candidate.book_id for pick in picks])
        return [_with_reasons(pick, explained[pick.candidate.book_id]) for pick in picks]

    def _arranged(
        self, strategy: Strategy, member: _Member, found: Iterable[Candidate], without: frozenset[str], limit: int
    ) -> list[Pick]:
        books = member.loaded.ranking.books
        open_to = [*islice((one for one in found if one.book_id in books and one.book_id not in without), _POOL * limit)]
        shelves = member.loaded.shelves
        in_order = [one for one in first_unread(open_to, books, shelves.volumes, without) if one.book_id not in without]
        arranged = arrange(shelves.one_edition_each(in_order), books, limit)
        return [Pick(candidate=one, strategy=strategy, penalty=lost) for one, lost in arranged]

    async def _wanted(self, tenant_id: str) -> list[tuple[str, int]]:
        """The most wanted books; a minute old at most."""
        now = self._clock.now()
        known = self._popular.get(tenant_id)
        if known is None or not timedelta(0) <= now - known[0] < POPULAR_KEPT_FOR:
            async with self._uow.reading(tenant_id) as uow:
                known = self._popular[tenant_id] = now, await uow.tastes.popular(now - POPULAR_FOR, _MOST_POPULAR)
        return known[1]

    async def _answer(self, by: Principal, member: _Member, picks: Sequence[Pick]) -> Answer:
        views = await self._books.several(by.tenant_id, [pick.candidate.book_id for pick in picks])
        ranking = member.loaded.ranking
        items = [
            Recommended(view=view, pick=_told(pick, member.liked))
            for pick in picks
            if (view := views.get(pick.candidate.book_id)) is not None and view.status is not DocumentStatus.FAILED
        ]
        named = {reason.book_id for pick in picks for reason in pick.candidate.reasons if reason.book_id}
        return Answer(
            items=items,
            titles={book_id: ranking.books[book_id].title for book_id in named if book_id in ranking.books},
            recommender=ranking.name,
            model=ranking.version,
            generated_at=self._clock.now(),
        )


def _reader(weights: dict[str, float], stated: Preferences) -> Reader:
    return Reader(
        opinions=weights,
        tags={taste.name: taste.weight for taste in stated.tags},
        authors={taste.name: taste.weight for taste in stated.authors},
    )


def _told(pick: Pick, liked: Collection[str]) -> Pick:
    reasons = tuple(honest(reason, liked) for reason in pick.candidate.reasons)
    return replace(pick, candidate=replace(pick.candidate, reasons=reasons))


def _liked(events: Iterable[TasteEvent]) -> frozenset[str]:
    """The books that the member's last rating praises."""
    ratings = {event.book_id: event.rating for event in events if event.kind in (TasteKind.RATED, TasteKind.RATING_WITHDRAWN)}
    return frozenset(book_id for book_id, rating in ratings.items() if rating is not None and rating >= _PRAISE)


def _plain(book_id: str, score: float, kind: ReasonKind) -> Candidate:
    return Candidate(book_id=book_id, score=score, parts={kind.value: score}, reasons=(Reason(kind, score),))


def _with_reasons(pick: Pick, explained: Candidate) -> Pick:
    """The pick with the model's reasons; a volume that stands for a later one of its series has that one's score."""
    if explained.reasons:
        return replace(
            pick, candidate=explained if explained.score == pick.candidate.score else replace(explained, score=pick.candidate.score)
        )
    return pick


def _of_book(one: Candidate) -> Candidate:
    """The book that is asked about is nobody's favourite: reasons that say so are left out."""
    return replace(one, reasons=tuple(reason for reason in one.reasons if reason.kind is not ReasonKind.BECAUSE_YOU_LIKED))


def _shown(by: Principal, answer: Answer) -> list[Impression]:
    return [
        Impression(
            user_id=by.user_id or "",
            book_id=item.pick.candidate.book_id,
            strategy=item.pick.strategy,
            recommender=answer.recommender,
            position=position,
            at=answer.generated_at,
        )
        for position, item in enumerate(answer.items, 1)
    ]
