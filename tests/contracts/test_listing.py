"""Lists of everything but books: their totals, and what happens when they grow too long to be counted."""

import pytest
import sqlalchemy as sa

from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.auth import users
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.views import kept, listing
from luminalib.adapters.db.views.listing import Listing
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.domain.paging import Page, PageRequest
from records import make_user


async def test_the_length_of_a_list_too_long_to_be_counted_is_known_for_a_while(
    database: SqlDatabase, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    uow = SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())
    monkeypatch.setattr(listing, "COUNTED_EXACTLY", 3)
    named = sa.select(users.c.email).where(users.c.email != sa.bindparam("name", type_=sa.String))
    people = Listing(named, users.c.email)

    async def read(name: str = "nobody", page: int = 1) -> Page[str]:
        return await people.read(reader, "main", PageRequest(page, 2), lambda row: str(row[0]), name=name)

    for _ in range(3):
        await make_user(uow)
    assert ((await read()).total, (await read()).is_estimate) == (3, False)
    for _ in range(2):
        await make_user(uow)
    long = await read()
    assert (len(long.items), long.total, long.is_estimate) == (2, 5, True)
    await make_user(uow)
    assert (await read()).total == 5
    assert ((await read(page=3)).total, len((await read(page=3)).items)) == (5, 2), "the rows themselves are those of now"
    assert (await read(page=9)).total == 5
    assert (await read(long.items[0])).total == 5, "another list is counted by itself"
    monkeypatch.setattr(kept, "SECONDS", 0.0)
    assert (await read()).total == 6
