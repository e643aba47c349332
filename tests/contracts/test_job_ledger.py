import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.jobs import SqlJobLedger, _claimable, jobs
from luminalib.adapters.db.migrations import upgrade
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.domain.jobs import FREE_CLAIMS, LEASE, MAX_CLAIMS, Job, JobStatus, pause_after
from luminalib.ports.jobs import JobLedger

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ME, YOU = "host:1:me", "host:2:you"


@pytest.fixture
def ledger(database: SqlDatabase) -> JobLedger:
    return SqlJobLedger(database)


@pytest.fixture
def uow(database: SqlDatabase) -> SqlUnitOfWorkFactory:
    return SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())


@pytest.fixture
def sqlite_database(database: SqlDatabase) -> SqlDatabase:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL has no gate")
    return database


async def enqueue(
    uow: SqlUnitOfWorkFactory,
    *names: str,
    lock: str | None = None,
    run_at: datetime = NOW,
    tenant: str = "main",
    once: str | None = None,
) -> None:
    for name in names:
        async with uow(tenant) as unit:
            await unit.enqueue(Job(name=name, payload={"id": name}, tenant_id=tenant, run_at=run_at, lock=lock, queueing_lock=once))


async def outcomes(database: SqlDatabase) -> list[tuple[str, JobStatus, str | None]]:
    """Name, state and error of each job, in their order."""
    async with database.owner.connect() as connection:
        found = await connection.execute(sa.select(jobs.c.name, jobs.c.status, jobs.c.error).order_by(jobs.c.id))
        return [(name, status, error) for name, status, error in found]


async def claim(ledger: JobLedger, worker: str = ME, at: datetime = NOW) -> Job:
    job = await ledger.claim(worker, at)
    assert job is not None
    return job


async def test_jobs_come_in_the_order_they_were_enqueued(ledger: JobLedger, uow: SqlUnitOfWorkFactory) -> None:
    await enqueue(uow, "first", "second", "third")
    assert [(await claim(ledger)).name for _ in range(3)] == ["first", "second", "third"]
    assert await ledger.claim(ME, NOW) is None


async def test_tenants_take_turns(ledger: JobLedger, uow: SqlUnitOfWorkFactory) -> None:
    await enqueue(uow, *(f"busy {n}" for n in range(4)), tenant="busy")
    await enqueue(uow, "main 0")
    await enqueue(uow, "quiet 0", "quiet 1", tenant="quiet", lock="one at a time")
    taken, after = [], ""
    while job := await ledger.claim(ME, NOW, after=after):
        taken.append(job.name)
        after = job.tenant_id
    assert taken == ["busy 0", "main 0", "quiet 0", "busy 1", "busy 2", "busy 3"], "quiet 1 waits for quiet 0"


async def test_a_job_is_claimed_by_exactly_one_of_many(ledger: JobLedger, uow: SqlUnitOfWorkFactory) -> None:
    await enqueue(uow, *(f"job {n}" for n in range(20)))

    async def take_all(worker: str) -> list[str]:
        taken = []
        while job := await ledger.claim(worker, NOW):
            taken.append(job.name)
            await asyncio.sleep(0)
        return taken

    taken = await asyncio.gather(*(take_all(f"host:1:{n}") for n in range(8)))
    assert sorted(name for names in taken for name in names) == sorted(f"job {n}" for n in range(20))


async def test_jobs_with_a_lock_run_one_after_another(ledger: JobLedger, uow: SqlUnitOfWorkFactory) -> None:
    await enqueue(uow, "first", "second", lock="document:1")
    await enqueue(uow, "other", lock="document:2")
    first = await claim(ledger)
    assert first.name == "first"
    assert (await claim(ledger, YOU)).name == "other"
    assert await ledger.claim(YOU, NOW) is None
    await ledger.retry(first, NOW + timedelta(minutes=1), failures=1, error="no luck")
    assert await ledger.claim(YOU, NOW) is None, "a job that waits for its retry keeps its place"
    again = await claim(ledger, at=NOW + timedelta(minutes=2))
    assert (again.name, again.failures, again.claims, again.error) == ("first", 1, 1, "no luck"), "a postponement is an outcome"
    await ledger.finish(again, NOW)
    assert (await claim(ledger)).name == "second"


async def test_a_job_waits_until_its_time(ledger: JobLedger, uow: SqlUnitOfWorkFactory) -> None:
    later = NOW + timedelta(minutes=5)
    await enqueue(uow, "later", run_at=later)
    assert await ledger.claim(ME, NOW) is None
    assert await ledger.next_run_at(NOW) == later
    assert (await claim(ledger, at=later)).name == "later"
    assert await ledger.next_run_at(later) is None


async def test_a_lease_without_heartbeat_goes_to_another(ledger: JobLedger, uow: SqlUnitOfWorkFactory) -> None:
    await enqueue(uow, "job")
    mine = await claim(ledger)
    soon, late = NOW + LEASE / 2, NOW + LEASE * 1.2
    assert await ledger.heartbeat(mine, ME, soon)
    assert await ledger.claim(YOU, late) is None
    yours = await claim(ledger, YOU, NOW + LEASE * 2)
    assert yours.id == mine.id
    assert not await ledger.heartbeat(mine, ME, late)
    await ledger.finish(mine, late)
    assert await ledger.heartbeat(yours, YOU, late), "the old owner's outcome must not count"


async def test_jobs_of_the_dead_are_released(ledger: JobLedger, uow: SqlUnitOfWorkFactory) -> None:
    await enqueue(uow, "mine", "yours")
    await claim(ledger, ME)
    await claim(ledger, YOU)
    assert await ledger.release_dead(lambda worker: worker == YOU) == 1
    assert (await claim(ledger, ME)).name == "yours"
    assert await ledger.release_dead(lambda _: False) == 0


@pytest.mark.parametrize("dies", ["here", "on another machine"])
async def test_a_job_whose_workers_die_rests_ever_longer(ledger: JobLedger, uow: SqlUnitOfWorkFactory, dies: str) -> None:
    await enqueue(uow, "deadly")
    at = NOW
    for claims in range(1, MAX_CLAIMS + 1):
        assert (await claim(ledger, at=at)).claims == claims
        if dies == "here":
            await ledger.release_dead(lambda _: True)
        rest = max(pause_after(claims), timedelta() if dies == "here" else LEASE + timedelta(seconds=1))
        if claims > FREE_CLAIMS and dies == "here":
            await enqueue(uow, f"harmless {claims}")
            other = await claim(ledger, at=at + rest / 2)
            assert other.name == f"harmless {claims}", "others need not wait for it"
            await ledger.finish(other, at)
            assert await ledger.next_run_at(at) is None
        at += rest
    assert at - NOW > timedelta(minutes=30)


async def test_finished_jobs_are_forgotten_after_a_while(ledger: JobLedger, uow: SqlUnitOfWorkFactory) -> None:
    await enqueue(uow, "done", "failed", "waiting")
    await ledger.finish(await claim(ledger), NOW)
    await ledger.finish(await claim(ledger), NOW, error="broken")
    assert await ledger.forget_finished(NOW) == 0
    assert await ledger.forget_finished(NOW + timedelta(seconds=1)) == 2
    assert (await claim(ledger)).name == "waiting"


async def test_outcomes_are_kept(ledger: JobLedger, uow: SqlUnitOfWorkFactory, database: SqlDatabase) -> None:
    await enqueue(uow, "done", "failed", "waiting")
    await ledger.finish(await claim(ledger), NOW)
    await ledger.finish(await claim(ledger), NOW, error="broken")
    assert await outcomes(database) == [
        ("done", JobStatus.DONE, None),
        ("failed", JobStatus.FAILED, "broken"),
        ("waiting", JobStatus.WAITING, None),
    ]


async def test_what_one_that_waits_will_do_is_not_tried_again(
    ledger: JobLedger, uow: SqlUnitOfWorkFactory, database: SqlDatabase
) -> None:
    await enqueue(uow, "index 1", once="index")
    first = await claim(ledger)
    await enqueue(uow, "index 2", once="index")
    await enqueue(uow, "index 3", once="index")
    await enqueue(uow, "other", once="other")
    await ledger.retry(first, NOW, failures=1, error="no luck")
    await ledger.retry(await claim(ledger), NOW, failures=1, error="no luck")
    assert await outcomes(database) == [
        ("index 1", JobStatus.DONE, "no luck"),
        ("index 2", JobStatus.WAITING, "no luck"),
        ("other", JobStatus.WAITING, None),
    ]


async def test_a_lock_s_jobs_are_cancelled_in_its_tenant_alone(
    ledger: JobLedger, uow: SqlUnitOfWorkFactory, database: SqlDatabase
) -> None:
    await enqueue(uow, "runs", "waits", lock="document:1")
    await enqueue(uow, "another", lock="document:2")
    await enqueue(uow, "elsewhere", lock="document:1", tenant="quiet")
    await claim(ledger)
    async with uow("main") as unit:
        assert await unit.has_running_job("document:1")
        await unit.cancel_jobs("document:1", NOW)
    async with uow.reading("main") as unit:
        assert not await unit.has_running_job("document:1")
        assert not await unit.has_running_job("document:2"), "one that waits is not at work"
    ended = [
        ("runs", JobStatus.CANCELLED),
        ("waits", JobStatus.CANCELLED),
        ("another", JobStatus.WAITING),
        ("elsewhere", JobStatus.WAITING),
    ]
    assert [one[:2] for one in await outcomes(database)] == ended


async def test_a_claim_is_fenced_against_the_same_worker_s_earlier_one(ledger: JobLedger, uow: SqlUnitOfWorkFactory) -> None:
    await enqueue(uow, "job")
    first = await claim(ledger)
    second = await claim(ledger, at=NOW + LEASE * 2)
    assert (second.id, second.fence) == (first.id, first.fence + 1)
    late = NOW + LEASE * 2
    assert not await ledger.heartbeat(first, ME, late)
    await ledger.finish(first, late, error="of the first")
    await ledger.retry(first, late, failures=1, error="of the first")
    assert await ledger.heartbeat(second, ME, late)
    await ledger.retry(second, late, failures=1, error="of the second")
    third = await claim(ledger, at=late)
    assert (third.claims, third.fence, third.error) == (1, 3, "of the second"), "starts are counted afresh, claims never"


async def test_what_a_worker_is_at_is_not_given_to_it_again(ledger: JobLedger, uow: SqlUnitOfWorkFactory) -> None:
    await enqueue(uow, "one", "two")
    mine = await claim(ledger)
    much_later = NOW + timedelta(days=1)
    other = await ledger.claim(ME, much_later, [mine.id])
    assert other is not None
    assert other.name == "two"
    assert await ledger.claim(ME, much_later, [mine.id, other.id]) is None


@pytest.mark.parametrize("lock", [None, "document:1"])
async def test_what_the_dead_left_keeps_its_place(ledger: JobLedger, uow: SqlUnitOfWorkFactory, lock: str | None) -> None:
    await enqueue(uow, "dead", lock=lock)
    await enqueue(uow, "waiting")
    await claim(ledger)
    assert [(await claim(ledger, at=NOW + LEASE * 2)).name for _ in range(2)] == ["dead", "waiting"]


async def test_whatever_writes_the_ledger_waits_at_the_gate(
    ledger: JobLedger, uow: SqlUnitOfWorkFactory, sqlite_database: SqlDatabase
) -> None:
    """At SQLite's own lock a job's outcome could wait for ever."""
    await enqueue(uow, "mine", "next")
    mine = await claim(ledger)
    writers: list[Coroutine[Any, Any, Any]] = [
        ledger.claim(YOU, NOW),
        ledger.heartbeat(mine, ME, NOW),
        ledger.finish(mine, NOW),
        ledger.retry(mine, NOW, failures=0, error="no luck"),
        ledger.release_dead(lambda _: True),
        ledger.forget_finished(NOW),
    ]
    async with sqlite_database.write_gate():
        waiting = [asyncio.create_task(writer) for writer in writers]
        done, _ = await asyncio.wait(waiting, timeout=0.2)
        assert not done
    await asyncio.gather(*waiting)


async def test_a_claim_does_not_sort_what_waits(tmp_path: Path) -> None:
    """With twenty thousand waiting jobs that cost SQLite a quarter of a second each time."""
    database = SqlDatabase(f"sqlite+aiosqlite:///{tmp_path / 'jobs.db'}")
    await upgrade(database)
    async with database.owner.connect() as connection:
        _, *in_turn = _claimable()
        for candidate in in_turn:
            given = {name: NOW for name in candidate.compile().params if "rested" in name or name == "now"} | {"after": "main"}
            compiled = candidate.params(given).compile(connection.sync_connection, compile_kwargs={"literal_binds": True})
            plan = str((await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")).all())
            assert "TEMP B-TREE" not in plan, plan
            assert "SCAN jobs" not in plan, plan
            assert plan.count("SEARCH other USING COVERING INDEX") == 2, plan
    assert "COVERING INDEX ix_jobs_claimable" in plan
    await database.close()
