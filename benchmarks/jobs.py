"""What it takes to find the next job while 20,000 wait, beside an empty queue, on both databases.

Printed are medians of claims that find a job and give it back, and of claims that find none. Waiting are: jobs of one library; all
under one lock that is free, held, or whose first job is not due; those of a thousand libraries; and jobs that are not due yet.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from library import postgres
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.jobs import SqlJobLedger, jobs
from luminalib.adapters.db.migrations import upgrade
from luminalib.adapters.db.tenants import tenants
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.jobs import Job, JobStatus

WAITING, LIBRARIES, CLAIMS = 20_000, 1000, 100
NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=1)
HELD: dict[str, Any] = {"status": JobStatus.RUNNING, "lease_until": LATER}
MAIN = Job(name="x", payload={}, tenant_id=MAIN_TENANT, run_at=NOW)
QUEUES: dict[str, Callable[[int], Job]] = {
    "one job": lambda _: MAIN,
    "one library": lambda _: MAIN,
    "one lock": lambda _: replace(MAIN, lock="one"),
    "a lock that is held": lambda n: replace(MAIN, lock="one", **({} if n else HELD)),
    "a lock whose first rests": lambda n: replace(MAIN, lock="one", run_at=MAIN.run_at if n else LATER),
    "1,000 libraries": lambda n: replace(MAIN, tenant_id=f"library-{n % LIBRARIES:04}"),
    "none is due": lambda _: replace(MAIN, run_at=LATER),
}


async def fill(database: SqlDatabase, queue: str) -> None:
    """Has the jobs of one kind of queue wait, and no others."""
    made = [QUEUES[queue](number) for number in range(1 if queue == "one job" else WAITING)]
    names = [column.name for column in jobs.c if column.name != "id"]
    async with database.owner.begin() as connection:
        await connection.execute(sa.delete(jobs))
        await connection.execute(sa.insert(jobs), [{name: getattr(one, name) for name in names} for one in made])
    async with database.owner.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.exec_driver_sql("ANALYZE")


async def claims(database: SqlDatabase) -> list[float]:
    """Milliseconds of each; what was claimed waits again afterwards."""
    ledger, times, last = SqlJobLedger(database), [], ""
    for _ in range(CLAIMS):
        began = time.perf_counter()
        job = await ledger.claim("benchmark", NOW + timedelta(seconds=1), after=last)
        times.append((time.perf_counter() - began) * 1000)
        if job:
            last = job.tenant_id
            async with database.system_writing.begin() as connection:
                again = {"status": JobStatus.WAITING, "claims": 0, "run_at": NOW, "lease_until": None}
                await connection.execute(sa.update(jobs).where(jobs.c.id == job.id).values(again))
    return times


async def measure(url: str) -> None:
    """Prints the queues of one database."""
    database = SqlDatabase(url)
    await upgrade(database)
    async with database.owner.begin() as connection:
        shelf = [
            {"tenant_id": f"library-{n:04}", "name": "x", "plan": "unlimited", "created_at": NOW, "is_active": True}
            for n in range(LIBRARIES)
        ]
        await connection.execute(sa.insert(tenants), shelf)
    least = None
    for queue in QUEUES:
        await fill(database, queue)
        await claims(database)
        median = statistics.median(await claims(database))
        least = least or median
        print(f"  {queue:26}{median:8.2f} ms{median / least:8.1f} x", flush=True)
    await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), nargs="*", default=["sqlite", "postgresql"])
    for kind in parser.parse_args().database:
        with tempfile.TemporaryDirectory(prefix="luminalib-bench-") as name:
            at = f"sqlite+aiosqlite:///{Path(name) / 'library.db'}"
            with postgres(Path(name)) if kind == "postgresql" else nullcontext(at) as url:
                print(f"{kind}: a claim of {CLAIMS}, median, beside that of a queue with one job")
                asyncio.run(measure(url))


if __name__ == "__main__":
    main()
