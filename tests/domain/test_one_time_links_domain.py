from datetime import UTC, datetime, timedelta

import pytest

from luminalib.domain.one_time_links import InvalidLink, LinkKind, OneTimeLink

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LIFE = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)


def link() -> OneTimeLink:
    return OneTimeLink(
        id="l", kind=LinkKind.PASSWORD_RESET, digest="d", created_by=None, created_at=NOW, expires_at=NOW + LIFE, user_id="u"
    )


def test_a_link_works_once() -> None:
    one = link()
    one.spend(NOW + MOMENT)
    assert (one.used_at, one.is_open(NOW + MOMENT)) == (NOW + MOMENT, False)
    with pytest.raises(InvalidLink):
        one.spend(NOW + MOMENT)


def test_a_link_works_until_its_time_is_over() -> None:
    one = link()
    assert one.is_open(NOW + LIFE - MOMENT)
    assert not one.is_open(NOW + LIFE)
    with pytest.raises(InvalidLink):
        one.spend(NOW + LIFE)
    assert one.used_at is None
