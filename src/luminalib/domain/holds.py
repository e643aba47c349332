"""Waiting for a book: who is next when a copy comes back, and for how long it is kept for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from luminalib.domain.errors import Conflict, NotFound


class HoldState(StrEnum):
    """Waiting in line, a copy ready on the hold shelf, or over in one of three ways."""

    WAITING = "waiting"
    READY = "ready"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


ACTIVE = (HoldState.WAITING, HoldState.READY)


class CopyAvailable(Conflict):
    """A copy is in. Borrow it."""

    slug = "copy-available"


class AlreadyWaiting(Conflict):
    """You are waiting for this book already."""

    slug = "already-waiting"


class HoldLimitReached(Conflict):
    """You wait for as many books as one may wait for at a time. Cancel a hold first."""

    slug = "hold-limit-reached"


class HoldNotFound(NotFound):
    """There is no such hold."""

    slug = "hold-not-found"


class NotWaiting(NotFound):
    """You are not waiting for this book."""

    slug = "not-waiting"


@dataclass(eq=False, kw_only=True)
class Hold:
    """A member's place in the line for a book. `number` counts the book's holds; the lowest is served first."""

    id: str
    book_id: str
    user_id: str
    number: int
    placed_at: datetime
    state: HoldState = HoldState.WAITING
    ready_at: datetime | None = None
    ready_until: datetime | None = None
    ended_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        """Whether the member still waits, or a copy waits for them."""
        return self.state in ACTIVE

    def has_lapsed(self, now: datetime) -> bool:
        """Whether the copy was not fetched in time."""
        return self.state is HoldState.READY and self.ready_until is not None and self.ready_until <= now

    def make_ready(self, at: datetime, shelf_time: timedelta) -> None:
        """Puts a copy on the hold shelf."""
        self.state, self.ready_at, self.ready_until = HoldState.READY, at, at + shelf_time

    def fulfil(self, at: datetime) -> None:
        """The member took the loan."""
        self._end(HoldState.FULFILLED, at)

    def cancel(self, at: datetime) -> None:
        """The member waits no longer."""
        self._end(HoldState.CANCELLED, at)

    def expire(self) -> None:
        """The copy goes to the next; the hold was over when its time was."""
        self._end(HoldState.EXPIRED, self.ready_until)

    def _end(self, state: HoldState, at: datetime | None) -> None:
        if not self.is_active:
            raise NotWaiting
        self.state, self.ended_at = state, at


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldView:
    """A hold with its place in the line, from 1; None once it waits no longer."""

    id: str
    book_id: str
    user_id: str
    state: HoldState
    queue_position: int | None
    placed_at: datetime
    ready_at: datetime | None
    ready_until: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, hold: Hold, queue_position: int | None) -> "HoldView":
        """The view of a hold that has just been written."""
        return cls(
            id=hold.id,
            book_id=hold.book_id,
            user_id=hold.user_id,
            state=hold.state,
            queue_position=queue_position,
            placed_at=hold.placed_at,
            ready_at=hold.ready_at,
            ready_until=hold.ready_until,
            ended_at=hold.ended_at,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldFilter:
    """Which holds a list shows; `active` None shows all. `q` as for loans; `ready_before`: a copy is kept until before then."""

    user_id: str | None = None
    book_id: str | None = None
    active: bool | None = None
    ready_before: datetime | None = None
    q: str | None = None


def move_up(line: Sequence[Hold], copies_in: int, now: datetime, shelf_time: timedelta) -> list[Hold]:
    """Ends the holds of one book that have lapsed and gives the copies that are in to the next; returns who has one ready now.

    `line` are the book's active holds in order, `copies_in` its copies that are not on loan.
    """
    for hold in line:
        if hold.has_lapsed(now):
            hold.expire()
    free = copies_in - sum(hold.state is HoldState.READY for hold in line)
    served = [hold for hold in line if hold.state is HoldState.WAITING][: max(0, free)]
    for hold in served:
        hold.make_ready(now, shelf_time)
    return served
