from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from luminalib.domain.errors import Conflict
from luminalib.domain.holds import AlreadyWaiting, CopyAvailable, Hold, HoldLimitReached
from luminalib.domain.loans import (
    AlreadyOnLoan,
    HeldForAnother,
    Loan,
    LoanLimitReached,
    LoanPolicy,
    LoanState,
    NoCopyAvailable,
    NotOnLoan,
    RenewalLimitReached,
    SomeoneIsWaiting,
    Standing,
    refuse,
)

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DAY = timedelta(days=1)
POLICY = LoanPolicy(period=timedelta(days=21), max_loans=3, max_renewals=2, max_holds=2)
NOTHING = Standing(
    loan=None,
    hold=None,
    open_loans=0,
    open_holds=0,
    copies_out=0,
    next_due_at=None,
    ready=0,
    waiting=0,
    ahead=0,
    last_number=0,
    has_lapsed=False,
)


def make_loan(period: timedelta = timedelta(days=21)) -> Loan:
    return Loan(id="loan", book_id="book", user_id="user", borrowed_at=NOW, due_at=NOW + period)


def make_hold(*, is_ready: bool = False) -> Hold:
    hold = Hold(id="hold", book_id="book", user_id="user", number=1, placed_at=NOW)
    if is_ready:
        hold.make_ready(NOW, 3 * DAY)
    return hold


HAS_IT = replace(NOTHING, loan=make_loan(), open_loans=1, copies_out=1)


@pytest.mark.parametrize(
    ("standing", "copies", "refusals"),
    [
        (NOTHING, 1, []),
        (replace(NOTHING, open_loans=2, copies_out=4), 5, []),
        (HAS_IT, 5, [AlreadyOnLoan]),
        (replace(HAS_IT, open_loans=3), 1, [AlreadyOnLoan]),  # having it already is the one reason that helps
        (replace(NOTHING, copies_out=1), 1, [NoCopyAvailable]),
        (replace(NOTHING, copies_out=2), 1, [NoCopyAvailable]),
        (replace(NOTHING, open_loans=3), 1, [LoanLimitReached]),
        (replace(NOTHING, open_loans=3, copies_out=2), 2, [NoCopyAvailable, LoanLimitReached]),
        (replace(NOTHING, ready=1), 1, [HeldForAnother]),
        (replace(NOTHING, ready=1), 2, []),
        (replace(NOTHING, copies_out=1, ready=1, waiting=3), 2, [HeldForAnother]),
        (replace(NOTHING, hold=make_hold(is_ready=True), ready=1), 1, []),
        (replace(NOTHING, hold=make_hold(is_ready=True), ready=2, copies_out=1, waiting=4), 3, []),
        (replace(NOTHING, hold=make_hold(is_ready=True), ready=1, open_loans=3), 1, [LoanLimitReached]),
        (replace(NOTHING, hold=make_hold(), waiting=2, ahead=1, copies_out=1), 1, [NoCopyAvailable]),
    ],
)
def test_each_reason_against_a_loan_is_named(standing: Standing, copies: int, refusals: list[type[Conflict]]) -> None:
    assert [type(refusal) for refusal in POLICY.check_borrow(standing, copies)] == refusals


def test_refusals_carry_the_numbers() -> None:
    standing = replace(NOTHING, hold=make_hold(), open_loans=3, copies_out=2, next_due_at=NOW, waiting=3, ahead=1, last_number=7)
    no_copy, limit = POLICY.check_borrow(standing, 2)
    assert no_copy.facts == {
        "copies_total": 2,
        "copies_out": 2,
        "queue_length": 3,
        "queue_position": 2,
        "next_due_at": NOW.isoformat(),
    }
    assert limit.facts == {"open_loans": 3, "max_loans": 3}
    (has_it,) = POLICY.check_borrow(HAS_IT, 1)
    assert has_it.facts == {"due_at": (NOW + 21 * DAY).isoformat()}


@pytest.mark.parametrize(
    ("standing", "copies", "refusals"),
    [
        (NOTHING, 1, [CopyAvailable]),
        (replace(NOTHING, copies_out=1), 1, []),
        (replace(NOTHING, ready=1), 1, []),
        (replace(NOTHING, ready=1), 2, [CopyAvailable]),
        (HAS_IT, 1, [AlreadyOnLoan]),
        (HAS_IT, 5, [AlreadyOnLoan]),
        (replace(NOTHING, hold=make_hold(), waiting=1, copies_out=1), 1, [AlreadyWaiting]),
        (replace(NOTHING, hold=make_hold(is_ready=True), ready=1), 1, [AlreadyWaiting]),
        (replace(NOTHING, open_holds=2, copies_out=1), 1, [HoldLimitReached]),
        (replace(NOTHING, open_holds=2), 1, [CopyAvailable, HoldLimitReached]),
    ],
)
def test_each_reason_against_a_hold_is_named(standing: Standing, copies: int, refusals: list[type[Conflict]]) -> None:
    assert [type(refusal) for refusal in POLICY.check_hold(standing, copies)] == refusals


def test_refusals_of_a_hold_carry_the_numbers() -> None:
    has_it, waits = POLICY.check_hold(replace(HAS_IT, hold=make_hold(), waiting=3, ahead=2), 1)
    assert has_it.facts == {"due_at": (NOW + 21 * DAY).isoformat()}
    assert waits.facts == {"queue_position": 3, "state": "waiting"}
    (is_free,) = POLICY.check_hold(replace(NOTHING, copies_out=1, ready=2), 6)
    assert is_free.facts == {"copies_available": 3}
    (limit,) = POLICY.check_hold(replace(NOTHING, open_holds=2, copies_out=1), 1)
    assert limit.facts == {"open_holds": 2, "max_holds": 2}


@pytest.mark.parametrize(
    ("standing", "has_line"),
    [
        (NOTHING, False),
        (replace(HAS_IT, open_holds=2), False),
        (replace(NOTHING, ready=1), True),
        (replace(NOTHING, waiting=1), True),
        (replace(NOTHING, has_lapsed=True), True),
    ],
)
def test_a_copy_goes_to_the_next_where_somebody_is(standing: Standing, *, has_line: bool) -> None:
    assert standing.has_line is has_line


def test_a_library_s_rules_change_what_they_name_and_nothing_else() -> None:
    assert POLICY.with_rules({}) == POLICY
    spans = {"period_days": 5, "period_days_when_awaited": 4, "grace_days": 2, "hold_shelf_days": 6, "due_soon_days": 1}
    counts = {"max_per_member": 7, "max_renewals": 0, "max_holds_per_member": 8}
    changed = LoanPolicy(
        period=5 * DAY,
        period_when_awaited=4 * DAY,
        grace=2 * DAY,
        hold_shelf=6 * DAY,
        due_soon=DAY,
        max_loans=7,
        max_renewals=0,
        max_holds=8,
        renew_from_due=False,
    )
    assert POLICY.with_rules({**spans, **counts, "renew_from": "now"}) == changed
    assert changed.with_rules({"renew_from": "due"}) == replace(changed, renew_from_due=True)
    assert changed.with_rules({"grace_days": 0}) == replace(changed, grace=timedelta())


def test_each_reason_against_a_renewal_is_named() -> None:
    worn = make_loan()
    worn.renewals = 2
    assert POLICY.check_renewal(HAS_IT) == []
    assert [type(one) for one in POLICY.check_renewal(NOTHING)] == [NotOnLoan]
    assert [type(one) for one in POLICY.check_renewal(replace(HAS_IT, loan=worn))] == [RenewalLimitReached]
    limit, waiting = POLICY.check_renewal(replace(HAS_IT, loan=worn, waiting=2))
    assert limit.facts == {"renewals": 2, "due_at": worn.due_at.isoformat()}
    assert isinstance(waiting, SomeoneIsWaiting)
    assert waiting.facts == {"queue_length": 2, "due_at": worn.due_at.isoformat()}
    assert POLICY.check_renewal(replace(HAS_IT, ready=1)) == []  # whose copy is ready does not need this one


def test_the_first_refusal_is_raised_and_names_all() -> None:
    with pytest.raises(NoCopyAvailable) as raised:
        refuse([NoCopyAvailable(copies_total=1, copies_out=1), LoanLimitReached(max_loans=3)])
    assert raised.value.facts == {
        "copies_total": 1,
        "copies_out": 1,
        "errors": [
            {"code": "no-copy-available", "message": NoCopyAvailable().detail, "copies_total": 1, "copies_out": 1},
            {"code": "loan-limit-reached", "message": LoanLimitReached().detail, "max_loans": 3},
        ],
    }


def test_nothing_is_raised_when_nothing_speaks_against_it() -> None:
    reasons: list[Conflict] = [NoCopyAvailable()]
    with pytest.raises(NoCopyAvailable):
        refuse(reasons)
    reasons.clear()
    refuse(reasons)


@pytest.mark.parametrize(("waiting", "days"), [(0, 21), (1, 7), (9, 7)])
def test_a_loan_is_shorter_while_others_wait(waiting: int, days: int) -> None:
    policy = replace(POLICY, period_when_awaited=7 * DAY)
    loan = policy.lend("loan", "book", "user", replace(NOTHING, waiting=waiting), NOW)
    assert (loan.borrowed_at, loan.due_at) == (NOW, NOW + days * DAY)


def test_waiting_others_never_make_a_loan_longer() -> None:
    policy = replace(POLICY, period=5 * DAY, period_when_awaited=14 * DAY)
    assert policy.lend("loan", "book", "user", replace(NOTHING, waiting=1), NOW).due_at == NOW + 5 * DAY


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
    LoanPolicy(period=21 * DAY, renew_from_due=renew_from_due).renew(loan, NOW + after)
    assert (loan.due_at, loan.renewals) == (NOW + due_after, 1)


def test_a_renewal_never_takes_days_away() -> None:
    loan = make_loan(40 * DAY)
    LoanPolicy(period=7 * DAY, renew_from_due=False).renew(loan, NOW + DAY)
    assert loan.due_at == NOW + 40 * DAY


def test_what_is_back_is_not_returned_again() -> None:
    loan = make_loan()
    loan.give_back(NOW + DAY)
    with pytest.raises(NotOnLoan):
        loan.give_back(NOW + 2 * DAY)
    assert (loan.state, loan.returned_at) == (LoanState.CLOSED, NOW + DAY)


@pytest.mark.parametrize("grace", [timedelta(), 2 * DAY])
def test_overdue_is_after_the_due_instant_with_its_grace_and_until_the_return(grace: timedelta) -> None:
    policy, loan = replace(POLICY, grace=grace), make_loan()
    assert loan.state is LoanState.OPEN
    assert not policy.is_overdue(loan, loan.due_at + grace)
    assert policy.is_overdue(loan, loan.due_at + grace + timedelta(microseconds=1))
    loan.give_back(loan.due_at + 5 * DAY)
    assert not policy.is_overdue(loan, loan.due_at + 6 * DAY)


def test_a_renewal_ends_being_overdue() -> None:
    loan = make_loan()
    late = loan.due_at + 100 * DAY
    assert POLICY.is_overdue(loan, late)
    POLICY.renew(loan, late)
    assert not POLICY.is_overdue(loan, late)
