"""When and how the library learns what inquiries want, and what it has learnt at work."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import structlog

from luminalib.domain.inquiries import train_intents
from luminalib.domain.jobs import Job
from luminalib.domain.storage_keys import prefix_of
from luminalib.domain.triage import InquiryIntent, IntentModel
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.storage import ObjectMissing, StorageProvider, StorageUnavailable
from luminalib.ports.triage import BrokenModel, IntentClassifier, IntentLearner, TrainingFailed

log = structlog.get_logger(__name__)
LABELS_OF_EACH = 20
"""So many confirmed inquiries of each intent, and there is something to learn."""
NEW_LABELS = 10
"""So many since the last training, and there is something new."""
MOST_LABELS = 5000
KEPT_MODELS = 2
"""The one in use, and the one before for processes that have not yet changed over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LearningTools:
    """What learning needs."""

    uow: UnitOfWorkFactory
    storage: StorageProvider
    learner: IntentLearner
    clock: Clock


class IntentLearning:
    """Does the job `train_intents`, and hands out what came of it: each process keeps the newest model of each tenant."""

    def __init__(self, tools: LearningTools) -> None:
        self._tools = tools
        self._kept: dict[str, tuple[int, IntentClassifier | None]] = {}

    async def classifier(self, tenant_id: str) -> IntentClassifier | None:
        """The tenant's newest, None while there is none; a file that is missing or broken costs the model, not the inquiry."""
        async with self._tools.uow.reading(tenant_id) as uow:
            newest = next(iter(await uow.inquiries.models()), None)
        if newest is None:
            return None
        version, kept = self._kept.get(tenant_id, (0, None))
        if version != newest.version:
            kept = await self._opened(newest)
            self._kept[tenant_id] = newest.version, kept
        return kept

    async def request_if_due(self, tenant_id: str) -> None:
        """Has a training done in the background when there are enough labels, and some that are new."""
        async with self._tools.uow.reading(tenant_id) as uow:
            newest = next(iter(await uow.inquiries.models()), None)
            counts = await uow.inquiries.count_labels()
            new = sum((await uow.inquiries.count_labels(newest.trained_at if newest else None)).values())
        if min(counts.get(intent, 0) for intent in InquiryIntent) >= LABELS_OF_EACH and new >= NEW_LABELS:
            async with self._tools.uow(tenant_id) as uow:
                await uow.enqueue(train_intents(tenant_id, self._tools.clock.now()))

    async def run(self, job: Job) -> None:
        """Learns from the labels and puts the new model in the place of the old one, in one step."""
        began = self._tools.clock.now()
        async with self._tools.uow.reading(job.tenant_id) as uow:
            labels = await uow.inquiries.labels(MOST_LABELS)
        try:
            trained = await self._tools.learner.train(labels)
        except TrainingFailed as error:
            await self.give_up(job, error)
            return
        model = IntentModel(
            storage_key=f"{prefix_of(job.tenant_id)}intents/{uuid4()}.model",
            sha256=hashlib.sha256(trained.content).hexdigest(),
            examples=len(labels),
            accuracy=round(trained.accuracy, 4),
            trained_at=began,
        )
        await self._tools.storage.put(model.storage_key, _whole(trained.content))
        async with self._tools.uow(job.tenant_id) as uow:
            await uow.inquiries.add_model(model)
            old = (await uow.inquiries.models())[KEPT_MODELS:]
            for one in old:
                await uow.inquiries.remove_model(one.version)
        for one in old:
            await self._tools.storage.delete(one.storage_key)
        log.info("intents.trained", examples=model.examples, accuracy=model.accuracy)

    async def give_up(self, job: Job, error: Exception) -> None:
        """Notes that the training failed; the model before stays in use."""
        log.warning("intents.training_failed", tenant_id=job.tenant_id, reason=str(error))

    async def _opened(self, model: IntentModel) -> IntentClassifier | None:
        try:
            content = b"".join([piece async for piece in self._tools.storage.read(model.storage_key)])
            return self._tools.learner.classifier(content, model.version)
        except (ObjectMissing, StorageUnavailable, BrokenModel) as error:
            log.warning("intents.model_lost", version=model.version, reason=str(error))
            return None


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
