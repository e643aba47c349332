"""Background jobs as asyncio tasks of the server's own process."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from prometheus_client import Counter, Histogram

from luminalib.adapters.processes import is_dead, own_name
from luminalib.domain.errors import Unavailable
from luminalib.domain.jobs import FREE_CLAIMS, LEASE, MAX_CLAIMS, RETRY_AFTER, GivenUp, Job, UnknownJob, postponement
from luminalib.ports.clock import Clock
from luminalib.ports.jobs import JobHandler, JobLedger, JobRunner

POLL_SECONDS = 2.0
"""How often the ledger is looked at without a hint: jobs of other processes, retries, expired leases."""
HEARTBEAT_SECONDS = LEASE.total_seconds() / 3
DRAIN_SECONDS = 10.0
KEEP_FINISHED = timedelta(days=7)
log = structlog.get_logger(__name__)


JOBS = Counter("luminalib_jobs_ended_total", "Attempts at background jobs, by name and how they ended.", ("name", "outcome"))
SECONDS = Histogram(
    "luminalib_job_seconds",
    "How long attempts at background jobs took.",
    ("name",),
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800),
)


async def _cannot(job: Job) -> None:
    raise UnknownJob(f"This version of the server does not know how to do {job.name!r}.")


async def _leave(_job: Job, _error: Exception) -> None:
    pass


_UNKNOWN = JobHandler(run=_cannot, give_up=_leave, before_retry=_leave)
"""Does what another version has put into the ledger."""


class InProcessJobRunner(JobRunner):
    """A fixed number of workers that claim a job each, keep its lease alive while they work, and record its outcome."""

    def __init__(self, ledger: JobLedger, clock: Clock, *, workers: int = 2) -> None:
        self._ledger = ledger
        self._clock = clock
        self._count = workers
        self._name = own_name()
        self._handlers: Mapping[str, JobHandler] = {}
        self._wake = asyncio.Event()
        self._stopping = False
        self._served = ""
        self._running: dict[int, asyncio.Task[None]] = {}
        self._told: set[tuple[str, str]] = set()
        self._dropped: set[int] = set()
        self._workers: list[asyncio.Task[None]] = []

    async def check(self) -> None:
        """See JobRunner."""
        if not self._workers or any(worker.done() for worker in self._workers):
            raise Unavailable("The workers of the job runner have stopped. Restart the server.")

    async def start(self, handlers: Mapping[str, JobHandler]) -> None:
        """See JobRunner."""
        self._handlers = handlers
        released = await self._ledger.release_dead(lambda worker: is_dead(worker, self._name))
        if released:
            log.info("jobs.resumed", count=released)
        self._workers = [asyncio.create_task(self._work(), name=f"worker-{n}") for n in range(self._count)]

    async def tidy(self) -> None:
        """See JobRunner."""
        await self._ledger.forget_finished(self._clock.now() - KEEP_FINISHED)

    def drop(self, job_id: int) -> None:
        """See JobRunner."""
        if work := self._running.get(job_id):
            self._dropped.add(job_id)
            work.cancel()

    def wake(self) -> None:
        """See JobRunner."""
        self._wake.set()

    async def stop(self) -> None:
        """See JobRunner."""
        self._stopping = True
        self._wake.set()
        if self._workers:
            _, running = await asyncio.wait(self._workers, timeout=DRAIN_SECONDS)
            for worker in running:
                worker.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        self._workers = []

    async def _work(self) -> None:
        while not self._stopping:
            try:
                now = self._clock.now()
                job = await self._ledger.claim(self._name, now, [*self._running], self._served)
                if job is None:
                    await self._idle(now)
                else:
                    self._served = job.tenant_id
                    self._wake.set()  # another worker may find a job, too
                    await self._perform(job)
            except Exception:
                # The database may be away: the worker must outlive that, and the lease brings the job back.
                log.exception("jobs.worker_error")
                await asyncio.sleep(POLL_SECONDS)

    async def _idle(self, since: datetime) -> None:
        self._wake.clear()
        upcoming = await self._ledger.next_run_at(since)
        until_next = (upcoming - self._clock.now()).total_seconds() if upcoming else POLL_SECONDS
        with suppress(TimeoutError):
            async with asyncio.timeout(0 if self._stopping else min(max(until_next, 0.05), POLL_SECONDS)):
                await self._wake.wait()

    async def _perform(self, job: Job) -> None:
        structlog.contextvars.bind_contextvars(job=job.id, job_name=job.name)
        work = asyncio.create_task(self._attempt(job, self._handlers.get(job.name, _UNKNOWN)))
        heartbeat = asyncio.create_task(self._keep_lease(job, work))
        self._running[job.id] = work
        try:
            await work
        except asyncio.CancelledError:
            if heartbeat.done() or job.id in self._dropped:  # somebody else does this job now, or nobody should
                return
            await self._ledger.retry(job, self._clock.now(), failures=job.failures, error="interrupted by a restart")
            raise
        finally:
            heartbeat.cancel()
            del self._running[job.id]
            self._dropped.discard(job.id)
            structlog.contextvars.unbind_contextvars("job", "job_name")

    async def _attempt(self, job: Job, handler: JobHandler) -> None:
        if job.claims > MAX_CLAIMS:
            await self._fail(job, handler, GivenUp())
            return
        if job.claims > FREE_CLAIMS:
            log.warning("jobs.started_again", starts=job.claims)
        begun = time.perf_counter()
        try:
            await handler.run(job)
        except Unavailable as reason:
            JOBS.labels(job.name, "postponed").inc()
            cause = (job.name, str(reason))
            say = log.debug if cause in self._told else log.warning
            self._told.add(cause)  # one line for each cause, not for each job and each time that it is tried
            say("jobs.postponed", reason=str(reason))
            await self._ledger.retry(job, self._clock.now() + postponement(reason), failures=job.failures, error=str(reason))
        except Exception as error:
            JOBS.labels(job.name, "failed").inc()
            log.warning("jobs.failed", reason=str(error), last_try=job.is_last_try, exc_info=True)
            if job.is_last_try:
                await self._fail(job, handler, error)
            else:
                await handler.before_retry(job, error)
                run_at = self._clock.now() + RETRY_AFTER
                await self._ledger.retry(job, run_at, failures=job.failures + 1, error=str(error))
        else:
            JOBS.labels(job.name, "done").inc()
            self._told = {cause for cause in self._told if cause[0] != job.name}
            await self._ledger.finish(job, self._clock.now())
        finally:
            SECONDS.labels(job.name).observe(time.perf_counter() - begun)

    async def _fail(self, job: Job, handler: JobHandler, error: Exception) -> None:
        await handler.give_up(job, error)
        await self._ledger.finish(job, self._clock.now(), error=str(error) or type(error).__name__)

    async def _keep_lease(self, job: Job, work: asyncio.Task[None]) -> None:
        """Prolongs the lease while `work` is done; ends, and `work` with it, when the lease went to somebody else."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            try:
                if not await self._ledger.heartbeat(job, self._name, self._clock.now()):
                    log.warning("jobs.lease_lost")
                    work.cancel()
                    return
            except Exception:
                log.exception("jobs.heartbeat_error")
