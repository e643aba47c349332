"""Who does which background job, and when the regular ones are due."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

import structlog

from luminalib.adapters.db.jobs import SqlJobLedger
from luminalib.adapters.jobs.inprocess import InProcessJobRunner
from luminalib.container.adapters import Adapters
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.errors import Unavailable
from luminalib.domain.pipeline import DELETE_FILES, PROCESS_DOCUMENT, SWEEP
from luminalib.ports.jobs import JobHandler, JobRunner
from luminalib.services.housekeeping import HousekeepingService
from luminalib.services.pipeline import PipelineService
from luminalib.settings import Settings

log = structlog.get_logger(__name__)


async def open_runner(settings: Settings, a: Adapters, stack: AsyncExitStack) -> JobRunner:
    """Starts the workers; `stack` stops them."""
    runner = a.uow.runner = InProcessJobRunner(SqlJobLedger(a.database), a.clock, workers=settings.workers)
    pipeline = PipelineService(a.uow, a.storage, a.extractor, a.llm, a.clock)
    housekeeping = HousekeepingService(a.uow, a.storage, a.clock)
    await runner.start(_handlers(pipeline, housekeeping))
    stack.push_async_callback(runner.stop)
    daily = asyncio.create_task(_every_day(housekeeping))
    stack.callback(daily.cancel)
    return runner


async def _every_day(housekeeping: HousekeepingService) -> None:
    while True:
        try:
            await housekeeping.request(MAIN_TENANT)
        except Unavailable as reason:
            log.warning("housekeeping.put_off", reason=reason.detail)
        await asyncio.sleep(timedelta(days=1).total_seconds())


def _handlers(pipeline: PipelineService, housekeeping: HousekeepingService) -> dict[str, JobHandler]:
    leave = housekeeping.leave
    return {
        PROCESS_DOCUMENT: JobHandler(pipeline.process, pipeline.give_up, pipeline.retry_later),
        DELETE_FILES: JobHandler(housekeeping.delete_files, leave, leave),
        SWEEP: JobHandler(housekeeping.sweep, leave, leave),
    }
