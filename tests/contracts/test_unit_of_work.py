import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db import sqlite
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.jobs import SqlJobLedger
from luminalib.adapters.db.schema import metadata
from luminalib.adapters.db.uow import SqlUnitOfWork, SqlUnitOfWorkFactory
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.domain.auth import EmailTaken, Role, User
from luminalib.domain.auth import Session as LogIn
from luminalib.domain.books import Book, BookDetails, BookNotFound
from luminalib.domain.documents import Document, DocumentNotFound, DocumentStatus, DuplicateContent, StagedFile
from luminalib.domain.errors import Unavailable
from luminalib.domain.media import MediaType
from luminalib.domain.notices import Notice, NoticeKind
from luminalib.domain.pipeline import process_document, status_event
from luminalib.domain.texts import sections_of
from luminalib.ports.events import Subscription, topic_of
from luminalib.ports.jobs import JobHandler, JobRunner
from luminalib.ports.persistence import UnitOfWork
from records import NOW, make_summary

NOTICE = Notice(user_id="", kind=NoticeKind.HOLD_READY, subject_id="hold", book_id="book", title="Title", until=NOW, at=NOW)


@pytest.fixture
def bus() -> MemoryEventBus:
    return MemoryEventBus()


@pytest.fixture
def uow(database: SqlDatabase, bus: MemoryEventBus) -> SqlUnitOfWorkFactory:
    return SqlUnitOfWorkFactory(database, bus, SystemClock())


def make_user(email: str = "ada@library.test", role: Role = Role.MEMBER) -> User:
    return User(id=str(uuid4()), email=email, password_hash="x", display_name="Ada", role=role, is_active=True, created_at=NOW)


def make_document(sha256: str = "0" * 64, uploaded_by: str | None = None) -> Document:
    staged = StagedFile(key="staging/x", filename="a.txt", media_type=MediaType.TEXT, byte_size=3, sha256=sha256)
    return Document.from_staged(str(uuid4()), staged, uploaded_by, NOW)


def make_book(document: Document, title: str = "Title") -> Book:
    return Book.from_details(str(uuid4()), document.id, BookDetails(title=title, tags=("sea",)), None, NOW)


async def test_leaving_commits_and_an_error_rolls_back(uow: SqlUnitOfWorkFactory) -> None:
    kept, dropped = make_user("kept@library.test"), make_user("dropped@library.test")
    async with uow("main") as unit:
        await unit.users.add(kept)
    with pytest.raises(ZeroDivisionError):
        async with uow("main") as unit:
            await unit.users.add(dropped)
            await unit.enqueue(process_document(make_document(), "main", NOW))
            raise ZeroDivisionError
    async with uow.reading("main") as unit:
        assert await unit.users.find(dropped.id) is None
        found = await unit.users.find_by_email("kept@library.test")
    assert found is not None
    assert (found.id, found.created_at) == (kept.id, NOW)


async def test_changes_to_entities_are_saved(uow: SqlUnitOfWorkFactory) -> None:
    user = make_user()
    async with uow("main") as unit:
        await unit.users.add(user)
    async with uow("main") as unit:
        stored = await unit.users.find(user.id)
        assert stored is not None
        stored.display_name = "Countess"
    async with uow.reading("main") as unit:
        found = await unit.users.find(user.id)
    assert found is not None
    assert found.display_name == "Countess"


async def test_violated_constraints_are_domain_errors(uow: SqlUnitOfWorkFactory) -> None:
    async with uow("main") as unit:
        await unit.users.add(make_user())
        await unit.documents.add(make_document())
    with pytest.raises(EmailTaken):
        async with uow("main") as unit:
            await unit.users.add(make_user())
    with pytest.raises(DuplicateContent):
        async with uow("main") as unit:
            await unit.documents.add(make_document())


async def test_tenants_see_nothing_of_one_another(uow: SqlUnitOfWorkFactory) -> None:
    """Everything that tenant A writes, asked for by tenant B with the very ids."""
    user, document = make_user(role=Role.ADMIN), make_document()
    book = make_book(document)
    async with uow("a") as unit:
        await unit.users.add(user)
        await unit.documents.add(document)
        await unit.books.add(book)
        await unit.documents.replace_text(document.id, sections_of([(None, "secret")]))
        unit.events.append(status_event(document, book.id, None, NOW))
    for factory in (uow, uow.reading):
        async with factory("b") as unit:
            assert await unit.users.find(user.id) is None
            assert await unit.users.find_by_email(user.email) is None
            assert not await unit.users.has_admin()
            assert await unit.books.find_by_document(document.id) is None
            assert not await unit.documents.has_staged(document.staged_key)
            assert await unit.documents.sections(document.id) == []
            assert await unit.events.after(0, None, 10) == []
            assert await unit.events.history(document.id) == []
            assert await unit.events.latest_id() == 0
            assert await unit.events.newest_ids(0) == {}
            with pytest.raises(BookNotFound):
                await unit.books.get(book.id)
            with pytest.raises(DocumentNotFound):
                await unit.documents.get(document.id)
    async with uow("b") as unit:  # the same address and the same bytes are free in another tenant
        await unit.users.add(make_user())
        await unit.documents.add(make_document())


def test_every_table_belongs_to_tenants() -> None:
    assert {name for name, table in metadata.tables.items() if "tenant_id" not in table.c} == {"plans"}


async def test_documents_keep_text_and_summary_and_take_them_along(uow: SqlUnitOfWorkFactory) -> None:
    document = make_document()
    sections = sections_of([("One", "first"), (None, "second")])
    summary = make_summary(document.id, "Short.")
    async with uow("main") as unit:
        await unit.documents.add(document)
        await unit.books.add(make_book(document))
        for _ in range(2):
            await unit.documents.replace_text(document.id, sections)
            await unit.documents.save_summary(summary)
    async with uow.reading("main") as unit:
        assert tuple(await unit.documents.sections(document.id)) == sections
        assert await unit.documents.sections(document.id, 2) == [sections[1]]
        found = await unit.documents.find_summary(document.id)
        assert found is not None
        assert (found.summary, found.key_topics, found.generated_at) == ("Short.", ["sea"], NOW)
    async with uow("main") as unit:
        await unit.documents.remove(await unit.documents.get(document.id))
    async with uow.reading("main") as unit:
        assert await unit.documents.sections(document.id) == []
        assert await unit.documents.find_summary(document.id) is None
        assert await unit.books.find_by_document(document.id) is None


async def test_event_ids_grow_in_the_order_of_commits(uow: SqlUnitOfWorkFactory) -> None:
    """A reader that remembers the last id misses nothing, however many write at the same time."""
    document = make_document()
    async with uow("main") as unit:
        await unit.documents.add(document)
    done = asyncio.Event()

    async def write() -> None:
        for _ in range(10):
            async with uow("main") as unit:
                unit.events.append(status_event(document, None, DocumentStatus.PENDING, NOW))

    async def read() -> list[int]:
        seen: list[int] = []
        while True:
            finished = done.is_set()
            async with uow.reading("main") as unit:
                seen += [event.id for event in await unit.events.after(seen[-1] if seen else 0, None, 1000)]
            if finished:
                return seen
            await asyncio.sleep(0)

    reader = asyncio.create_task(read())
    await asyncio.gather(*(write() for _ in range(8)))
    done.set()
    seen = await reader
    assert len(seen) == 80
    assert seen == sorted(set(seen))


async def test_hints_follow_the_commit(uow: SqlUnitOfWorkFactory, bus: MemoryEventBus) -> None:
    document = make_document()
    topics = topic_of("documents", "main"), topic_of("documents", "main", "ada"), topic_of("documents", "main", "ben")
    with bus.subscribe(topics[0]) as news, bus.subscribe(topics[1]) as hers, bus.subscribe(topics[2]) as his:
        with pytest.raises(ZeroDivisionError):
            async with uow("main") as unit:
                unit.events.append(replace(status_event(document, None, None, NOW), owner_id="ada"))
                raise ZeroDivisionError
        assert not await news.wait(0.01)
        async with uow("main") as unit:
            await unit.documents.add(document)
            unit.events.append(replace(status_event(document, None, None, NOW), owner_id="ada"))
        assert await news.wait(1)
        assert await hers.wait(1)
        assert not await his.wait(0.01)


async def test_who_is_concerned_is_told_after_the_commit(uow: SqlUnitOfWorkFactory, bus: MemoryEventBus) -> None:
    ada, ben = make_user("ada@library.test"), make_user("ben@library.test")
    async with uow("main") as unit:
        for user in (ada, ben):
            await unit.users.add(user)
    kinds = ("notices", "authority")
    with ExitStack() as stack:
        hers, his = [
            {kind: stack.enter_context(bus.subscribe(topic_of(kind, "main", user.id))) for kind in kinds} for user in (ada, ben)
        ]

        async def told(subscriptions: dict[str, Subscription]) -> list[str]:
            return [kind for kind, one in subscriptions.items() if await one.wait(0.01)]

        async with uow("main") as unit:
            unit.notices.append(replace(NOTICE, user_id=ada.id))
            assert await told(hers) == []
        assert (await told(hers), await told(his)) == (["notices"], [])
        async with uow("main") as unit:
            stored = [await unit.users.find(user.id) for user in (ada, ben)]
            assert stored[0] is not None
            stored[0].role = Role.LIBRARIAN
        assert (await told(hers), await told(his)) == (["authority"], [])


class Told(JobRunner):
    """Notes what it is told."""

    def __init__(self) -> None:
        self.news: list[str] = []

    async def check(self) -> None: ...

    async def start(self, handlers: Mapping[str, JobHandler]) -> None: ...

    async def tidy(self) -> None: ...

    async def stop(self) -> None: ...

    def wake(self) -> None:
        self.news.append("wake")

    def drop(self, job_id: int) -> None:
        self.news.append(f"drop {job_id}")


async def test_the_runner_is_told_of_jobs_once_they_are_there(uow: SqlUnitOfWorkFactory, database: SqlDatabase) -> None:
    uow.runner = runner = Told()
    job = process_document(make_document(), "main", NOW)
    with pytest.raises(ZeroDivisionError):
        async with uow("main") as unit:
            await unit.enqueue(job)
            raise ZeroDivisionError
    async with uow("main") as unit:
        await unit.users.add(make_user())
    assert runner.news == []
    async with uow("main") as unit:
        await unit.enqueue(job)
        assert runner.news == []
    assert runner.news == ["wake"]
    started = await SqlJobLedger(database).claim("host:1:a", NOW)
    assert started is not None
    assert started.lock is not None
    async with uow("main") as unit:
        await unit.cancel_jobs(started.lock, NOW)
    assert runner.news == ["wake", f"drop {started.id}"]


async def test_the_logs_know_the_newest_row_of_each_owner(uow: SqlUnitOfWorkFactory) -> None:
    document = make_document()
    async with uow("main") as unit:
        await unit.documents.add(document)
        for owner in ("ada", "ben", "ada", None):
            unit.events.append(replace(status_event(document, None, None, NOW), owner_id=owner))
            if owner:
                unit.notices.append(replace(NOTICE, user_id=owner))
    async with uow.reading("main") as unit:
        first = (await unit.events.after(0, None, 1))[0].id
        assert await unit.events.newest_ids(0) == {"ada": first + 2, "ben": first + 1, None: first + 3}
        assert await unit.events.newest_ids(first + 2) == {None: first + 3}
        assert await unit.events.latest_id() == first + 3
        told = [(await unit.notices.after(0, name, 10))[-1].id for name in ("ada", "ben")]
        assert await unit.notices.newest_ids(0) == dict(zip(("ada", "ben"), told, strict=True))
        assert await unit.notices.newest_ids(told[1]) == {"ada": told[0]}
        assert await unit.notices.latest_id() == told[0]


async def test_a_queueing_lock_keeps_one_waiting_job(uow: SqlUnitOfWorkFactory, database: SqlDatabase) -> None:
    document = make_document()
    for _ in range(3):
        async with uow("main") as unit:
            await unit.enqueue(process_document(document, "main", NOW))
    ledger = SqlJobLedger(database)
    assert await ledger.claim("host:1:a", NOW) is not None
    assert await ledger.claim("host:1:a", NOW) is None


async def test_a_database_that_is_away_is_unavailable(tmp_path_factory: pytest.TempPathFactory, bus: MemoryEventBus) -> None:
    nowhere = tmp_path_factory.mktemp("nowhere")
    (nowhere / "folder.db").mkdir()
    for url in (f"sqlite+aiosqlite:///{nowhere / 'folder.db'}", f"postgresql+asyncpg://u@/x?host={nowhere}"):
        away = SqlDatabase(url)
        with pytest.raises(Unavailable, match="LUMINALIB_DATABASE_URL"):
            await away.check()
        with pytest.raises(Unavailable):
            async with SqlUnitOfWorkFactory(away, bus, SystemClock()).reading("main") as unit:
                await unit.users.has_admin()
        await away.close()


async def test_a_file_that_cannot_be_opened_leaves_no_thread(tmp_path: Path) -> None:
    connection = sqlite.connect(str(tmp_path))
    with pytest.raises(sqlite3.OperationalError):
        await connection
    assert not connection._thread.is_alive(), "its last word would go to a loop that may be closed by then"


async def test_reading_units_cannot_write_on_postgresql(uow: SqlUnitOfWorkFactory, database: SqlDatabase) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no read-only transactions")
    with pytest.raises(sa.exc.DBAPIError, match="read-only"):
        async with uow.reading("main") as unit:
            await unit.documents.add(make_document())


OWNED = [table for table in metadata.sorted_tables if "tenant_id" in table.c]


@pytest.mark.parametrize("table", OWNED, ids=lambda table: table.name)
async def test_no_write_reaches_another_tenant_s_rows(database: SqlDatabase, uow: SqlUnitOfWorkFactory, table: sa.Table) -> None:
    """Whatever a repository forgets to say: the unit of work adds its tenant to every UPDATE and DELETE."""
    written: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        written.append(statement)

    sa.event.listen(database.writing.sync_engine, "before_cursor_execute", note)
    async with uow("b") as unit:
        assert isinstance(unit, SqlUnitOfWork)
        await unit._session.execute(sa.delete(table))
        await unit._session.execute(sa.update(table).values(tenant_id="b"))
    changing = [statement for statement in written if statement.startswith(("DELETE", "UPDATE"))]
    assert len(changing) == 2
    assert all(f"WHERE {table.name}.tenant_id = " in " ".join(statement.split()) for statement in changing), changing


async def test_tenants_change_nothing_of_one_another(uow: SqlUnitOfWorkFactory) -> None:
    """Everything that tenant A has, attacked by tenant B with the very ids and entities."""
    user, document = make_user(role=Role.ADMIN), make_document()
    book = make_book(document)
    log_in = LogIn.opened("s", user.id, "hash", NOW, NOW + timedelta(days=1))
    async with uow("a") as unit:
        await unit.users.add(user)
        await unit.documents.add(document)
        await unit.books.add(book)
        await unit.documents.replace_text(document.id, sections_of([(None, "secret")]))
    async with uow("a") as unit:
        await unit.sessions.add(log_in)
    attacks: tuple[Callable[[UnitOfWork], Awaitable[None]], ...] = (
        lambda unit: unit.documents.remove_results(document.id),
        lambda unit: unit.sessions.end_all(user.id, NOW),
        lambda unit: unit.sessions.prune(user.id, NOW + timedelta(days=400), 0),
    )
    for attack in attacks:
        async with uow("b") as unit:
            await attack(unit)
    with pytest.raises(IntegrityError):  # the place is taken, by what it cannot see or replace
        async with uow("b") as unit:
            await unit.documents.replace_text(document.id, sections_of([(None, "forged")]))
    for repository in ("books", "documents"):
        async with uow("b") as unit:
            assert isinstance(unit, SqlUnitOfWork)
            unit._session.add(book if repository == "books" else document)
            await getattr(unit, repository).remove(book if repository == "books" else document)
    async with uow.reading("a") as unit:
        assert [section.text for section in await unit.documents.sections(document.id)] == ["secret"]
        found = await unit.sessions.find("s")
        assert found is not None
        assert found.ended_at is None
        assert (await unit.books.get(book.id)).id == book.id
        assert (await unit.documents.get(document.id)).id == document.id
