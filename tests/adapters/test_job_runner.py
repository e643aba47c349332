import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from fakes import FakeClock
from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.jobs import SqlJobLedger, jobs
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.adapters.jobs.inprocess import KEEP_FINISHED, POLL_SECONDS, InProcessJobRunner
from luminalib.domain.errors import Unavailable
from luminalib.domain.jobs import LEASE, LONGEST_PAUSE, MAX_CLAIMS, RETRY_AFTER, Job, JobStatus
from luminalib.ports.jobs import JobHandler

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
Work = Callable[[Job], Awaitable[None]]


class Recorder:
    """A handler whose work is given, and what was asked of it."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.tries = 0
        self.notes: list[str] = []

    async def run(self, job: Job) -> None:
        self.tries += 1
        await self._work(job)
        self.notes.append(f"done {job.payload['n']}")

    async def give_up(self, _job: Job, error: Exception) -> None:
        self.notes.append(f"gave up: {error}")

    async def before_retry(self, _job: Job, error: Exception) -> None:
        self.notes.append(f"again: {error}")


class Desk:
    """A ledger with a runner at it."""

    def __init__(self, database: SqlDatabase) -> None:
        self.clock = FakeClock(NOW)
        self.ledger = SqlJobLedger(database)
        self.uow = SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())

    async def enqueue(self, count: int = 1, tenant: str = "main") -> None:
        async with self.uow(tenant) as unit:
            for n in range(count):
                await unit.enqueue(Job(name="job", payload={"n": str(n)}, tenant_id=tenant, run_at=self.clock.now()))

    async def work(self, recorder: Recorder, until: Callable[[], bool], workers: int = 1) -> None:
        runner = InProcessJobRunner(self.ledger, self.clock, workers=workers)
        self.uow.runner = runner
        await runner.start({"job": JobHandler(recorder.run, recorder.give_up, recorder.before_retry)})
        try:
            async with asyncio.timeout(60):
                while not until():
                    self.clock.advance(timedelta(seconds=5))
                    runner.wake()
                    await asyncio.sleep(0.02)
        finally:
            await runner.stop()


@pytest.fixture
def desk(database: SqlDatabase) -> Desk:
    return Desk(database)


async def succeed(_job: Job) -> None:
    pass


async def break_down(_job: Job) -> None:
    raise ValueError("broken")


async def test_jobs_are_done_in_order(desk: Desk) -> None:
    await desk.enqueue(5)
    recorder = Recorder(succeed)
    await desk.work(recorder, lambda: len(recorder.notes) == 5)
    assert recorder.notes == [f"done {n}" for n in range(5)]


async def test_one_tenant_s_many_jobs_do_not_hold_up_another_s_one(desk: Desk) -> None:
    await desk.enqueue(20, "busy")
    await desk.enqueue(1, "quiet")
    order = []

    async def note(job: Job) -> None:
        order.append(job.tenant_id)

    recorder = Recorder(note)
    await desk.work(recorder, lambda: len(recorder.notes) == 21)
    assert order.index("quiet") == 1


async def test_a_failure_is_tried_once_more_then_given_up_with_its_reason(desk: Desk) -> None:
    await desk.enqueue()
    recorder = Recorder(break_down)
    await desk.work(recorder, lambda: len(recorder.notes) == 2)
    assert (recorder.tries, recorder.notes) == (2, ["again: broken", "gave up: broken"])
    assert await desk.ledger.claim("host:1:x", desk.clock.now() + timedelta(days=1)) is None


async def test_an_absent_service_uses_nothing_up(desk: Desk) -> None:
    async def recover(job: Job) -> None:
        if recorder.tries < 6:
            raise Unavailable("away")
        assert job.failures == 0

    await desk.enqueue()
    recorder = Recorder(recover)
    await desk.work(recorder, lambda: bool(recorder.notes))
    assert (recorder.tries, recorder.notes) == (6, ["done 0"])


async def test_work_goes_on_beside_slow_work(desk: Desk) -> None:
    release = asyncio.Event()

    async def first_is_slow(job: Job) -> None:
        if job.payload["n"] == "0":
            await release.wait()

    await desk.enqueue(4)
    recorder = Recorder(first_is_slow)

    def others_done() -> bool:
        if len(recorder.notes) == 3:
            release.set()
        return len(recorder.notes) == 4

    await desk.work(recorder, others_done, workers=2)
    assert recorder.notes == ["done 1", "done 2", "done 3", "done 0"]


async def test_stopping_puts_unfinished_work_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("luminalib.adapters.jobs.inprocess.DRAIN_SECONDS", 0.05)
    started = asyncio.Event()

    async def endless(_job: Job) -> None:
        started.set()
        await asyncio.Event().wait()

    await desk.enqueue()
    await desk.work(Recorder(endless), started.is_set)
    job = await desk.ledger.claim("host:1:x", desk.clock.now())
    assert job is not None
    assert (job.failures, job.error) == (0, "interrupted by a restart")


async def test_work_whose_lease_went_to_another_is_dropped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("luminalib.adapters.jobs.inprocess.HEARTBEAT_SECONDS", 0.1)
    dropped = asyncio.Event()

    async def endless(_job: Job) -> None:
        taken = await desk.ledger.claim("host:1:x", desk.clock.now() + LEASE * 2)
        assert taken is not None
        try:
            await asyncio.Event().wait()
        finally:
            dropped.set()

    await desk.enqueue()
    recorder = Recorder(endless)
    await desk.work(recorder, dropped.is_set)
    assert (recorder.tries, recorder.notes) == (1, [])
    assert await desk.ledger.claim("host:1:y", desk.clock.now()) is None, "it still belongs to the other"


async def test_what_a_dead_process_left_is_resumed_at_once(desk: Desk) -> None:
    await desk.enqueue()
    gone = f"{socket.gethostname()}:{2**22 + 1}:x"  # above the largest process id
    assert await desk.ledger.claim(gone, desk.clock.now()) is not None
    recorder = Recorder(succeed)
    await desk.work(recorder, lambda: bool(recorder.notes))
    assert recorder.notes == ["done 0"]


async def test_what_a_living_process_does_is_left_alone(desk: Desk) -> None:
    await desk.enqueue()
    alive = f"{socket.gethostname()}:{os.getppid()}:x"
    claimed = await desk.ledger.claim(alive, desk.clock.now() + timedelta(days=1))  # a lease far beyond this test
    recorder = Recorder(succeed)
    await desk.enqueue()
    await desk.work(recorder, lambda: bool(recorder.notes))
    assert claimed is not None
    assert recorder.tries == 1
    assert await desk.ledger.heartbeat(claimed, alive, desk.clock.now())


@pytest.mark.parametrize("starts", [MAX_CLAIMS - 1, MAX_CLAIMS])
async def test_work_that_always_ends_its_process_is_given_up(desk: Desk, starts: int) -> None:
    await desk.enqueue()
    for _ in range(starts):
        assert await desk.ledger.claim("host:1:x", desk.clock.now()) is not None
        await desk.ledger.release_dead(lambda _: True)
        desk.clock.advance(LONGEST_PAUSE)
    recorder = Recorder(succeed)
    await desk.work(recorder, lambda: bool(recorder.notes))
    if starts < MAX_CLAIMS:
        assert recorder.notes == ["done 0"]
    else:
        assert recorder.tries == 0
        assert recorder.notes[0].startswith("gave up: The server stopped each time")


async def test_a_runner_says_when_its_workers_are_gone(desk: Desk) -> None:
    runner = InProcessJobRunner(desk.ledger, desk.clock)
    with pytest.raises(Unavailable):
        await runner.check()
    await runner.start({})
    await runner.check()
    await runner.stop()
    with pytest.raises(Unavailable):
        await runner.check()


async def test_one_worker_that_has_ended_is_enough_to_be_told(desk: Desk) -> None:
    runner = InProcessJobRunner(desk.ledger, desk.clock, workers=2)
    await runner.start({})
    runner._workers[0].cancel()
    await asyncio.wait(runner._workers[:1])
    with pytest.raises(Unavailable):
        await runner.check()
    await runner.stop()


async def test_dropped_work_ends_at_once_and_is_not_tried_again(desk: Desk) -> None:
    started, ended = asyncio.Event(), asyncio.Event()

    async def endless(job: Job) -> None:
        if job.payload["n"] == "dropped":
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

    async with desk.uow("main") as unit:
        for lock in ("dropped", "next"):
            await unit.enqueue(Job(name="job", payload={"n": lock}, tenant_id="main", run_at=NOW, lock=lock))

    recorder = Recorder(endless)
    cancelling: list[asyncio.Task[None]] = []

    async def cancel() -> None:
        async with desk.uow("main") as unit:
            await unit.cancel_jobs("dropped", NOW)

    def next_is_done() -> bool:
        if started.is_set() and not cancelling:
            cancelling.append(asyncio.create_task(cancel()))
        return bool(recorder.notes)

    await desk.work(recorder, next_is_done)  # its one worker is free again
    assert ended.is_set()
    assert (recorder.tries, recorder.notes) == (2, ["done next"])
    assert await desk.ledger.claim("host:1:x", desk.clock.now() + timedelta(days=1)) is None


async def test_a_failure_waits_a_moment_and_counts_once(desk: Desk) -> None:
    await desk.enqueue()
    recorder = Recorder(break_down)
    runner = InProcessJobRunner(desk.ledger, desk.clock)
    await runner.start({"job": JobHandler(recorder.run, recorder.give_up, recorder.before_retry)})
    async with asyncio.timeout(60):
        while await desk.ledger.next_run_at(NOW) is None:
            await asyncio.sleep(0.01)
    await runner.stop()
    assert await desk.ledger.next_run_at(NOW) == NOW + RETRY_AFTER
    again = await desk.ledger.claim("host:1:x", NOW + RETRY_AFTER)
    assert again is not None
    assert (again.failures, again.error) == (1, "broken")


class CountingLedger(SqlJobLedger):
    """Counts how often somebody looks for work."""

    def __init__(self, database: SqlDatabase) -> None:
        super().__init__(database)
        self.looks = 0

    async def claim(self, worker: str, now: datetime, besides: Collection[int] = (), after: str = "") -> Job | None:
        found = await super().claim(worker, now, besides, after)
        self.looks += 1
        return found


async def test_who_has_nothing_to_do_looks_when_woken_and_not_in_between(
    database: SqlDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pause in ("POLL_SECONDS", "DRAIN_SECONDS"):
        monkeypatch.setattr(f"luminalib.adapters.jobs.inprocess.{pause}", 3600.0)
    ledger = CountingLedger(database)
    runner = InProcessJobRunner(ledger, FakeClock(NOW), workers=1)
    await runner.start({})
    async with asyncio.timeout(60):
        for looks in (1, 2, 3):
            while ledger.looks < looks:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            assert ledger.looks == looks
            if looks < 3:
                runner.wake()
        await runner.stop()  # which wakes it, too


class SlowLedger(SqlJobLedger):
    """Takes its time to say that there is nothing to do."""

    def __init__(self, database: SqlDatabase) -> None:
        super().__init__(database)
        self.is_asked = asyncio.Event()

    async def claim(self, worker: str, now: datetime, besides: Collection[int] = (), after: str = "") -> Job | None:
        self.is_asked.set()
        await asyncio.sleep(0.05)
        return await super().claim(worker, now, besides, after)


async def test_stopping_while_a_worker_looks_for_work_does_not_wait_for_the_next_look(database: SqlDatabase) -> None:
    ledger = SlowLedger(database)
    runner = InProcessJobRunner(ledger, FakeClock(NOW))
    await runner.start({})
    await ledger.is_asked.wait()
    async with asyncio.timeout(POLL_SECONDS / 2):
        await runner.stop()
    with pytest.raises(Unavailable):
        await runner.check()


async def test_a_step_of_the_clock_does_not_start_a_job_twice(desk: Desk) -> None:
    """After a suspend, too, all leases look as if they had run out."""
    started, release = asyncio.Event(), asyncio.Event()

    async def slow(_job: Job) -> None:
        started.set()
        await release.wait()

    await desk.enqueue()
    recorder = Recorder(slow)
    looks = 0

    def has_looked_again() -> bool:
        nonlocal looks
        if started.is_set():
            desk.clock.advance(timedelta(hours=1))
            looks += 1
        if looks == 20:
            release.set()
        return bool(recorder.notes)

    await desk.work(recorder, has_looked_again, workers=3)
    assert (recorder.tries, recorder.notes) == (1, ["done 0"])


async def test_an_unknown_job_fails_and_keeps_nobody_from_work(desk: Desk, database: SqlDatabase) -> None:
    async with desk.uow("main") as unit:
        await unit.enqueue(Job(name="of another version", payload={}, tenant_id="main", run_at=NOW))
    await desk.enqueue(2)
    recorder = Recorder(succeed)

    async def outcome() -> tuple[str, str]:
        async with database.owner.connect() as connection:
            row = (await connection.execute(sa.select(jobs).where(jobs.c.name == "of another version"))).one()
        return row.status, row.error or ""

    has_failed = asyncio.Event()

    async def watch() -> None:
        while (await outcome())[0] != JobStatus.FAILED:
            await asyncio.sleep(0.02)
        has_failed.set()

    watching = asyncio.create_task(watch())
    await desk.work(recorder, lambda: len(recorder.notes) == 2 and has_failed.is_set())
    await watching
    assert "of another version" in (await outcome())[1]
    assert await desk.ledger.claim("host:1:x", desk.clock.now() + timedelta(days=1)) is None


async def finished(desk: Desk) -> None:
    await desk.enqueue()
    job = await desk.ledger.claim("host:1:x", desk.clock.now())
    assert job is not None
    await desk.ledger.finish(job, desk.clock.now())


async def test_old_rows_go_while_the_server_runs_and_young_ones_stay(desk: Desk) -> None:
    await finished(desk)
    desk.clock.advance(KEEP_FINISHED - timedelta(seconds=1))
    await finished(desk)
    desk.clock.advance(timedelta(seconds=2))
    await InProcessJobRunner(desk.ledger, desk.clock).tidy()
    assert await desk.ledger.forget_finished(desk.clock.now()) == 1, "the old one has gone already"
