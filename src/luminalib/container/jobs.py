"""Who does which background job, and when the regular ones are due."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

import structlog

from luminalib.adapters.db.jobs import SqlJobLedger
from luminalib.adapters.jobs.inprocess import InProcessJobRunner
from luminalib.container.adapters import Adapters
from luminalib.container.services import loan_policy, training_service
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.consensus import UPDATE_CONSENSUS
from luminalib.domain.errors import Unavailable
from luminalib.domain.notices import REMIND
from luminalib.domain.pipeline import DELETE_FILES, PROCESS_DOCUMENT, SWEEP, TRAIN_RECOMMENDER
from luminalib.ports.jobs import JobHandler, JobRunner
from luminalib.services.consensus import ConsensusService
from luminalib.services.housekeeping import HousekeepingService
from luminalib.services.notices import NoticeService
from luminalib.services.pipeline import PipelineService
from luminalib.services.recommendations import ImpressionNotes
from luminalib.settings import Settings

SWEEP_EVERY = timedelta(days=1)
REMIND_EVERY = timedelta(minutes=5)
WRITE_NOTES_EVERY = timedelta(seconds=5)
TRAIN_EVERY = timedelta(minutes=1)
"""How often it is looked whether a training is due."""
log = structlog.get_logger(__name__)


async def open_runner(settings: Settings, a: Adapters, stack: AsyncExitStack) -> JobRunner:
    """Starts the workers; `stack` stops them."""
    runner = a.uow.runner = InProcessJobRunner(SqlJobLedger(a.database), a.clock, workers=settings.workers)
    pipeline = PipelineService(a.uow, a.storage, a.extractor, a.llm, a.clock)
    housekeeping = HousekeepingService(a.uow, a.storage, a.clock)
    notices = NoticeService(a.uow, a.bus, loan_policy(settings), a.clock)
    training = training_service(settings, a)
    handlers = _handlers(pipeline, housekeeping, notices, ConsensusService(a.uow, a.llm, a.clock))
    handlers[TRAIN_RECOMMENDER] = JobHandler(training.run, training.give_up, training.give_up)
    await runner.start(handlers)
    stack.push_async_callback(runner.stop)
    for period, request in (
        (SWEEP_EVERY, housekeeping.request),
        (REMIND_EVERY, notices.request),
        (TRAIN_EVERY, training.request_if_due),
    ):
        stack.callback(asyncio.create_task(_regularly(period, request)).cancel)
    return runner


async def open_notes(a: Adapters, stack: AsyncExitStack) -> ImpressionNotes:
    """The notes of what was shown, written down every few seconds and at the end."""
    notes = ImpressionNotes(a.uow)

    async def write(_tenant_id: str) -> None:
        await notes.flush()

    stack.push_async_callback(_last_flush, notes)
    stack.callback(asyncio.create_task(_regularly(WRITE_NOTES_EVERY, write)).cancel)
    return notes


async def _last_flush(notes: ImpressionNotes) -> None:
    with suppress(Unavailable):
        await notes.flush()


async def _regularly(period: timedelta, request: Callable[[str], Awaitable[None]]) -> None:
    while True:
        try:
            await request(MAIN_TENANT)
        except Unavailable as reason:
            log.warning("jobs.regular_put_off", reason=reason.detail)
        await asyncio.sleep(period.total_seconds())


def _handlers(
    pipeline: PipelineService, housekeeping: HousekeepingService, notices: NoticeService, consensus: ConsensusService
) -> dict[str, JobHandler]:
    leave = housekeeping.leave
    return {
        PROCESS_DOCUMENT: JobHandler(pipeline.process, pipeline.give_up, pipeline.retry_later),
        UPDATE_CONSENSUS: JobHandler(consensus.update, consensus.give_up, consensus.leave),
        DELETE_FILES: JobHandler(housekeeping.delete_files, leave, leave),
        SWEEP: JobHandler(housekeeping.sweep, leave, leave),
        REMIND: JobHandler(notices.remind, leave, leave),
    }
