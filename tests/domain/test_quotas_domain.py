from datetime import UTC, datetime, timedelta, timezone

import pytest

from luminalib.domain.paging import PageRequest
from luminalib.domain.quotas import FULL, NEARLY, STANDING, Quota, exceeded, reached

LATE = datetime(2026, 12, 31, 23, 30, 15, 250, tzinfo=UTC)


def test_what_a_plan_counts_begins_anew_with_the_day_or_the_month_in_utc() -> None:
    elsewhere = LATE.astimezone(timezone(timedelta(hours=2)))  # where it is next year already
    for now in (LATE, elsewhere):
        assert {quota: quota.period(now) for quota in Quota if not quota.is_standing and quota.is_counted} == {
            Quota.DOCUMENTS_PER_DAY: "2026-12-31",
            Quota.MODEL_TOKENS_PER_MONTH: "2026-12",
        }
        assert Quota.DOCUMENTS_PER_DAY.resets_at(now) == datetime(2027, 1, 1, tzinfo=UTC)
        assert Quota.MODEL_TOKENS_PER_MONTH.resets_at(now) == datetime(2027, 1, 1, tzinfo=UTC)
    assert Quota.MODEL_TOKENS_PER_MONTH.resets_at(datetime(2026, 2, 1, tzinfo=UTC)) == datetime(2026, 3, 1, tzinfo=UTC)


def test_what_there_is_stays_until_some_is_removed() -> None:
    standing = {quota for quota in Quota if quota.is_standing}
    assert standing == {Quota.MEMBERS, Quota.BOOKS, Quota.BYTES}
    for quota in standing:
        assert (quota.period(LATE), quota.resets_at(LATE), quota.is_counted) == (STANDING, None, True)
    assert not Quota.REQUESTS_PER_MINUTE.is_counted
    assert not Quota.REQUESTS_PER_MINUTE.is_standing


@pytest.mark.parametrize(
    ("used", "limit", "percent"),
    [
        (0, 10, 0),
        (7, 10, 0),
        (8, 10, NEARLY),
        (9, 10, NEARLY),
        (10, 10, FULL),
        (11, 10, FULL),
        (0, 0, FULL),
        (3, 4, 0),
        (4, 5, NEARLY),
    ],
)
def test_admins_are_told_at_four_fifths_and_at_the_end(used: int, limit: int, percent: int) -> None:
    assert reached(used, limit) == percent


def test_a_refusal_says_how_many_and_what_to_do() -> None:
    books = exceeded(Quota.BOOKS, 10, 10, LATE)
    assert books.facts == {"quota": "books", "limit": 10, "used": 10, "resets_at": None}
    assert "allows 10 books, of which 10 are used. Remove some, or" in books.detail
    a_day = exceeded(Quota.DOCUMENTS_PER_DAY, 5, 6, LATE)
    assert a_day.facts == {"quota": "documents_per_day", "limit": 5, "used": 6, "resets_at": "2027-01-01T00:00:00Z"}
    assert "5 documents per day, of which 6 are used. It begins anew at 2027-01-01T00:00Z; wait, or" in a_day.detail


def test_a_page_begins_behind_those_before_it() -> None:
    assert [PageRequest(page, 7).offset for page in (1, 2, 5)] == [0, 7, 28]
