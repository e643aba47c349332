"""Circulation: who may borrow what, for how long, and when it is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from luminalib.domain.errors import Conflict
from luminalib.domain.holds import AlreadyWaiting, CopyAvailable, Hold, HoldLimitReached, HoldState

LoanRules = Mapping[str, int | str]
"""Rules of circulation by the names that settings have for them, such as `period_days`; what is not named is as elsewhere."""
_SPANS = {
    "period": "period_days",
    "period_when_awaited": "period_days_when_awaited",
    "grace": "grace_days",
    "hold_shelf": "hold_shelf_days",
    "due_soon": "due_soon_days",
}
_COUNTS = {"max_loans": "max_per_member", "max_renewals": "max_renewals", "max_holds": "max_holds_per_member"}


class LoanState(StrEnum):
    """Whether the book is still out."""

    OPEN = "open"
    CLOSED = "closed"


class AlreadyOnLoan(Conflict):
    """You have this book already."""

    slug = "already-on-loan"


class NoCopyAvailable(Conflict):
    """All copies are out. Place a hold, and one is kept for you when it is back."""

    slug = "no-copy-available"


class LoanLimitReached(Conflict):
    """You have as many books as one may have at a time. Return one first."""

    slug = "loan-limit-reached"


class BookUnreadable(Conflict):
    """The book's file could not be read, so it is not lent. Its owner or a librarian can replace the file, or try it again."""

    slug = "book-unreadable"


class NotOnLoan(Conflict):
    """You do not have this book."""

    slug = "not-on-loan"


class RenewalLimitReached(Conflict):
    """The loan cannot be renewed again. Return the book."""

    slug = "renewal-limit-reached"


class BookOnLoan(Conflict):
    """A copy is out. The book can be removed once it is back."""

    slug = "book-on-loan"


class HeldForAnother(Conflict):
    """The copies that are in are kept for others who waited. Place a hold."""

    slug = "held-for-another"


class SomeoneIsWaiting(Conflict):
    """The loan cannot be renewed: others wait for the book."""

    slug = "someone-is-waiting"


class CopiesOut(Conflict):
    """More copies are out, or kept for members who waited, than would be left."""

    slug = "copies-out"


@dataclass(eq=False, kw_only=True)
class Loan:
    """One copy of a book with one member; kept for good, as reviews and recommendations need the history.

    A closed loan whose member has anonymised their history has no `user_id`.
    """

    id: str
    book_id: str
    user_id: str | None
    borrowed_at: datetime
    due_at: datetime
    returned_at: datetime | None = None
    renewals: int = 0

    @property
    def state(self) -> LoanState:
        """Open until the book is back."""
        return LoanState.OPEN if self.returned_at is None else LoanState.CLOSED

    def give_back(self, at: datetime) -> None:
        """Closes the loan. Raises NotOnLoan when it was closed before."""
        if self.returned_at is not None:
            raise NotOnLoan
        self.returned_at = at


@dataclass(frozen=True, slots=True)
class LoanView:
    """A loan as it is shown."""

    id: str
    book_id: str
    user_id: str | None
    state: LoanState
    borrowed_at: datetime
    due_at: datetime
    returned_at: datetime | None
    renewals: int
    is_overdue: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How a member stands with a book: the facts that decide about loans and holds, read while both are locked.

    `loan` and `hold` are the member's open loan and active hold of the book; `ahead` are those who wait before them (all who wait,
    when they do not); `ready` counts copies on the hold shelf that have not lapsed; `last_number` is that of the newest hold,
    `is_unreadable` a book whose file could not be read.
    """

    loan: Loan | None
    hold: Hold | None
    open_loans: int
    open_holds: int
    copies_out: int
    next_due_at: datetime | None
    ready: int
    waiting: int
    ahead: int
    last_number: int
    has_lapsed: bool
    is_unreadable: bool = False

    @property
    def has_line(self) -> bool:
        """Whether anybody waits or has a copy ready: if so, a copy that comes back must go to the next."""
        return self.ready > 0 or self.waiting > 0 or self.has_lapsed

    @property
    def is_ready(self) -> bool:
        """Whether a copy is kept for this very member."""
        return self.hold is not None and self.hold.state is HoldState.READY


@dataclass(frozen=True, kw_only=True, slots=True)
class LoanPolicy:
    """The library's rules. `renew_from_due` counts a renewal from the due date, otherwise from now, whichever is later.

    `period_when_awaited` is for loans of a book that others wait for, `grace` what passes after the due date before a loan counts
    as overdue, `hold_shelf` how long a copy is kept for who is next, `due_soon` how long before the due date a member is reminded.
    """

    period: timedelta = timedelta(days=21)
    period_when_awaited: timedelta = timedelta(days=14)
    max_loans: int = 10
    max_renewals: int = 2
    renew_from_due: bool = True
    grace: timedelta = timedelta()
    max_holds: int = 10
    hold_shelf: timedelta = timedelta(days=3)
    due_soon: timedelta = timedelta(days=3)

    def with_rules(self, rules: LoanRules) -> "LoanPolicy":
        """The same policy where `rules` say nothing else."""
        spans = {name: timedelta(days=int(rules[given])) for name, given in _SPANS.items() if given in rules}
        counts = {name: int(rules[given]) for name, given in _COUNTS.items() if given in rules}
        from_due = {"renew_from_due": rules["renew_from"] == "due"} if "renew_from" in rules else {}
        return replace(self, **spans, **counts, **from_due)  # type: ignore[arg-type]  # mypy takes all values for those of one field

    def check_borrow(self, standing: Standing, copies_total: int) -> list[Conflict]:
        """All reasons why a member may not take a book now; empty when there is none."""
        if standing.loan is not None:
            return [AlreadyOnLoan(due_at=standing.loan.due_at.isoformat())]
        refusals: list[Conflict] = [BookUnreadable()] if standing.is_unreadable else []
        if not standing.is_ready and copies_total - standing.copies_out - standing.ready - standing.waiting <= 0:
            refusals.append(self._no_copy(standing, copies_total))
        if standing.open_loans >= self.max_loans:
            refusals.append(LoanLimitReached(open_loans=standing.open_loans, max_loans=self.max_loans))
        return refusals

    def check_renewal(self, standing: Standing) -> list[Conflict]:
        """All reasons why the member's open loan may not be renewed now."""
        refusals: list[Conflict] = []
        loan = standing.loan
        if loan is None:
            return [NotOnLoan()]
        if loan.renewals >= self.max_renewals:
            refusals.append(RenewalLimitReached(renewals=loan.renewals, due_at=loan.due_at.isoformat()))
        if standing.waiting:
            refusals.append(SomeoneIsWaiting(queue_length=standing.waiting, due_at=loan.due_at.isoformat()))
        return refusals

    def check_hold(self, standing: Standing, copies_total: int) -> list[Conflict]:
        """All reasons why a member may not join the line for a book."""
        refusals: list[Conflict] = [BookUnreadable()] if standing.is_unreadable else []
        if standing.loan is not None:
            refusals.append(AlreadyOnLoan(due_at=standing.loan.due_at.isoformat()))
        if standing.hold is not None:
            refusals.append(AlreadyWaiting(queue_position=standing.ahead + 1, state=standing.hold.state.value))
        elif standing.loan is None and copies_total - standing.copies_out - standing.ready - standing.waiting > 0:
            refusals.append(CopyAvailable(copies_available=copies_total - standing.copies_out - standing.ready))
        if standing.open_holds >= self.max_holds and standing.hold is None:
            refusals.append(HoldLimitReached(open_holds=standing.open_holds, max_holds=self.max_holds))
        return refusals

    def lend(self, loan_id: str, book_id: str, user_id: str, standing: Standing, at: datetime) -> Loan:
        """A new loan, shorter when others wait."""
        period = min(self.period, self.period_when_awaited) if standing.waiting else self.period
        return Loan(id=loan_id, book_id=book_id, user_id=user_id, borrowed_at=at, due_at=at + period)

    def renew(self, loan: Loan, at: datetime) -> None:
        """Moves the due date, never to an earlier one."""
        start = max(loan.due_at, at) if self.renew_from_due else at
        loan.due_at = max(loan.due_at, start + self.period)
        loan.renewals += 1

    def is_overdue(self, loan: Loan, now: datetime) -> bool:
        """Whether the book should be back by now. Computed, never stored."""
        return loan.returned_at is None and now > loan.due_at + self.grace

    def _no_copy(self, standing: Standing, copies_total: int) -> Conflict:
        facts = {
            "copies_total": copies_total,
            "copies_out": standing.copies_out,
            "queue_length": standing.waiting,
            "queue_position": standing.ahead + 1 if standing.hold else None,
            "next_due_at": standing.next_due_at.isoformat() if standing.next_due_at else None,
        }
        kind = NoCopyAvailable if standing.copies_out >= copies_total else HeldForAnother
        return kind(None, **facts)


@dataclass(frozen=True, kw_only=True, slots=True)
class LoanFilter:
    """Which loans a list shows; `q` are words of the book's title, or of the member's name or address."""

    user_id: str | None = None
    book_id: str | None = None
    state: LoanState | None = None
    is_overdue: bool | None = None
    due_before: datetime | None = None
    q: str | None = None


def refuse(refusals: Sequence[Conflict]) -> None:
    """Raises the first refusal, which names all of them in its fact `errors`; nothing happens when there is none."""
    if not refusals:
        return
    first = refusals[0]
    first.facts["errors"] = [{"code": one.slug, "message": one.detail, **one.facts} for one in refusals]
    raise first
