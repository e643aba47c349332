"""Borrowing, returning and renewing."""

from dataclasses import replace
from uuid import uuid4

from luminalib.domain.announcements import EventType, about_loan
from luminalib.domain.auth import NotAllowed, Principal, require_staff
from luminalib.domain.idempotency import Request
from luminalib.domain.loans import Loan, LoanFilter, LoanView, NotOnLoan, refuse
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.tastes import TasteEvent, TasteKind, returned
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory
from luminalib.ports.views import LoanViews
from luminalib.steps.circulation import serve_next, stand
from luminalib.steps.idempotency import Once
from luminalib.steps.loan_policies import LoanPolicies
from luminalib.steps.members import lock_member


class LoanService:
    """The circulation desk. Every unit that writes locks the member first and the book second, so that none wait in a ring."""

    def __init__(self, uow: UnitOfWorkFactory, loans: LoanViews, policies: LoanPolicies, clock: Clock) -> None:
        self._uow = uow
        self._loans = loans
        self._policies = policies
        self._clock = clock
        self._once = Once(uow, clock)

    async def borrow(self, by: Principal, book_id: str, *, dry_run: bool = False, key: str | None = None) -> Loan:
        """A new loan, which fulfils the member's hold; with `dry_run` the one that there would be.

        Raises BookNotFound, KeyReused, and AlreadyOnLoan, NoCopyAvailable, HeldForAnother, LoanLimitReached or BookUnreadable with
        all that speaks against it.
        """
        policy = await self._policies.of(by.tenant_id)

        async def deed(uow: UnitOfWork) -> Loan:
            now = self._clock.now()
            user = await lock_member(uow, by.user_id)
            book = await uow.books.get(book_id)
            standing = await stand(uow, user.id, book, policy, now)
            refuse(policy.check_borrow(standing, book.copies_total))
            loan = policy.lend(str(uuid4()), book.id, user.id, standing, now)
            if not dry_run:
                await uow.loans.add(loan)
                await uow.tastes.append(TasteEvent(user_id=user.id, book_id=book.id, kind=TasteKind.BORROWED, at=now))
                uow.outbox.append(about_loan(EventType.LOAN_OPENED, loan, book.title, now))
                if standing.hold is not None:
                    standing.hold.fulfil(now)
            return loan

        request = Request(key=key, action="borrow", book_id=book_id) if key and not dry_run else None
        return await self._once.do(by, request, Loan, deed)

    async def give_back(self, by: Principal, book_id: str, user_id: str | None = None, *, key: str | None = None) -> Loan:
        """Closes the member's loan, and keeps the copy for who is next; librarians may name another member.

        Raises BookNotFound, NotOnLoan, NotAllowed, KeyReused.
        """
        policy = await self._policies.of(by.tenant_id)
        if user_id not in (None, by.user_id) and not by.is_staff:
            raise NotAllowed("Only librarians take books back for others.")

        async def deed(uow: UnitOfWork) -> Loan:
            now = self._clock.now()
            borrower_id = await self._lock_borrower(uow, by, user_id)
            book = await uow.books.get(book_id)
            standing = await uow.holds.standing(borrower_id, book.id, now)
            if standing.loan is None:
                raise NotOnLoan
            standing.loan.give_back(now)
            await uow.tastes.append(returned(standing.loan, borrower_id))
            uow.outbox.append(about_loan(EventType.LOAN_CLOSED, standing.loan, book.title, now))
            if standing.has_line:
                await serve_next(uow, book, book.copies_total - standing.copies_out + 1, policy, now)
            return standing.loan

        return await self._once.do(by, _request(key, f"return {user_id or ''}".strip(), book_id), Loan, deed)

    async def renew(self, by: Principal, book_id: str, *, key: str | None = None) -> Loan:
        """Moves the due date of the member's loan.

        Raises BookNotFound, and NotOnLoan, RenewalLimitReached or SomeoneIsWaiting with all that speaks against it; KeyReused.
        """
        policy = await self._policies.of(by.tenant_id)

        async def deed(uow: UnitOfWork) -> Loan:
            now = self._clock.now()
            user = await lock_member(uow, by.user_id)
            book = await uow.books.get(book_id)
            standing = await stand(uow, user.id, book, policy, now)
            refuse(policy.check_renewal(standing))
            if standing.loan is None:
                raise NotOnLoan
            policy.renew(standing.loan, now)
            await uow.tastes.append(TasteEvent(user_id=user.id, book_id=book.id, kind=TasteKind.RENEWED, at=now))
            return standing.loan

        return await self._once.do(by, _request(key, "renew", book_id), Loan, deed)

    async def list(self, by: Principal, wanted: LoanFilter, page: PageRequest, *, whole_library: bool = False) -> Page[LoanView]:
        """Loans, the newest first: a member's own; for librarians a member's, a book's, or the whole library's.

        Raises NotAllowed when a member asks for the whole library's.
        """
        policy = await self._policies.of(by.tenant_id)
        if whole_library:
            require_staff(by)
        elif not by.is_staff or not (wanted.user_id or wanted.book_id):
            wanted = replace(wanted, user_id=by.user_id or "")
        return await self._loans.list(by.tenant_id, wanted, page, self._clock.now() - policy.grace)

    async def is_overdue(self, by: Principal, loan: Loan) -> bool:
        """Whether the book should be back by now."""
        policy = await self._policies.of(by.tenant_id)
        return policy.is_overdue(loan, self._clock.now())

    async def _lock_borrower(self, uow: UnitOfWork, by: Principal, user_id: str | None) -> str:
        # One member is locked, never two: who takes a book back for another changes nothing of their own.
        if user_id in (None, by.user_id):
            return (await lock_member(uow, by.user_id)).id
        borrower = await uow.users.find(user_id or "")
        if borrower is None:
            raise NotOnLoan("There is no such member.")
        return borrower.id


def _request(key: str | None, action: str, book_id: str) -> Request | None:
    return Request(key=key, action=action, book_id=book_id) if key else None
