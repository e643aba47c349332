"""The rankings in memory: one per tenant, renewed when its catalogue or its model has changed."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from luminalib.domain.errors import Unavailable
from luminalib.domain.pipeline import train_recommender
from luminalib.domain.recommendations import RANKED_FROM, BookProfile, CatalogueState, ModelRecord
from luminalib.domain.shelves import Shelves
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.recommender import BrokenModel, Ranking, Recommender
from luminalib.ports.storage import ObjectMissing, StorageProvider
from luminalib.ports.views import RecommendationViews

log = structlog.get_logger(__name__)
MAX_TENANTS = 16
"""How many rankings stay in memory; the one that was not asked for longest goes first."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
COUNT_AGAIN_AFTER = timedelta(seconds=1)
"""Books are counted now and then for what the state does not show: one that has gone, one from a server whose clock is behind."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """A ranking with the shelves of its catalogue, the state and the size of it that it was made for, and when books were counted.

    The state is None when a book of it is known to have gone. A catalogue has more books than its ranking: some are never
    recommended.
    """

    state: CatalogueState | None
    ranking: Ranking
    shelves: Shelves
    size: int
    counted_at: datetime

    def is_of(self, state: CatalogueState, size: int | None) -> bool:
        """Whether it is the ranking of this state, and of this many books if that is known."""
        return self.state == state and size in (None, self.size)


class RankingLoader:
    """Gives the ranking for a state of the catalogue. Who comes while one is made waits for it; it is made in a thread."""

    def __init__(
        self, uow: UnitOfWorkFactory, views: RecommendationViews, storage: StorageProvider, recommender: Recommender, clock: Clock
    ) -> None:
        self._uow = uow
        self._views = views
        self._storage = storage
        self._recommender = recommender
        self._clock = clock
        self._loaded: OrderedDict[str, Loaded] = OrderedDict()
        self._locks: dict[str, asyncio.Lock] = {}

    def is_count_due(self, tenant_id: str) -> bool:
        """Whether the tenant's books should be counted before the next answer."""
        known = self._loaded.get(tenant_id)
        return known is not None and not timedelta(0) <= self._clock.now() - known.counted_at < COUNT_AGAIN_AFTER

    def renew(self, tenant_id: str, loaded: Loaded) -> None:
        """Has the ranking made anew for who comes next, unless it has been by now: a book of it has gone."""
        known = self._loaded.get(tenant_id)
        if known is not None and known.ranking is loaded.ranking:
            self._loaded[tenant_id] = replace(known, state=None)

    async def at(self, tenant_id: str, state: CatalogueState, size: int | None = None) -> Loaded:
        """The tenant's ranking, of this state (and of so many books, if they were counted) or a newer one."""
        known = self._loaded.get(tenant_id)
        if known is None or not known.is_of(state, size):
            async with self._locks.setdefault(tenant_id, asyncio.Lock()):
                known = self._loaded.get(tenant_id)
                if known is None or not known.is_of(state, size):
                    known = self._loaded[tenant_id] = await self._load(tenant_id, known)
        elif size is not None:
            known = self._loaded[tenant_id] = replace(known, counted_at=self._clock.now())
        self._loaded.move_to_end(tenant_id)
        while len(self._loaded) > MAX_TENANTS:
            self._loaded.popitem(last=False)
        return known

    async def warm(self, tenant_id: str) -> None:
        """Has the tenant's ranking in memory before anybody asks, where it is of use: a model was trained, or there are many books.

        A small library that nobody asks for recommendations is spared the memory.
        """
        state = await self._views.state(tenant_id)
        if state.model is not None or await self._views.size(tenant_id) >= RANKED_FROM:
            await self.at(tenant_id, state)

    async def _load(self, tenant_id: str, before: Loaded | None) -> Loaded:
        state, size = await self._views.state(tenant_id), await self._views.size(tenant_id)
        books = await self._books(tenant_id, before)
        async with self._uow.reading(tenant_id) as uow:
            models = await uow.recommendations.models()
        usable = [model for model in models[:1] if self._recommender.learns and model.recommender == self._recommender.name]
        last = before.ranking if before else None
        ranking = await self._trained(tenant_id, books, usable[0], last) if usable else None
        if ranking is None:
            ranking = await asyncio.to_thread(self._recommender.ranking, books, last)
        shelves = await asyncio.to_thread(Shelves.of, books)
        return Loaded(state=state, ranking=ranking, shelves=shelves, size=size, counted_at=self._clock.now())

    async def _books(self, tenant_id: str, before: Loaded | None) -> list[BookProfile]:
        """The catalogue: of one that was read before only what has changed is read, and what is missing or has gone."""
        books = dict(before.ranking.books) if before else {}
        present = dict.fromkeys(await self._views.ids(tenant_id)) if before else {}
        async for batch in self._views.profiles(tenant_id, before.state if before else None):
            books |= {book.id: book for book in batch if before is None or book.id in present}
        if before is not None:
            missing = [book_id for book_id in present if book_id not in books]
            books |= {book.id: book for book in await self._views.named(tenant_id, missing)} if missing else {}
            books = {book_id: books[book_id] for book_id in present if book_id in books}
        return await asyncio.to_thread(sorted, books.values(), key=_arrival)

    async def _trained(
        self, tenant_id: str, books: list[BookProfile], model: ModelRecord, before: Ranking | None
    ) -> Ranking | None:
        """The ranking with a model; None when its file is missing or broken, for which a new one is asked."""
        make = self._recommender.trained_ranking
        try:
            async with self._storage.local_file(model.storage_key) as path:
                return await asyncio.to_thread(make, books, path, model.version, before)
        except (BrokenModel, ObjectMissing) as error:
            log.warning("recommender.model_broken", version=model.version, reason=str(error))
        except Unavailable as error:
            log.warning("recommender.model_away", version=model.version, reason=error.detail)
            return None
        async with self._uow(tenant_id) as uow:
            await uow.recommendations.remove_model(model.version)
            await uow.enqueue(train_recommender(tenant_id, self._clock.now()))
        return None


def _arrival(book: BookProfile) -> tuple[datetime, str]:
    return book.added_at or _LONG_AGO, book.id
