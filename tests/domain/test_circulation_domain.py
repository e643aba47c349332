"""Loans and holds together: the domain's rules against a slip box."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from luminalib.domain.holds import Hold, HoldState, move_up
from luminalib.domain.loans import Loan, LoanPolicy, LoanState, Standing

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DAY = timedelta(days=1)
MEMBERS = st.sampled_from(["ada", "ben", "cleo", "dora"])
TITLES = {"rare": 1, "common": 2, "plenty": 9}
BOOKS = st.sampled_from(sorted(TITLES))


@dataclass
class Shelf:
    """The slip box's card of one book: who has it until which day, who waits, for whom a copy is kept until which day."""

    out: dict[str, tuple[int, int]] = field(default_factory=dict)
    line: list[str] = field(default_factory=list)
    kept: dict[str, int] = field(default_factory=dict)


class CirculationMachine(RuleBasedStateMachine):
    """A desk that uses the domain, next to a slip box that knows only days and names."""

    policy = LoanPolicy(period=10 * DAY, period_when_awaited=4 * DAY, max_loans=2, max_renewals=2, max_holds=2, hold_shelf=3 * DAY)

    def __init__(self) -> None:
        super().__init__()
        self.today = 0
        self.loans: list[Loan] = []
        self.holds: list[Hold] = []
        self.cards = {book: Shelf() for book in TITLES}
        self.ended: Counter[str] = Counter()

    def now(self) -> datetime:
        return START + self.today * DAY

    # The desk

    def line(self, book: str) -> list[Hold]:
        return [hold for hold in self.holds if hold.book_id == book and hold.is_active]

    def out(self, book: str) -> list[Loan]:
        return [loan for loan in self.loans if loan.book_id == book and loan.state is LoanState.OPEN]

    def standing(self, member: str, book: str) -> Standing:
        line = self.line(book)
        hold = next((one for one in line if one.user_id == member), None)
        waiting = [one for one in line if one.state is HoldState.WAITING]
        return Standing(
            loan=next((loan for loan in self.out(book) if loan.user_id == member), None),
            hold=hold,
            open_loans=sum(loan.user_id == member for loan in self.loans if loan.state is LoanState.OPEN),
            open_holds=sum(one.user_id == member for one in self.holds if one.is_active),
            copies_out=len(self.out(book)),
            next_due_at=min((loan.due_at for loan in self.out(book)), default=None),
            ready=len(line) - len(waiting),
            waiting=len(waiting),
            ahead=sum(hold is None or one.number < hold.number for one in waiting),
            last_number=max((one.number for one in self.holds if one.book_id == book), default=0),
            has_lapsed=any(one.has_lapsed(self.now()) for one in line),
        )

    def serve(self, book: str) -> None:
        """What the desk does whenever a copy may have become free, and what the slip box expects of it."""
        served = move_up(self.line(book), TITLES[book] - len(self.out(book)), self.now(), self.policy.hold_shelf)
        card = self.cards[book]
        for member in [name for name, until in card.kept.items() if until <= self.today]:
            del card.kept[member]
            self.ended["expired"] += 1
        names = []
        while card.line and TITLES[book] - len(card.out) - len(card.kept) > 0:
            names.append(card.line.pop(0))
            card.kept[names[-1]] = self.today + 3
        assert [hold.user_id for hold in served] == names

    # What happens

    @rule(days=st.integers(1, 6))
    def time_passes(self, days: int) -> None:
        self.today += days
        for book in TITLES:
            self.serve(book)

    @rule(member=MEMBERS, book=BOOKS)
    def borrow(self, member: str, book: str) -> None:
        standing = self.standing(member, book)
        refusals = [one.slug for one in self.policy.check_borrow(standing, TITLES[book])]
        card = self.cards[book]
        expected = []
        if member in card.out:
            expected = ["already-on-loan"]
        else:
            if member not in card.kept and len(card.out) + len(card.kept) >= TITLES[book]:
                expected.append("no-copy-available" if len(card.out) == TITLES[book] else "held-for-another")
            if sum(member in one.out for one in self.cards.values()) == 2:
                expected.append("loan-limit-reached")
        assert refusals == expected
        if not refusals:
            name = str(len(self.loans))
            self.loans.append(self.policy.lend(name, book, member, standing, self.now()))
            if standing.hold:
                standing.hold.fulfil(self.now())
                self.ended["fulfilled"] += 1
            card.kept.pop(member, None)
            card.out[member] = (self.today + (4 if card.line else 10), 0)

    @rule(member=MEMBERS, book=BOOKS)
    def give_back(self, member: str, book: str) -> None:
        loan = self.standing(member, book).loan
        assert (loan is not None) == (member in self.cards[book].out)
        if loan is not None:
            loan.give_back(self.now())
            del self.cards[book].out[member]
            self.serve(book)

    @rule(member=MEMBERS, book=BOOKS)
    def renew(self, member: str, book: str) -> None:
        standing = self.standing(member, book)
        refusals = [one.slug for one in self.policy.check_renewal(standing)]
        card = self.cards[book]
        if member not in card.out:
            assert refusals == ["not-on-loan"]
            return
        due, renewals = card.out[member]
        assert refusals == ["renewal-limit-reached"] * (renewals == 2) + ["someone-is-waiting"] * bool(card.line)
        if standing.loan and not refusals:
            self.policy.renew(standing.loan, self.now())
            card.out[member] = (max(due, self.today) + 10, renewals + 1)

    @rule(member=MEMBERS, book=BOOKS)
    def place_hold(self, member: str, book: str) -> None:
        standing = self.standing(member, book)
        refusals = [one.slug for one in self.policy.check_hold(standing, TITLES[book])]
        card = self.cards[book]
        waits = sum(member in one.line or member in one.kept for one in self.cards.values())
        expected = []
        if member in card.out:
            expected.append("already-on-loan")
        if member in card.line or member in card.kept:
            expected.append("already-waiting")
        elif member not in card.out and len(card.out) + len(card.kept) < TITLES[book]:
            expected.append("copy-available")
        if waits == 2 and "already-waiting" not in expected:
            expected.append("hold-limit-reached")
        assert refusals == expected
        if not refusals:
            number = standing.last_number + 1
            name = f"{book}-{number}"
            self.holds.append(Hold(id=name, book_id=book, user_id=member, number=number, placed_at=self.now()))
            card.line.append(member)
            assert standing.waiting + 1 == len(card.line)

    @rule(member=MEMBERS, book=BOOKS)
    def cancel_hold(self, member: str, book: str) -> None:
        hold, card = self.standing(member, book).hold, self.cards[book]
        assert (hold is not None) == (member in card.line or member in card.kept)
        if hold is not None:
            hold.cancel(self.now())
            self.ended["cancelled"] += 1
            card.kept.pop(member, None)
            card.line = [name for name in card.line if name != member]
            self.serve(book)

    # What must hold

    @invariant()
    def loans_are_those_of_the_slip_box(self) -> None:
        for book, card in self.cards.items():
            assert {loan.user_id: ((loan.due_at - START).days, loan.renewals) for loan in self.out(book)} == card.out

    @invariant()
    def lines_are_those_of_the_slip_box(self) -> None:
        for book, card in self.cards.items():
            assert [hold.user_id for hold in self.line(book) if hold.state is HoldState.WAITING] == card.line
            ready = [hold for hold in self.line(book) if hold.state is HoldState.READY]
            assert {hold.user_id: (hold.ready_until - START).days for hold in ready if hold.ready_until} == card.kept
        assert Counter(hold.state.value for hold in self.holds if not hold.is_active) == self.ended

    @invariant()
    def nobody_waits_while_a_copy_is_free(self) -> None:
        for book, copies in TITLES.items():
            ready = sum(hold.state is HoldState.READY for hold in self.line(book))
            assert len(self.out(book)) + ready <= copies
            if any(hold.state is HoldState.WAITING for hold in self.line(book)):
                assert len(self.out(book)) + ready == copies

    @invariant()
    def overdue_is_what_the_slip_box_says(self) -> None:
        late = {(one.user_id, one.book_id) for one in self.loans if self.policy.is_overdue(one, self.now())}
        assert late == {(who, book) for book, card in self.cards.items() for who, (due, _) in card.out.items() if due < self.today}


TestCirculation = CirculationMachine.TestCase
TestCirculation.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)
