"""Who has some bytes already: looked up by an index, as each upload asks it."""

from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.views import documents as statements
from luminalib.adapters.db.views.documents import SqlDocumentViews
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.domain.document_views import Holder
from records import make_book, make_user


async def test_who_has_these_bytes_is_told_by_place(database: SqlDatabase, reader: Reader) -> None:
    uow, views = SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock()), SqlDocumentViews(reader)
    ada, eve, book_id = await make_user(uow), await make_user(uow), await make_book(uow)
    async with uow("main") as unit:
        document = await unit.documents.get((await unit.books.get(book_id)).document_id)
        assert await views.own("main", document.sha256, None) == Holder(document.id, None, book_id)
        document.uploaded_by = ada
        document.enter_catalogue()
    held = Holder(document.id, ada, book_id)
    assert await views.catalogued("main", document.sha256) == held
    assert await views.own("main", document.sha256, ada) == held
    assert await views.own("main", document.sha256, eve) is None
    assert await views.own("main", document.sha256, None) is None
    assert await views.catalogued("other", document.sha256) is None
    assert await views.catalogued("main", "f" * 64) is None
    assert await views.stored_bytes("main", ada) == document.byte_size
    assert (await views.stored_bytes("main", eve), await views.stored_bytes("other", ada)) == (0, 0)
    async with uow("main") as unit:
        await unit.books.remove(await unit.books.get(book_id))
    assert await views.own("main", document.sha256, ada) == Holder(document.id, ada, None)


async def test_bytes_are_looked_up_by_an_index(sqlite_url: str) -> None:
    database = SqlDatabase(sqlite_url)
    async with database.owner.connect() as connection:
        for statement, index in (
            (statements._CATALOGUED, "(tenant_id=? AND claim=?)"),
            (statements._own(of_house=False), "ix_documents_uploaded_by_sha256"),
            (statements._own(of_house=True), "ix_documents_uploaded_by_sha256"),
        ):
            prepared = statement.sqlite
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {prepared.sql}", tuple("x" for _ in prepared.names))
            plan = str([row.detail for row in rows])
            assert index in plan, plan
    await database.close()
