from datetime import UTC, datetime, timedelta

import pytest

from luminalib.domain.auth import NotAllowed, Principal, Role
from luminalib.domain.grants import MOST_MINUTES, Grant, GrantEnd, grant_notice, life_of, new_guest, require_member
from luminalib.domain.notices import LONGEST_TITLE, NoticeKind

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LIFE = timedelta(minutes=30)


def grant(reason: str = "The scanner") -> Grant:
    return Grant(
        id="g",
        operator_id="o",
        operator_email="op@house.test",
        user_id="guest",
        session_id="s",
        role=Role.LIBRARIAN,
        reason=reason,
        created_at=NOW,
        expires_at=NOW + LIFE,
    )


def test_a_grant_works_until_it_is_ended_or_its_time_is_over() -> None:
    one = grant()
    assert one.is_open(NOW + LIFE - timedelta(microseconds=1))
    assert not one.is_open(NOW + LIFE)
    one.ended_at, one.ended_by = NOW, GrantEnd.LIBRARY
    assert not one.is_open(NOW)


@pytest.mark.parametrize(
    ("asked", "minutes"), [(-5, 1), (0, 1), (1, 1), (2, 2), (MOST_MINUTES, MOST_MINUTES), (MOST_MINUTES + 1, MOST_MINUTES)]
)
def test_a_grant_lasts_for_minutes_within_bounds(asked: int, minutes: int) -> None:
    assert life_of(asked) == timedelta(minutes=minutes)


def test_who_acts_by_a_grant_makes_nothing_that_outlives_it() -> None:
    require_member(Principal(tenant_id="t", user_id="u", role=Role.LIBRARIAN))
    with pytest.raises(NotAllowed):
        require_member(Principal(tenant_id="t", user_id="u", role=Role.LIBRARIAN, acting_from="theirs"))


def test_a_guest_can_log_in_by_nothing_but_the_grant() -> None:
    guest = new_guest("guest", "o", NOW)
    assert (guest.id, guest.email, guest.role, guest.is_active) == ("guest", "o@operators.invalid", Role.MEMBER, True)
    assert (guest.is_deleted, guest.created_at) == (True, NOW), "it has no password, and gets none"


def test_admins_are_told_who_may_do_what_until_when_and_why() -> None:
    told = grant_notice("admin", grant())
    assert (told.user_id, told.kind, told.subject_id, told.book_id) == ("admin", NoticeKind.SUPPORT_GRANT, "g", None)
    assert (told.title, told.until, told.at) == ("op@house.test (librarian): The scanner", NOW + LIFE, NOW)
    assert len(grant_notice("admin", grant("why " * 1000)).title) == LONGEST_TITLE
    assert grant().summary == "op@house.test as librarian until 2026-01-02 03:34 UTC: The scanner"
