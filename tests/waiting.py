"""Waiting for the library's own work."""

import asyncio

import sqlalchemy as sa

from luminalib.adapters.db.jobs import jobs
from luminalib.container import Container
from luminalib.domain.jobs import JobStatus


async def indexed(container: Container) -> None:
    """Waits until there is nothing left to do, and sees that the index holds what the database has."""
    waiting = sa.select(sa.func.count()).where(jobs.c.status.in_((JobStatus.WAITING, JobStatus.RUNNING)))
    async with asyncio.timeout(30), container.database.owner.connect() as connection:
        while await connection.scalar(waiting):
            await connection.rollback()
            await asyncio.sleep(0.02)
    assert (await container.services.doctor.examine("main")).is_sound
