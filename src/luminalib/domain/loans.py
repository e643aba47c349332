"""Circulation: who may borrow what, for how long, and when it is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from luminalib.domain.errors import Conflict


class LoanState(StrEnum):
    """Whether the book is still out."""

    OPEN = "open"
    CLOSED = "closed"


class AlreadyOnLoan(Conflict):
    """You have this book already."""

    slug = "already-on-loan"


class NoCopyAvailable(Conflict):
    """All copies are out."""

    slug = "no-copy-available"


class LoanLimitReached(Conflict):
    """You have as many books as one may have at a time. Return one first."""

    slug = "loan-limit-reached"


class NotOnLoan(Conflict):
    """You do not have this book."""

    slug = "not-on-loan"


class RenewalLimitReached(Conflict):
    """The loan cannot be renewed again. Return the book."""

    slug = "renewal-limit-reached"


class BookOnLoan(Conflict):
    """A copy is out. The book can be removed once it is back."""

    slug = "book-on-loan"


class CopiesOut(Conflict):
    """More copies are out than would be left."""

    slug = "copies-out"


@dataclass(frozen=True, kw_only=True, slots=True)
class LoanPolicy:
    """The library's rules. `renew_from_due` counts a renewal from the due date, otherwise from now, whichever is later."""

    period: timedelta = timedelta(days=21)
    max_loans: int = 10
    max_renewals: int = 2
    renew_from_due: bool = True

    def check_borrow(self, *, has_it: bool, open_loans: int, copies_total: int, copies_out: int) -> list[Conflict]:
        """All reasons why a member may not take a book now; empty when there is none."""
        refusals: list[Conflict] = []
        if has_it:
            refusals.append(AlreadyOnLoan())
        elif copies_out >= copies_total:
            refusals.append(NoCopyAvailable(copies_total=copies_total, copies_out=copies_out))
        if open_loans >= self.max_loans and not has_it:
            refusals.append(LoanLimitReached(open_loans=open_loans, max_loans=self.max_loans))
        return refusals


@dataclass(eq=False, kw_only=True)
class Loan:
    """One copy of a book with one member; kept for good, as reviews and recommendations need the history."""

    id: str
    book_id: str
    user_id: str
    borrowed_at: datetime
    due_at: datetime
    returned_at: datetime | None = None
    renewals: int = 0

    @property
    def state(self) -> LoanState:
        """Open until the book is back."""
        return LoanState.OPEN if self.returned_at is None else LoanState.CLOSED

    def is_overdue(self, now: datetime) -> bool:
        """Whether the book should be back by now. Computed, never stored."""
        return self.returned_at is None and now > self.due_at

    def give_back(self, at: datetime) -> None:
        """Closes the loan. Raises NotOnLoan when it was closed before."""
        if self.returned_at is not None:
            raise NotOnLoan
        self.returned_at = at

    def renew(self, policy: LoanPolicy, at: datetime) -> None:
        """Moves the due date. Raises NotOnLoan, RenewalLimitReached."""
        if self.returned_at is not None:
            raise NotOnLoan
        if self.renewals >= policy.max_renewals:
            raise RenewalLimitReached(renewals=self.renewals, due_at=self.due_at.isoformat())
        start = max(self.due_at, at) if policy.renew_from_due else at
        self.due_at = max(self.due_at, start + policy.period)
        self.renewals += 1


@dataclass(frozen=True, kw_only=True, slots=True)
class LoanFilter:
    """Which loans a list shows."""

    user_id: str | None = None
    book_id: str | None = None
    state: LoanState | None = None


def refuse(refusals: Sequence[Conflict]) -> None:
    """Raises the first refusal, which names all of them in its fact `errors`; nothing happens when there is none."""
    if not refusals:
        return
    first = refusals[0]
    first.facts["errors"] = [{"code": one.slug, "message": one.detail, **one.facts} for one in refusals]
    raise first
