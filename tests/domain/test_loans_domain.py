from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from luminalib.domain.errors import Conflict
from luminalib.domain.loans import (
    AlreadyOnLoan,
    Loan,
    LoanLimitReached,
    LoanPolicy,
    LoanState,
    NoCopyAvailable,
    NotOnLoan,
    RenewalLimitReached,
    refuse,
)

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DAY = timedelta(days=1)
POLICY = LoanPolicy(period=timedelta(days=21), max_loans=3, max_renewals=2)


def make_loan(period: timedelta = timedelta(days=21)) -> Loan:
    return Loan(id="loan", book_id="book", user_id="user", borrowed_at=NOW, due_at=NOW + period)


@pytest.mark.parametrize(
    ("has_it", "open_loans", "copies_total", "copies_out", "refusals"),
    [
        (False, 0, 1, 0, []),
        (False, 2, 5, 4, []),
        (True, 1, 5, 1, [AlreadyOnLoan]),
        (False, 0, 1, 1, [NoCopyAvailable]),
        (False, 0, 1, 2, [NoCopyAvailable]),
        (False, 3, 1, 0, [LoanLimitReached]),
        (False, 4, 1, 0, [LoanLimitReached]),
        (False, 3, 2, 2, [NoCopyAvailable, LoanLimitReached]),
        (True, 3, 1, 1, [AlreadyOnLoan]),  # having it already is the one reason that helps: the others do not matter then
    ],
)
def test_each_reason_against_a_loan_is_named(
    has_it: bool,  # noqa: FBT001 -- a column of the table above
    open_loans: int,
    copies_total: int,
    copies_out: int,
    refusals: list[type[Conflict]],
) -> None:
    found = POLICY.check_borrow(has_it=has_it, open_loans=open_loans, copies_total=copies_total, copies_out=copies_out)
    assert [type(refusal) for refusal in found] == refusals


def test_refusals_carry_the_numbers() -> None:
    no_copy, limit = POLICY.check_borrow(has_it=False, open_loans=3, copies_total=2, copies_out=2)
    assert no_copy.facts == {"copies_total": 2, "copies_out": 2}
    assert limit.facts == {"open_loans": 3, "max_loans": 3}


def test_the_first_refusal_is_raised_and_names_all() -> None:
    with pytest.raises(NoCopyAvailable) as raised:
        refuse([NoCopyAvailable(copies_total=1, copies_out=1), LoanLimitReached(max_loans=3)])
    assert raised.value.facts == {
        "copies_total": 1,
        "copies_out": 1,
        "errors": [
            {"code": "no-copy-available", "message": "All copies are out.", "copies_total": 1, "copies_out": 1},
            {"code": "loan-limit-reached", "message": LoanLimitReached().detail, "max_loans": 3},
        ],
    }


def test_nothing_is_raised_when_nothing_speaks_against_it() -> None:
    refuse([])


@pytest.mark.parametrize(
    ("renew_from_due", "after", "due_after"),
    [
        (True, 5 * DAY, 42 * DAY),  # from the due date
        (True, 30 * DAY, 51 * DAY),  # overdue: from now, as the due date has passed
        (False, 5 * DAY, 26 * DAY),  # from now
        (False, 30 * DAY, 51 * DAY),
        (False, timedelta(), 21 * DAY),
    ],
)
def test_renewals_count_from_the_due_date_or_from_now(
    renew_from_due: bool,  # noqa: FBT001 -- a column of the table above
    after: timedelta,
    due_after: timedelta,
) -> None:
    loan = make_loan()
    loan.renew(LoanPolicy(period=21 * DAY, renew_from_due=renew_from_due), NOW + after)
    assert (loan.due_at, loan.renewals) == (NOW + due_after, 1)


def test_a_renewal_never_takes_days_away() -> None:
    loan = make_loan(40 * DAY)
    loan.renew(LoanPolicy(period=7 * DAY, renew_from_due=False), NOW + DAY)
    assert loan.due_at == NOW + 40 * DAY


def test_a_loan_is_renewed_so_often_and_no_more() -> None:
    loan = make_loan()
    for _ in range(2):
        loan.renew(POLICY, NOW)
    due_at = loan.due_at
    with pytest.raises(RenewalLimitReached) as raised:
        loan.renew(POLICY, NOW)
    assert raised.value.facts == {"renewals": 2, "due_at": due_at.isoformat()}
    assert (loan.due_at, loan.renewals) == (due_at, 2)


def test_a_library_may_allow_no_renewals() -> None:
    with pytest.raises(RenewalLimitReached):
        make_loan().renew(LoanPolicy(max_renewals=0), NOW)


def test_what_is_back_is_neither_returned_nor_renewed_again() -> None:
    loan = make_loan()
    loan.give_back(NOW + DAY)
    with pytest.raises(NotOnLoan):
        loan.give_back(NOW + 2 * DAY)
    with pytest.raises(NotOnLoan):
        loan.renew(POLICY, NOW + 2 * DAY)
    assert (loan.state, loan.returned_at, loan.due_at, loan.renewals) == (LoanState.CLOSED, NOW + DAY, NOW + 21 * DAY, 0)


def test_overdue_is_after_the_due_instant_and_until_the_return() -> None:
    loan = make_loan()
    assert loan.state is LoanState.OPEN
    assert not loan.is_overdue(loan.due_at)
    assert loan.is_overdue(loan.due_at + timedelta(microseconds=1))
    loan.give_back(loan.due_at + DAY)
    assert not loan.is_overdue(loan.due_at + 2 * DAY)


def test_a_renewal_ends_being_overdue() -> None:
    loan = make_loan()
    late = loan.due_at + 100 * DAY
    assert loan.is_overdue(late)
    loan.renew(POLICY, late)
    assert not loan.is_overdue(late)


MEMBERS = st.sampled_from(["ada", "ben", "cleo"])
TITLES = {"rare": 1, "common": 2, "plenty": 9}
BOOKS = st.sampled_from(sorted(TITLES))


class CirculationMachine(RuleBasedStateMachine):
    """A desk that uses the domain's rules, next to a slip box: per member and book the day due and how often it was renewed."""

    policy = LoanPolicy(period=10 * DAY, max_loans=2, max_renewals=2)

    def __init__(self) -> None:
        super().__init__()
        self.today = 0
        self.loans: list[Loan] = []
        self.slips: dict[tuple[str, str], tuple[int, int]] = {}
        self.returned = 0

    def now(self) -> datetime:
        return NOW + self.today * DAY

    def open_loans(self) -> list[Loan]:
        return [loan for loan in self.loans if loan.state is LoanState.OPEN]

    def loan_of(self, member: str, book: str) -> Loan | None:
        return next((loan for loan in self.open_loans() if (loan.user_id, loan.book_id) == (member, book)), None)

    @rule(days=st.integers(1, 15))
    def time_passes(self, days: int) -> None:
        self.today += days

    @rule(member=MEMBERS, book=BOOKS)
    def borrow(self, member: str, book: str) -> None:
        refusals = self.policy.check_borrow(
            has_it=self.loan_of(member, book) is not None,
            open_loans=sum(loan.user_id == member for loan in self.open_loans()),
            copies_total=TITLES[book],
            copies_out=sum(loan.book_id == book for loan in self.open_loans()),
        )
        expected = []
        if (member, book) in self.slips:
            expected = ["already-on-loan"]
        else:
            expected += ["no-copy-available"] * (len([1 for _, one in self.slips if one == book]) == TITLES[book])
            expected += ["loan-limit-reached"] * (len([1 for one, _ in self.slips if one == member]) == 2)
        assert [refusal.slug for refusal in refusals] == expected
        if not refusals:
            due_at = self.now() + self.policy.period
            name = str(len(self.loans))
            self.loans.append(Loan(id=name, book_id=book, user_id=member, borrowed_at=self.now(), due_at=due_at))
            self.slips[member, book] = (self.today + 10, 0)

    @rule(member=MEMBERS, book=BOOKS)
    def give_back(self, member: str, book: str) -> None:
        loan = self.loan_of(member, book)
        assert (loan is not None) == ((member, book) in self.slips)
        if loan is not None:
            loan.give_back(self.now())
            del self.slips[member, book]
            self.returned += 1

    @rule(member=MEMBERS, book=BOOKS)
    def renew(self, member: str, book: str) -> None:
        loan = self.loan_of(member, book)
        if loan is None:
            return
        due, renewals = self.slips[member, book]
        if renewals == 2:
            with pytest.raises(RenewalLimitReached):
                loan.renew(self.policy, self.now())
        else:
            loan.renew(self.policy, self.now())
            self.slips[member, book] = (max(due, self.today) + 10, renewals + 1)

    @rule(data=st.data())
    def try_a_closed_loan(self, data: st.DataObject) -> None:
        closed = [loan for loan in self.loans if loan.state is LoanState.CLOSED]
        if closed:
            loan = data.draw(st.sampled_from(closed))
            before = (loan.due_at, loan.renewals, loan.returned_at)
            with pytest.raises(NotOnLoan):
                loan.renew(self.policy, self.now())
            with pytest.raises(NotOnLoan):
                loan.give_back(self.now())
            assert (loan.due_at, loan.renewals, loan.returned_at) == before

    @invariant()
    def the_loans_are_those_of_the_slip_box(self) -> None:
        found = {(one.user_id, one.book_id): ((one.due_at - NOW).days, one.renewals) for one in self.open_loans()}
        assert found == self.slips
        assert len(self.loans) == len(self.slips) + self.returned

    @invariant()
    def overdue_is_what_the_slip_box_says(self) -> None:
        late = {(loan.user_id, loan.book_id) for loan in self.loans if loan.is_overdue(self.now())}
        assert late == {key for key, (due, _) in self.slips.items() if due < self.today}


TestCirculation = CirculationMachine.TestCase
TestCirculation.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
