from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.views.books import SqlBookViews
from luminalib.adapters.db.views.loans import SqlLoanViews
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.domain.books import BookFilter
from luminalib.domain.loans import AlreadyOnLoan, Loan, LoanFilter, LoanState, LoanView
from luminalib.domain.paging import Page, PageRequest
from records import NOW, make_book, make_user

HOUR = timedelta(hours=1)


@pytest.fixture
def uow(database: SqlDatabase) -> SqlUnitOfWorkFactory:
    return SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())


def make_loan(user_id: str, book_id: str, *, at: datetime = NOW, returned_at: datetime | None = None) -> Loan:
    due_at = at + timedelta(days=21)
    return Loan(id=str(uuid4()), book_id=book_id, user_id=user_id, borrowed_at=at, due_at=due_at, returned_at=returned_at)


async def add(uow: SqlUnitOfWorkFactory, *loans: Loan, tenant: str = "main") -> None:
    async with uow(tenant) as unit:
        for loan in loans:
            await unit.loans.add(loan)


async def listed(reader: Reader, wanted: LoanFilter, page: PageRequest | None = None, tenant: str = "main") -> Page[LoanView]:
    return await SqlLoanViews(reader).list(tenant, wanted, page or PageRequest(), NOW)


async def ids(reader: Reader, wanted: LoanFilter, page: PageRequest | None = None) -> list[str]:
    return [loan.id for loan in (await listed(reader, wanted, page)).items]


async def test_a_loan_is_found_as_it_was_kept(uow: SqlUnitOfWorkFactory) -> None:
    user, book = await make_user(uow), await make_book(uow)
    kept = make_loan(user, book)
    await add(uow, kept)
    for factory in (uow, uow.reading):
        async with factory("main") as unit:
            found = await unit.loans.find_open(user, book)
            assert found is not None
            assert (found.id, found.user_id, found.book_id) == (kept.id, user, book)
            assert (found.borrowed_at, found.due_at) == (NOW, NOW + timedelta(days=21))
            assert (found.returned_at, found.renewals, found.state) == (None, 0, LoanState.OPEN)


async def test_changes_to_a_loan_are_saved(uow: SqlUnitOfWorkFactory, reader: Reader) -> None:
    user, book = await make_user(uow), await make_book(uow)
    await add(uow, make_loan(user, book))
    async with uow("main") as unit:
        loan = await unit.loans.find_open(user, book)
        assert loan is not None
        loan.renewals, loan.due_at = 1, NOW + 99 * HOUR
        loan.give_back(NOW + HOUR)
    async with uow.reading("main") as unit:
        assert await unit.loans.find_open(user, book) is None
    (stored,) = (await listed(reader, LoanFilter())).items
    assert (stored.renewals, stored.due_at, stored.returned_at) == (1, NOW + 99 * HOUR, NOW + HOUR)


async def test_the_database_itself_refuses_a_second_open_loan(uow: SqlUnitOfWorkFactory) -> None:
    user, book = await make_user(uow), await make_book(uow)
    await add(uow, make_loan(user, book))
    with pytest.raises(AlreadyOnLoan):
        await add(uow, make_loan(user, book))
    async with uow.reading("main") as unit:
        assert await unit.loans.count_open() == 1


async def test_closed_loans_of_a_book_do_not_stand_in_the_way(uow: SqlUnitOfWorkFactory) -> None:
    user, book = await make_user(uow), await make_book(uow)
    closed = [make_loan(user, book, at=NOW + n * HOUR, returned_at=NOW + (n + 1) * HOUR) for n in range(2)]
    await add(uow, *closed)
    opened = make_loan(user, book, at=NOW + 5 * HOUR)
    await add(uow, opened)
    async with uow.reading("main") as unit:
        found = await unit.loans.find_open(user, book)
        assert found is not None
        assert found.id == opened.id
        assert await unit.loans.count_open(user_id=user, book_id=book) == 1


async def test_open_loans_are_counted_by_member_and_by_book(uow: SqlUnitOfWorkFactory) -> None:
    ada, ben = await make_user(uow), await make_user(uow)
    one, two = await make_book(uow), await make_book(uow)
    await add(uow, make_loan(ada, one), make_loan(ada, two), make_loan(ben, one))
    await add(uow, make_loan(ben, two, returned_at=NOW + HOUR))
    async with uow.reading("main") as unit:
        assert await unit.loans.count_open() == 3
        assert [await unit.loans.count_open(user_id=user) for user in (ada, ben, str(uuid4()))] == [2, 1, 0]
        assert [await unit.loans.count_open(book_id=book) for book in (one, two, str(uuid4()))] == [2, 1, 0]
        assert await unit.loans.count_open(user_id=ben, book_id=one) == 1
        assert await unit.loans.count_open(user_id=ben, book_id=two) == 0


async def test_lists_filter_by_member_book_and_state(uow: SqlUnitOfWorkFactory, reader: Reader) -> None:
    ada, ben = await make_user(uow), await make_user(uow)
    one, two = await make_book(uow), await make_book(uow)
    old = make_loan(ada, one, at=NOW, returned_at=NOW + HOUR)
    middle = make_loan(ben, one, at=NOW + HOUR)
    new = make_loan(ada, two, at=NOW + 2 * HOUR)
    await add(uow, middle, new, old)
    assert await ids(reader, LoanFilter()) == [new.id, middle.id, old.id]
    assert await ids(reader, LoanFilter(user_id=ada)) == [new.id, old.id]
    assert await ids(reader, LoanFilter(book_id=one)) == [middle.id, old.id]
    assert await ids(reader, LoanFilter(state=LoanState.OPEN)) == [new.id, middle.id]
    assert await ids(reader, LoanFilter(state=LoanState.CLOSED)) == [old.id]
    assert await ids(reader, LoanFilter(user_id=ada, book_id=one, state=LoanState.CLOSED)) == [old.id]
    assert await ids(reader, LoanFilter(user_id=ben, book_id=two)) == []


async def test_pages_show_each_loan_once_even_when_all_are_of_one_instant(uow: SqlUnitOfWorkFactory, reader: Reader) -> None:
    user = await make_user(uow)
    loans = [make_loan(user, await make_book(uow)) for _ in range(7)]
    await add(uow, *loans)
    pages = [await ids(reader, LoanFilter(), PageRequest(page=n, size=3)) for n in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert sorted(name for page in pages for name in page) == sorted(loan.id for loan in loans)
    assert (await listed(reader, LoanFilter(), PageRequest(page=4, size=3))).total == 7


async def test_tenants_see_and_count_nothing_of_one_another(uow: SqlUnitOfWorkFactory, reader: Reader) -> None:
    user, book = await make_user(uow, "a"), await make_book(uow, "a")
    await add(uow, make_loan(user, book), tenant="a")
    for factory in (uow, uow.reading):
        async with factory("b") as unit:
            assert await unit.loans.find_open(user, book) is None
            assert await unit.loans.count_open() == 0
            assert await unit.loans.count_open(user_id=user, book_id=book) == 0
    for wanted in (LoanFilter(), LoanFilter(user_id=user), LoanFilter(book_id=book)):
        page = await listed(reader, wanted, tenant="b")
        assert (list(page.items), page.total) == ([], 0)
    async with uow.reading("a") as unit:
        assert await unit.loans.count_open(user_id=user, book_id=book) == 1


async def test_the_catalogue_counts_only_the_own_tenants_loans(uow: SqlUnitOfWorkFactory, reader: Reader) -> None:
    book = await make_book(uow, "a")
    await add(uow, make_loan(await make_user(uow, "b"), book), tenant="b")  # a stray row that names the other's book
    books = SqlBookViews(reader, SystemClock())
    assert (await books.get("a", book)).copies_available == 1
    assert (await books.list("a", BookFilter(available=True), PageRequest())).total == 1
    await add(uow, make_loan(await make_user(uow, "a"), book), tenant="a")
    assert (await books.get("a", book)).copies_available == 0
    assert (await books.list("a", BookFilter(available=True), PageRequest())).total == 0
    assert (await books.list("a", BookFilter(available=False), PageRequest())).total == 1


async def test_the_history_outlives_the_book(uow: SqlUnitOfWorkFactory, reader: Reader) -> None:
    user, book = await make_user(uow), await make_book(uow)
    loan = make_loan(user, book, returned_at=NOW + HOUR)
    await add(uow, loan)
    async with uow("main") as unit:
        stored = await unit.books.get(book)
        document = await unit.documents.get(stored.document_id)
        await unit.books.remove(stored)
        await unit.documents.remove(document)
    assert await ids(reader, LoanFilter(book_id=book)) == [loan.id]
