"""Copies and the lines for them."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from luminalib.domain.announcements import EventType, about_loan, hold_is_ready
from luminalib.domain.books import Book, BookNotFound
from luminalib.domain.holds import move_up
from luminalib.domain.loans import LoanPolicy, Standing
from luminalib.domain.notices import hold_ready
from luminalib.ports.persistence import UnitOfWork


async def stand(uow: UnitOfWork, user_id: str, book: Book, policy: LoanPolicy, now: datetime) -> Standing:
    """How the member stands with a locked book, after holds that have lapsed made room for the next."""
    standing = await uow.holds.standing(user_id, book.id, now)
    if standing.has_lapsed:
        await serve_next(uow, book, book.copies_total - standing.copies_out, policy, now)
        standing = await uow.holds.standing(user_id, book.id, now)
    return standing


async def serve_next(uow: UnitOfWork, book: Book, copies_in: int, policy: LoanPolicy, now: datetime) -> None:
    """Gives the copies of a locked book that are in to those who wait, and tells them."""
    line = await uow.holds.line(book.id)
    for hold in move_up(line, copies_in, now, policy.hold_shelf):
        uow.notices.append(hold_ready(hold, book.title, now))
        uow.outbox.append(hold_is_ready(hold, book.title, now))
    await uow.holds.save()


async def serve_books(uow: UnitOfWork, book_ids: Iterable[str], policy: LoanPolicy, now: datetime) -> None:
    """Locks the books one after another, in an order that all keep to, and serves who waits for them."""
    for book_id in sorted(set(book_ids)):
        try:
            book = await uow.books.get(book_id)
        except BookNotFound:  # removed meanwhile, with its line
            continue
        await serve_next(uow, book, book.copies_total - await uow.loans.count_open(book_id=book.id), policy, now)


async def leave_lines(uow: UnitOfWork, user_id: str, policy: LoanPolicy, now: datetime) -> None:
    """Ends the locked member's holds, and lets the next in line have the copies that were ready for them."""
    holds = await uow.holds.active_of(user_id)
    books = sorted({hold.book_id for hold in holds})
    for book_id in books:
        with suppress(BookNotFound):
            await uow.books.get(book_id)
    for hold in holds:
        hold.cancel(now)
    await uow.holds.save()
    await serve_books(uow, books, policy, now)


async def give_all_back(uow: UnitOfWork, user_id: str, policy: LoanPolicy, now: datetime) -> None:
    """Closes the locked member's loans and holds, and lets the next in line have the copies."""
    loans, holds = await uow.loans.open_of(user_id), await uow.holds.active_of(user_id)
    books = sorted({loan.book_id for loan in loans} | {hold.book_id for hold in holds})
    titles = {}
    for book_id in books:
        with suppress(BookNotFound):
            titles[book_id] = (await uow.books.get(book_id)).title
    for loan in loans:
        loan.give_back(now)
        uow.outbox.append(about_loan(EventType.LOAN_CLOSED, loan, titles[loan.book_id], now))
    for hold in holds:
        hold.cancel(now)
    await uow.holds.save()
    await serve_books(uow, books, policy, now)
