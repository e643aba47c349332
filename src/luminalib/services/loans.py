"""Borrowing, returning and renewing."""

from datetime import datetime
from uuid import uuid4

from luminalib.domain.auth import InvalidToken, NotAllowed, Principal
from luminalib.domain.books import Book
from luminalib.domain.loans import Loan, LoanFilter, LoanPolicy, NotOnLoan, refuse
from luminalib.domain.paging import Page, PageRequest
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory


class LoanService:
    """The circulation desk. Every unit that writes locks the member first and the book second, so that none wait in a ring."""

    def __init__(self, uow: UnitOfWorkFactory, policy: LoanPolicy, clock: Clock) -> None:
        self._uow = uow
        self._policy = policy
        self._clock = clock

    async def borrow(self, by: Principal, book_id: str, *, dry_run: bool = False) -> Loan:
        """A new loan; with `dry_run` the one that there would be.

        Raises BookNotFound, and AlreadyOnLoan, NoCopyAvailable or LoanLimitReached with all that speaks against it.
        """
        now = self._clock.now()
        async with self._uow(by.tenant_id) as uow:
            user_id, book = await self._lock(uow, by, book_id)
            refuse(
                self._policy.check_borrow(
                    has_it=await uow.loans.find_open(user_id, book.id) is not None,
                    open_loans=await uow.loans.count_open(user_id=user_id),
                    copies_total=book.copies_total,
                    copies_out=await uow.loans.count_open(book_id=book.id),
                )
            )
            loan = Loan(id=str(uuid4()), book_id=book.id, user_id=user_id, borrowed_at=now, due_at=now + self._policy.period)
            if not dry_run:
                await uow.loans.add(loan)
        return loan

    async def give_back(self, by: Principal, book_id: str, user_id: str | None = None) -> Loan:
        """Closes the member's loan; librarians may name another member. Raises BookNotFound, NotOnLoan, NotAllowed."""
        if user_id not in (None, by.user_id) and not by.is_staff:
            raise NotAllowed("Only librarians take books back for others.")
        async with self._uow(by.tenant_id) as uow:
            loan = await self._open_loan(uow, by, book_id, user_id)
            loan.give_back(self._clock.now())
        return loan

    async def renew(self, by: Principal, book_id: str) -> Loan:
        """Moves the due date of the member's loan. Raises BookNotFound, NotOnLoan, RenewalLimitReached."""
        async with self._uow(by.tenant_id) as uow:
            loan = await self._open_loan(uow, by, book_id)
            loan.renew(self._policy, self._clock.now())
        return loan

    async def list(self, by: Principal, wanted: LoanFilter, page: PageRequest) -> Page[Loan]:
        """Loans, the newest first: a member's own, for librarians everybody's."""
        if not by.is_staff or not (wanted.user_id or wanted.book_id):
            wanted = LoanFilter(user_id=by.user_id or "", book_id=wanted.book_id, state=wanted.state)
        async with self._uow.reading(by.tenant_id) as uow:
            return await uow.loans.list(wanted, page)

    def now(self) -> datetime:
        """The instant against which due dates are held."""
        return self._clock.now()

    async def _open_loan(self, uow: UnitOfWork, by: Principal, book_id: str, user_id: str | None = None) -> Loan:
        own_id, book = await self._lock(uow, by, book_id)
        loan = await uow.loans.find_open(user_id or own_id, book.id)
        if loan is None:
            raise NotOnLoan
        return loan

    async def _lock(self, uow: UnitOfWork, by: Principal, book_id: str) -> tuple[str, Book]:
        user = await uow.users.find(by.user_id or "")
        if user is None or not user.is_active:
            raise InvalidToken
        return user.id, await uow.books.get(book_id)
