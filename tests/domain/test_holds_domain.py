from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest

from luminalib.domain.holds import Hold, HoldState, HoldView, NotWaiting, move_up

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SHELF = timedelta(days=3)
MOMENT = timedelta(microseconds=1)


def waiting(number: int = 1) -> Hold:
    return Hold(id=f"hold {number}", book_id="book", user_id=f"user {number}", number=number, placed_at=NOW)


def ready(number: int = 1) -> Hold:
    hold = waiting(number)
    hold.make_ready(NOW, SHELF)
    return hold


def test_a_copy_is_kept_until_its_time_is_over() -> None:
    hold = ready()
    assert (hold.state, hold.ready_at, hold.ready_until, hold.ended_at) == (HoldState.READY, NOW, NOW + SHELF, None)
    assert not hold.has_lapsed(NOW + SHELF - MOMENT)
    assert hold.has_lapsed(NOW + SHELF)
    assert not waiting().has_lapsed(NOW + 100 * SHELF)
    hold.fulfil(NOW)
    assert not hold.has_lapsed(NOW + SHELF), "it was fetched"


@pytest.mark.parametrize(
    ("end", "state", "ended_at"),
    [
        (lambda hold: hold.fulfil(NOW + MOMENT), HoldState.FULFILLED, NOW + MOMENT),
        (lambda hold: hold.cancel(NOW + MOMENT), HoldState.CANCELLED, NOW + MOMENT),
        (Hold.expire, HoldState.EXPIRED, NOW + SHELF),  # when its time was over, not when somebody looked
    ],
)
def test_a_hold_ends_once(end: Callable[[Hold], None], state: HoldState, ended_at: datetime) -> None:
    hold = ready()
    assert hold.is_active
    end(hold)
    assert (hold.state, hold.ended_at, hold.is_active) == (state, ended_at, False)
    for again in (Hold.expire, lambda hold: hold.cancel(NOW), lambda hold: hold.fulfil(NOW)):
        with pytest.raises(NotWaiting):
            again(hold)
    assert (hold.state, hold.ended_at) == (state, ended_at)


def test_who_came_first_is_served_first_with_as_many_copies_as_are_in() -> None:
    line = [waiting(number) for number in range(1, 5)]
    assert move_up(line, 0, NOW, SHELF) == []
    assert move_up(line, 2, NOW, SHELF) == line[:2]
    assert [hold.state for hold in line] == [HoldState.READY] * 2 + [HoldState.WAITING] * 2
    assert move_up(line, 2, NOW, SHELF) == [], "both copies are kept for the first two"
    assert move_up(line, 3, NOW + MOMENT, SHELF) == [line[2]]
    assert line[2].ready_until == NOW + MOMENT + SHELF
    assert move_up(line, 1, NOW, SHELF) == [], "fewer copies than are promised: one was lost"
    assert move_up([], 5, NOW, SHELF) == []


def test_a_copy_that_was_not_fetched_goes_to_the_next() -> None:
    line = [ready(1), waiting(2), waiting(3)]
    assert move_up(line, 1, NOW + SHELF - MOMENT, SHELF) == []
    assert move_up(line, 1, NOW + SHELF, SHELF) == [line[1]]
    assert (line[0].state, line[0].ended_at) == (HoldState.EXPIRED, NOW + SHELF)


def test_a_view_tells_all_of_a_hold_and_its_place() -> None:
    hold = ready()
    hold.cancel(NOW + MOMENT)
    view = HoldView.of(hold, 4)
    assert view.queue_position == 4
    shown = [one.name for one in fields(HoldView) if one.name != "queue_position"]
    assert [getattr(view, name) for name in shown] == [getattr(hold, name) for name in shown]
