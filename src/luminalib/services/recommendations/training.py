"""When and how the recommender learns."""

import hashlib
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

import structlog

from luminalib.domain.auth import Principal
from luminalib.domain.jobs import Job
from luminalib.domain.pipeline import train_recommender
from luminalib.domain.recommendations import ModelRecord, Taken
from luminalib.domain.tastes import TasteEvent
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.recommender import Recommender, TrainedModel, TrainingFailed
from luminalib.ports.storage import StorageProvider
from luminalib.ports.views import RecommendationViews

log = structlog.get_logger(__name__)
KEPT_MODELS = 2
"""The one in use, and the one before for processes that have not yet changed over."""
_BATCH = 2_000
_PIECE = 2**20


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingPolicy:
    """A training is due after so many new events, or so long after the first of them."""

    events: int
    pause: timedelta


class TrainingService:
    """Does the job `train_recommender`, and says when one is due."""

    def __init__(
        self,
        uow: UnitOfWorkFactory,
        views: RecommendationViews,
        storage: StorageProvider,
        recommender: Recommender,
        policy: TrainingPolicy,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._views = views
        self._storage = storage
        self._recommender = recommender
        self._policy = policy
        self._clock = clock
        self._failed_at: dict[str, datetime] = {}

    async def request_if_due(self, tenant_id: str) -> None:
        """Has a training done in the background when enough has happened since the last."""
        if not self._recommender.learns:
            return
        async with self._uow.reading(tenant_id) as uow:
            models = await uow.recommendations.models()
            count, first = await uow.tastes.count_after(models[0].last_event_id if models else 0)
        if first is not None and self._is_due(tenant_id, count, max([first, *(model.trained_at for model in models[:1])])):
            async with self._uow(tenant_id) as uow:
                await uow.enqueue(train_recommender(tenant_id, self._clock.now()))

    async def run(self, job: Job) -> None:
        """Trains unless nothing has happened since the last training. After a failure the model before stays in use for a while."""
        async with self._uow.reading(job.tenant_id) as uow:
            models = await uow.recommendations.models()
            latest = await uow.tastes.latest_id()
        if self._recommender.learns and (not models or models[0].last_event_id != latest):
            try:
                await self.train(job.tenant_id)
            except TrainingFailed as error:
                await self.give_up(job, error)

    async def give_up(self, job: Job, error: Exception) -> None:
        """Notes that the training failed; it is asked for again after the pause."""
        self._failed_at[job.tenant_id] = self._clock.now()
        log.warning("recommender.training_failed", tenant_id=job.tenant_id, reason=str(error))

    async def train(self, tenant_id: str) -> ModelRecord:
        """Learns from all events and puts the new model in the place of the old one, in one step. Raises TrainingFailed."""
        started = time.monotonic()
        async with self._uow.reading(tenant_id) as uow:
            latest = await uow.tastes.latest_id()
        books = [book async for batch in self._views.profiles(tenant_id) for book in batch]
        trained = await self._recommender.train(books, self._events(tenant_id, latest))
        record = ModelRecord(
            recommender=self._recommender.name,
            storage_key=f"recommender/{tenant_id}/{uuid4()}.model",
            sha256=hashlib.sha256(trained.content).hexdigest(),
            byte_size=len(trained.content),
            books=trained.books,
            readers=trained.readers,
            events=trained.events,
            last_event_id=latest,
            seconds=round(time.monotonic() - started, 2),
            trained_at=self._clock.now(),
        )
        await self._storage.put(record.storage_key, _pieces(trained))
        async with self._uow(tenant_id) as uow:
            await uow.recommendations.add_model(record)
        log.info("recommender.trained", books=record.books, readers=record.readers, events=record.events, seconds=record.seconds)
        await self._tidy(tenant_id)
        return record

    async def report(self, by: Principal, since: date) -> Sequence[Taken]:
        """How much of what was shown was taken."""
        async with self._uow.reading(by.tenant_id) as uow:
            return await uow.recommendations.taken(since)

    async def models(self, by: Principal) -> Sequence[ModelRecord]:
        """The models that are kept, the newest first."""
        async with self._uow.reading(by.tenant_id) as uow:
            return await uow.recommendations.models()

    def _is_due(self, tenant_id: str, events: int, since: datetime) -> bool:
        now = self._clock.now()
        failed_at = self._failed_at.get(tenant_id)
        if failed_at is not None and now - failed_at < self._policy.pause:
            return False
        return events >= self._policy.events or now - since >= self._policy.pause

    async def _events(self, tenant_id: str, latest: int) -> AsyncIterator[Sequence[TasteEvent]]:
        """All events up to `latest`, in batches that each have a short unit of work of their own."""
        last: TasteEvent | None = None
        while True:
            async with self._uow.reading(tenant_id) as uow:
                batch = await uow.tastes.batch(last, _BATCH)
            if not batch:
                return
            last = batch[-1]
            yield [event for event in batch if event.id <= latest]

    async def _tidy(self, tenant_id: str) -> None:
        """Deletes models that nobody needs any more: first the row, then the file."""
        async with self._uow(tenant_id) as uow:
            old = (await uow.recommendations.models())[KEPT_MODELS:]
            for model in old:
                await uow.recommendations.remove_model(model.version)
            kept = {model.storage_key for model in (await uow.recommendations.models())}
        for found in [found async for found in self._storage.list(f"recommender/{tenant_id}/")]:
            if found.key not in kept and found.modified_at < self._clock.now() - timedelta(hours=1):
                await self._storage.delete(found.key)
        for model in old:
            await self._storage.delete(model.storage_key)


async def _pieces(trained: TrainedModel) -> AsyncIterator[bytes]:
    for at in range(0, len(trained.content), _PIECE):
        yield trained.content[at : at + _PIECE]
