"""Work that must happen although nobody waits for it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from luminalib.domain.errors import LuminaError, Unavailable

MAX_FAILURES = 2
"""A job is tried once and retried once."""
MAX_CLAIMS = 100
"""A job that was started this often without an outcome is given up: with its pauses that takes half an hour."""
FREE_CLAIMS = 3
"""So many starts without an outcome may follow each other at once: servers are stopped for all kinds of reasons."""
LONGEST_PAUSE = timedelta(seconds=20)
"""Whatever killed the server: with a lease of 30 s, an interrupted job goes on within a minute."""
RETRY_AFTER = timedelta(seconds=2)
POSTPONE_AFTER = timedelta(seconds=15)
LONGEST_POSTPONEMENT = timedelta(hours=1)
LEASE = timedelta(seconds=30)
"""How long a job belongs to its worker without a heartbeat."""


def postponement(reason: Unavailable) -> timedelta:
    """How long a job waits for what is away: as long as that asks for (`retry_after`, in seconds), within limits."""
    asked = reason.facts.get("retry_after")
    least, most = POSTPONE_AFTER.total_seconds(), LONGEST_POSTPONEMENT.total_seconds()
    return timedelta(seconds=min(max(asked if isinstance(asked, (int, float)) else least, least), most))


def pause_after(claims: int) -> timedelta:
    """How long after its last start a job waits that was started `claims` times without an outcome: each time twice as long.

    Whoever kills the server from outside, however often, hits a job by chance: it is done in the first gap that is long enough,
    and waits no longer than the trouble has lasted. A job that takes its process down does so at every start: after the first few
    it leaves the server some time for the others.
    """
    if claims <= FREE_CLAIMS:
        return timedelta()
    return min(timedelta(seconds=2.0 ** min(claims - FREE_CLAIMS - 1, 20)), LONGEST_PAUSE)


class GivenUp(LuminaError):
    """The server stopped each time it worked on this, a hundred times in a row. Its log may say why."""

    slug = "given-up"


class UnknownJob(LuminaError):
    """The server does not know how to do this job, in this version."""

    slug = "unknown-job"


class JobStatus(StrEnum):
    """The states of a job in the ledger; finished jobs keep their row for a while."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(eq=False, kw_only=True)
class Job:
    """A row of the ledger: what to do, and how far it has come.

    `payload` holds ids only. Jobs with the same `lock` run one after another, in the order of their ids. Of the waiting jobs with
    the same `queueing_lock` there is at most one. `fence` is the number of the claim, counted over the job's whole life: who holds
    an older one has lost the job, also to another task of the same process.
    """

    name: str
    payload: dict[str, str]
    tenant_id: str
    run_at: datetime
    lock: str | None = None
    queueing_lock: str | None = None
    status: JobStatus = JobStatus.WAITING
    claims: int = 0
    failures: int = 0
    worker: str | None = None
    lease_until: datetime | None = None
    fence: int = 0
    error: str | None = None
    finished_at: datetime | None = None
    id: int = field(default=0)

    @property
    def is_last_try(self) -> bool:
        """Whether one more failure ends it."""
        return self.failures + 1 >= MAX_FAILURES
