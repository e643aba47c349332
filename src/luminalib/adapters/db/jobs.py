"""The ledger of background jobs."""

from collections.abc import Callable, Collection
from datetime import datetime
from itertools import count, takewhile
from operator import itemgetter

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.schema import BIG_ID, UtcDateTime, enum_column, metadata, tenant_column
from luminalib.domain.jobs import LEASE, LONGEST_PAUSE, Job, JobStatus, pause_after
from luminalib.ports.jobs import JobLedger

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", BIG_ID, primary_key=True, autoincrement=True),
    tenant_column(),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("lock", sa.String(200)),
    sa.Column("queueing_lock", sa.String(200)),
    sa.Column("status", enum_column(JobStatus), nullable=False),
    sa.Column("claims", sa.Integer, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    sa.Column("run_at", UtcDateTime, nullable=False),
    sa.Column("worker", sa.String(200)),
    sa.Column("lease_until", UtcDateTime),
    sa.Column("error", sa.Text),
    sa.Column("finished_at", UtcDateTime),
    # Whether one may run is read from the index alone: thousands may wait that may not.
    sa.Index("ix_jobs_claimable", "status", "tenant_id", "id", "run_at", "claims", "lock"),
    sa.Index("ix_jobs_status_run_at", "status", "run_at"),
    sa.Index("ix_jobs_lock", "tenant_id", "lock", "status", "id"),
    sa.Index(
        "uq_jobs_queueing_lock",
        "tenant_id",
        "queueing_lock",
        unique=True,
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    ),
    sqlite_autoincrement=True,
)


_PAUSES = [*takewhile(lambda pause: pause < LONGEST_PAUSE, map(pause_after, count()))]


async def enqueue(session: AsyncSession, job: Job) -> None:
    """Adds a job in the session's transaction, unless one with its queueing lock waits already.

    The job that waits is held until the commit, so that no worker starts it before it can see what this transaction has done.
    """
    values = {name: getattr(job, name) for name in jobs.c.keys() if name != "id"}  # noqa: SIM118 -- columns are no mapping
    if job.queueing_lock is None:
        await session.execute(sa.insert(jobs).values(values))
        return
    same = sa.and_(jobs.c.tenant_id == job.tenant_id, jobs.c.queueing_lock == job.queueing_lock)
    waiting = sa.select(jobs.c.id).where(same, jobs.c.status == JobStatus.WAITING).with_for_update(read=True)
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(jobs)
    added = insert.values(values).on_conflict_do_nothing().returning(jobs.c.id)
    while await session.scalar(waiting) is None and await session.scalar(added) is None:
        pass  # the one that was in the way has been started since


def _claimable() -> tuple[sa.Select[tuple[int]], ...]:
    """The oldest job whose worker let its lease run out; the oldest due one of the tenants behind `after`; that of the others.

    None has an older one with its lock before it. Statements of their own, because a database sorts everything that waits when it
    is asked for all at once. A job that runs, or did when its worker died, has the time of its last start for `run_at`.
    """
    other = jobs.alias("other")
    has_its_lock = sa.and_(other.c.tenant_id == jobs.c.tenant_id, other.c.lock == jobs.c.lock)
    older = sa.exists().where(has_its_lock, other.c.id < jobs.c.id, other.c.status.in_((JobStatus.WAITING, JobStatus.RUNNING)))
    # Thousands may wait for one lock: those that are held are looked up once, and the first that waits is where its index begins.
    held = sa.select(other.c.tenant_id, other.c.lock).where(other.c.status == JobStatus.RUNNING, other.c.lock.is_not(None))
    first = sa.select(sa.func.min(other.c.id)).where(has_its_lock, other.c.status == JobStatus.WAITING).scalar_subquery()
    is_next = sa.and_(sa.tuple_(jobs.c.tenant_id, jobs.c.lock).not_in(held), first >= jobs.c.id)
    rests = {claims: sa.bindparam(f"rested_{claims}", type_=UtcDateTime()) for claims in range(len(_PAUSES))}
    rested = jobs.c.run_at <= sa.case(rests, value=jobs.c.claims, else_=sa.bindparam("rested", type_=UtcDateTime()))
    lapsed = jobs.c.lease_until < sa.bindparam("now", type_=UtcDateTime())
    orphaned = sa.and_(jobs.c.status == JobStatus.RUNNING, lapsed, jobs.c.id.not_in(sa.bindparam("besides", expanding=True)))
    candidates = sa.select(jobs.c.id).where(rested).limit(1)
    due = candidates.where(jobs.c.status == JobStatus.WAITING, sa.or_(jobs.c.lock.is_(None), is_next))
    in_turn = due.order_by(jobs.c.tenant_id, jobs.c.id)
    behind = jobs.c.tenant_id > sa.bindparam("after", type_=sa.String())
    return candidates.where(orphaned, ~older).order_by(jobs.c.id), in_turn.where(behind), in_turn.where(~behind)


_ORPHANED, _BEHIND, _OTHERS = _claimable()


async def cancel(session: AsyncSession, tenant_id: str, lock: str, at: datetime) -> list[int]:
    """Ends the jobs with that lock that wait or run, in the session's transaction; returns the ids of those that ran."""
    theirs = sa.and_(jobs.c.tenant_id == tenant_id, jobs.c.lock == lock)
    ended = {"status": JobStatus.CANCELLED, "finished_at": at, "lease_until": None, "worker": None}
    running = sa.update(jobs).where(theirs, jobs.c.status == JobStatus.RUNNING).values(ended).returning(jobs.c.id)
    stopped = [*await session.scalars(running)]
    await session.execute(sa.update(jobs).where(theirs, jobs.c.status == JobStatus.WAITING).values(ended))
    return stopped


async def is_running(session: AsyncSession, tenant_id: str, lock: str) -> bool:
    """Whether one of the tenant's jobs with that lock is at work, as the session's transaction sees it."""
    theirs = sa.and_(jobs.c.tenant_id == tenant_id, jobs.c.lock == lock, jobs.c.status == JobStatus.RUNNING)
    return bool(await session.scalar(sa.select(sa.exists().where(theirs))))


class SqlJobLedger(JobLedger):
    """Jobs in the table `jobs`; one statement claims one, so no two workers can get the same."""

    def __init__(self, database: SqlDatabase) -> None:
        self._database = database

    async def claim(self, worker: str, now: datetime, besides: Collection[int] = (), after: str = "") -> Job | None:
        """See JobLedger."""
        rested = {f"rested_{claims}": now - pause for claims, pause in enumerate(_PAUSES)} | {"rested": now - LONGEST_PAUSE}
        given = {"now": now, "besides": [*besides], "after": after} | rested
        async with self._database.system_reading.connect() as connection:  # an idle library must not write every second
            found = [(await connection.scalar(one, given), one) for one in (_ORPHANED, _BEHIND)]
            if found[-1][0] is None:
                found.append((await connection.scalar(_OTHERS, given), _OTHERS))
        for _, candidate in sorted(((oldest, candidate) for oldest, candidate in found if oldest is not None), key=itemgetter(0)):
            started = {"status": JobStatus.RUNNING, "worker": worker, "lease_until": now + LEASE, "run_at": now}
            taken = (
                sa.update(jobs)
                .where(jobs.c.id == candidate.with_for_update(skip_locked=True).scalar_subquery())
                .values(**started, claims=jobs.c.claims + 1, fence=jobs.c.fence + 1)
                .returning(*jobs.c)
            )
            async with self._database.write_gate(), self._database.system_writing.begin() as connection:
                if row := (await connection.execute(taken, given)).mappings().one_or_none():
                    return Job(**row)
        return None

    async def heartbeat(self, job: Job, worker: str, now: datetime) -> bool:
        """See JobLedger."""
        mine = self._held(job).where(jobs.c.worker == worker)
        return await self._write(mine.values(lease_until=now + LEASE)) == 1

    async def finish(self, job: Job, now: datetime, error: str | None = None) -> None:
        """See JobLedger."""
        status = JobStatus.DONE if error is None else JobStatus.FAILED
        await self._write(
            self._held(job).values(status=status, finished_at=now, error=error or job.error, lease_until=None, worker=None)
        )

    async def retry(self, job: Job, run_at: datetime, *, failures: int, error: str) -> None:
        """See JobLedger."""
        again = {"status": JobStatus.WAITING, "run_at": run_at, "failures": failures, "claims": 0, "error": error}
        waiting = jobs.alias()
        same = sa.and_(waiting.c.tenant_id == jobs.c.tenant_id, waiting.c.queueing_lock == jobs.c.queueing_lock)
        overtaken = sa.exists().where(same, waiting.c.status == JobStatus.WAITING)
        free = {"lease_until": None, "worker": None}
        if not await self._write(self._held(job).where(~overtaken).values(again | free)):
            # One that does the same waits already, and may not wait twice.
            await self._write(self._held(job).values(status=JobStatus.DONE, finished_at=run_at, error=error, **free))

    async def release_dead(self, is_dead: Callable[[str], bool]) -> int:
        """See JobLedger."""
        async with self._database.system_reading.connect() as connection:
            running = sa.select(jobs.c.worker).where(jobs.c.status == JobStatus.RUNNING).distinct()
            dead = [worker for worker in await connection.scalars(running) if worker and is_dead(worker)]
        if not dead:
            return 0
        orphaned = sa.and_(jobs.c.status == JobStatus.RUNNING, jobs.c.worker.in_(dead))
        return await self._write(sa.update(jobs).where(orphaned).values(status=JobStatus.WAITING, worker=None, lease_until=None))

    async def next_run_at(self, after: datetime) -> datetime | None:
        """See JobLedger."""
        later = sa.and_(jobs.c.status == JobStatus.WAITING, jobs.c.run_at > after)
        async with self._database.system_reading.connect() as connection:
            found: datetime | None = await connection.scalar(
                sa.select(sa.func.min(jobs.c.run_at, type_=UtcDateTime())).where(later)
            )
            return found

    async def forget_finished(self, before: datetime) -> int:
        """See JobLedger."""
        over = jobs.c.status.in_((JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED))
        return await self._write(sa.delete(jobs).where(over, jobs.c.finished_at < before))

    def _held(self, job: Job) -> sa.Update:
        # Who has lost the job to a later claim must not overwrite what the other does.
        return sa.update(jobs).where(jobs.c.id == job.id, jobs.c.status == JobStatus.RUNNING, jobs.c.fence == job.fence)

    async def _write(self, statement: sa.Update | sa.Delete) -> int:
        async with self._database.write_gate(), self._database.system_writing.begin() as connection:
            return (await connection.execute(statement)).rowcount
