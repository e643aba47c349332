"""The ledger of background jobs and those who work it off."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from luminalib.domain.jobs import Job


class JobLedger(ABC):
    """The durable list of jobs, over all tenants. New jobs enter it through `UnitOfWork.enqueue`."""

    @abstractmethod
    async def claim(self, worker: str, now: datetime, besides: Collection[int] = (), after: str = "") -> Job | None:
        """Takes a job that may run now (a lease in return), or None. A job is never given to two workers.

        Tenants take turns, so that none waits for all that another has; within a tenant the oldest job comes first. `after` is the
        tenant whose turn was last.

        One that was started before without an outcome rests first, see `pause_after`. `besides` are the ids of those that the
        worker is at already: after a suspend or a step of the clock their leases look as if they had run out.
        """

    @abstractmethod
    async def heartbeat(self, job: Job, worker: str, now: datetime) -> bool:
        """Prolongs the lease. False when the job was claimed anew by now."""

    @abstractmethod
    async def finish(self, job: Job, now: datetime, error: str | None = None) -> None:
        """Records the end: done, or failed for good with the reason."""

    @abstractmethod
    async def retry(self, job: Job, run_at: datetime, *, failures: int, error: str) -> None:
        """Puts it back to wait until `run_at`, with the number of failures so far; its starts are counted afresh."""

    @abstractmethod
    async def release_dead(self, is_dead: Callable[[str], bool]) -> int:
        """Puts the running jobs of workers for which `is_dead` holds back to wait; returns how many."""

    @abstractmethod
    async def next_run_at(self, after: datetime) -> datetime | None:
        """When the next of the jobs may run that had to wait still at `after`; None when there is none."""

    @abstractmethod
    async def forget_finished(self, before: datetime) -> int:
        """Deletes the rows of jobs that ended before then; returns how many."""


@dataclass(frozen=True, slots=True)
class JobHandler:
    """How a kind of job is done: `run` does it (again, after a crash, from wherever it was), `give_up` records its failure.

    `before_retry` records that it failed once and will be tried again.
    """

    run: Callable[[Job], Awaitable[None]]
    give_up: Callable[[Job, Exception], Awaitable[None]]
    before_retry: Callable[[Job, Exception], Awaitable[None]]


class JobRunner(ABC):
    """Works off the ledger, tenant by tenant in turn, the oldest first."""

    @abstractmethod
    async def start(self, handlers: Mapping[str, JobHandler]) -> None:
        """Resumes what a crash left behind and begins to work."""

    @abstractmethod
    async def tidy(self) -> None:
        """Forgets jobs that ended long ago."""

    @abstractmethod
    def wake(self) -> None:
        """Says that there may be a new job; never waits."""

    @abstractmethod
    def drop(self, job_id: int) -> None:
        """Says that a job was cancelled in the ledger: if it runs here, it stops now; never waits."""

    @abstractmethod
    async def check(self) -> None:
        """Returns when its workers are at work; raises Unavailable otherwise."""

    @abstractmethod
    async def stop(self) -> None:
        """Lets running jobs finish for a while, puts the others back to wait, and ends."""
