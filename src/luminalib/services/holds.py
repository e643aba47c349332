"""Standing in line for a book."""

from dataclasses import replace
from uuid import uuid4

from luminalib.domain.auth import Principal, require_staff
from luminalib.domain.books import Book
from luminalib.domain.holds import Hold, HoldFilter, HoldNotFound, HoldView, NotWaiting
from luminalib.domain.idempotency import Request
from luminalib.domain.loans import refuse
from luminalib.domain.notices import NoticeKind, hold_over
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.tastes import TasteEvent, TasteKind
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory
from luminalib.ports.views import HoldViews
from luminalib.steps.circulation import serve_books, serve_next, stand
from luminalib.steps.idempotency import Once
from luminalib.steps.loan_policies import LoanPolicies
from luminalib.steps.members import lock_member


class HoldService:
    """The line at the circulation desk: who comes first is served first."""

    def __init__(self, uow: UnitOfWorkFactory, holds: HoldViews, policies: LoanPolicies, clock: Clock) -> None:
        self._uow = uow
        self._holds = holds
        self._policies = policies
        self._clock = clock
        self._once = Once(uow, clock)

    async def place(self, by: Principal, book_id: str, *, key: str | None = None) -> HoldView:
        """A place at the end of the line.

        Raises BookNotFound, KeyReused, and AlreadyOnLoan, AlreadyWaiting, CopyAvailable, HoldLimitReached or BookUnreadable
        with all that speaks against it.
        """
        policy = await self._policies.of(by.tenant_id)

        async def deed(uow: UnitOfWork) -> HoldView:
            now = self._clock.now()
            user = await lock_member(uow, by.user_id)
            book = await uow.books.get(book_id)
            standing = await stand(uow, user.id, book, policy, now)
            refuse(policy.check_hold(standing, book.copies_total))
            number = standing.last_number + 1
            hold = Hold(id=str(uuid4()), book_id=book.id, user_id=user.id, number=number, placed_at=now)
            await uow.holds.add(hold)
            await uow.tastes.append(TasteEvent(user_id=user.id, book_id=book.id, kind=TasteKind.HELD, at=now))
            return HoldView.of(hold, standing.waiting + 1)

        request = Request(key=key, action="hold", book_id=book_id) if key else None
        return await self._once.do(by, request, HoldView, deed)

    async def cancel(self, by: Principal, book_id: str) -> None:
        """Leaves the line; a copy that was ready goes to the next. Raises BookNotFound, NotWaiting."""
        async with self._uow(by.tenant_id) as uow:
            user = await lock_member(uow, by.user_id)
            await self._leave(uow, by, user.id, book_id)

    async def end(self, by: Principal, hold_id: str) -> None:
        """Ends one's own hold or, for librarians, anybody's, who is told; the copy goes to the next.

        Raises HoldNotFound, NotWaiting.
        """
        async with self._uow.reading(by.tenant_id) as uow:
            hold = await uow.holds.find(hold_id)
        if hold is None or not (by.is_staff or hold.user_id == by.user_id):
            raise HoldNotFound
        async with self._uow(by.tenant_id) as uow:
            await uow.users.find(hold.user_id)  # locked, as all who change a line lock the member first
            book = await self._leave(uow, by, hold.user_id, hold.book_id, hold.id)
            if hold.user_id != by.user_id:
                uow.notices.append(hold_over(hold, book.title, NoticeKind.HOLD_ENDED, self._clock.now()))

    async def _leave(self, uow: UnitOfWork, by: Principal, user_id: str, book_id: str, hold_id: str | None = None) -> Book:
        policy = await self._policies.of(by.tenant_id)
        now = self._clock.now()
        book = await uow.books.get(book_id)
        standing = await stand(uow, user_id, book, policy, now)
        if standing.hold is None or hold_id not in (None, standing.hold.id):
            raise NotWaiting
        standing.hold.cancel(now)
        await uow.holds.save()
        await uow.notices.withdraw(NoticeKind.HOLD_READY, [standing.hold.id])
        await serve_next(uow, book, book.copies_total - standing.copies_out, policy, now)
        return book

    async def list(self, by: Principal, wanted: HoldFilter, page: PageRequest, *, whole_library: bool = False) -> Page[HoldView]:
        """Holds, the newest first: a member's own; for librarians a member's, a book's, or the whole library's.

        Those that have lapsed are ended first. Raises NotAllowed when a member asks for the whole library's.
        """
        policy = await self._policies.of(by.tenant_id)
        if whole_library:
            require_staff(by)
        elif not by.is_staff or not (wanted.user_id or wanted.book_id):
            wanted = replace(wanted, user_id=by.user_id or "")
        now = self._clock.now()
        if lapsed := await self._holds.lapsed_books(by.tenant_id, now, wanted.user_id):
            async with self._uow(by.tenant_id) as uow:
                await serve_books(uow, lapsed, policy, now)
        return await self._holds.list(by.tenant_id, wanted, page)
