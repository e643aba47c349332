"""Telling how far work on a document is, while it is done elsewhere."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from luminalib.domain.documents import DocumentNotFound
from luminalib.domain.errors import Unavailable
from luminalib.domain.jobs import Job
from luminalib.domain.pipeline import progress_event
from luminalib.ports.children import Progress
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWorkFactory

log = logging.getLogger(__name__)
EVERY_SECONDS = 1.0
"""How often progress is written at most: each time costs a transaction."""


@asynccontextmanager
async def progress_of(uow: UnitOfWorkFactory, job: Job, clock: Clock) -> AsyncIterator[Progress]:
    """Gives what the work calls with its done share; a task beside it writes the newest to the job's document, and an event."""
    shares: list[float] = []
    writer = asyncio.create_task(_write(uow, job, clock, shares))
    try:
        yield shares.append
    finally:
        writer.cancel()
        with suppress(asyncio.CancelledError):
            await writer


async def _write(uow: UnitOfWorkFactory, job: Job, clock: Clock, shares: list[float]) -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        if shares:
            share = shares[-1]
            shares.clear()
            try:
                await _advance(uow, job, clock, share)
            except (Unavailable, DocumentNotFound):  # news are worth less than the work
                continue
            except Exception:
                log.exception("The progress of job %s could not be written", job.id)


async def _advance(uow: UnitOfWorkFactory, job: Job, clock: Clock, share: float) -> None:
    async with uow(job.tenant_id) as unit:
        document = await unit.documents.get(job.payload["document_id"])
        is_same = document.content_key == job.payload["content_key"]
        if is_same and document.advance(share, clock.now()):
            book = await unit.books.find_by_document(document.id)
            unit.events.append(progress_event(document, book.id if book else None, clock.now()))
