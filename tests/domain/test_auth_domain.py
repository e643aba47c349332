from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from luminalib.domain.auth import (
    EMAIL_MAX,
    PASSWORD_MAX,
    PASSWORD_MIN,
    REFRESH_GRACE,
    NotAllowed,
    Principal,
    Role,
    Session,
    User,
    WeakPassword,
    accept_password,
    normalise_email,
    normalise_password,
    require_admin,
    require_staff,
    the_house,
)
from luminalib.domain.errors import LuminaError, NotFound

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def common(password: str) -> bool:
    return password in ("password", "password1")


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        (" Ada@Library.TEST ", "ada@library.test"),
        ("\uff21da@x.y", "ada@x.y"),
        ("straße@x.y", "straße@x.y"),
        ("a@XN--bcher-kva.de", "a@bücher.de"),
        ("ada@library.test.", "ada@library.test"),
        ("A", "a"),
    ],
)
def test_addresses_are_compared_in_one_form(raw: str, normal: str) -> None:
    assert normalise_email(raw) == normal


def test_passwords_are_the_same_on_every_keyboard() -> None:
    composed, decomposed = "caf\u00e9 au lait", "cafe\u0301 au lait"
    assert accept_password(composed, "a@b.c", common) == accept_password(decomposed, "a@b.c", common)


@pytest.mark.parametrize(
    "password", ["1234567", "x" * 1001, "password", "PassWord1", "aaaaaaaaaa", "someone@library.test", "someoneelse"]
)
def test_weak_passwords_are_refused(password: str) -> None:
    email = "someoneelse@library.test" if password == "someoneelse" else "someone@library.test"
    with pytest.raises(WeakPassword) as refused:
        accept_password(password, email, common)
    assert password not in refused.value.detail.replace("This password", "")


@pytest.mark.parametrize("length", [PASSWORD_MIN, PASSWORD_MAX])
def test_the_shortest_and_the_longest_password_are_accepted(length: int) -> None:
    password = "ab" * (length // 2)
    assert accept_password(password, "someone@library.test", common) == password


@pytest.mark.parametrize("role", [*Role])
def test_desks_are_closed_to_whom_they_are_not_for(role: Role) -> None:
    by = Principal(tenant_id="t", user_id="u", role=role)
    for require, may_pass in ((require_staff, by.is_staff), (require_admin, role.is_admin)):
        if may_pass:
            require(by)
        else:
            with pytest.raises(NotAllowed):
                require(by)


def test_nothing_of_the_person_is_left_in_an_anonymised_account() -> None:
    ada = User(id="u", email="a@b.c", password_hash="x", display_name="Ada", role=Role.MEMBER, is_active=True, created_at=NOW)
    ada.anonymise()
    assert (ada.display_name, ada.is_active, ada.is_deleted) == ("Former member", False, True)
    assert ada.email.endswith("@deleted.invalid")
    assert "a@b.c" not in ada.email


def test_staff_are_librarians_admins_and_operators() -> None:
    staff = {role for role in Role if Principal(tenant_id="t", user_id="u", role=role).is_staff}
    assert staff == {Role.LIBRARIAN, Role.ADMIN, Role.OPERATOR}
    assert the_house().user_id is None


def test_a_session_lives_until_it_expires_or_ends() -> None:
    def session(**changes: object) -> Session:
        facts = {"id": "s", "user_id": "u", "refresh_hash": "h", "created_at": NOW, "rotated_at": NOW}
        return Session(**{**facts, "expires_at": NOW + timedelta(days=1), **changes})  # type: ignore[arg-type]

    assert session().is_open(NOW)
    assert not session().is_open(NOW + timedelta(days=1))
    assert not session(ended_at=NOW).is_open(NOW)


def test_an_errors_docstring_is_its_message() -> None:
    assert NotFound().detail == "There is nothing here under that id, or nothing that you may see."
    assert NotFound("Gone.", book_id="b").facts == {"book_id": "b"}
    assert str(LuminaError()) == "Something went wrong."


def log_in(rotation: int = 5, excused: int | None = None) -> Session:
    return Session(
        id="s",
        user_id="u",
        refresh_hash="h",
        created_at=NOW,
        rotated_at=NOW,
        expires_at=NOW + timedelta(days=1),
        rotation=rotation,
        excused=excused,
    )


@pytest.mark.parametrize(
    ("number", "after", "excused", "is_excused"),
    [
        (4, timedelta(), None, True),
        (4, REFRESH_GRACE, None, True),
        (4, REFRESH_GRACE + timedelta(microseconds=1), None, False),
        (3, timedelta(), None, False),
        (5, timedelta(), None, False),
        (0, timedelta(), None, False),
        (10, timedelta(), None, False),
        (4, timedelta(), 3, False),
        (4, timedelta(), 2, True),
    ],
)
def test_only_the_refresh_token_before_is_excused_and_not_twice_in_a_row(
    number: int, after: timedelta, excused: int | None, *, is_excused: bool
) -> None:
    session = log_in(excused=excused)
    assert session.excuse(number, NOW + after) is is_excused
    assert session.excused == (number if is_excused else excused)


def test_a_session_is_open_until_it_ends_or_expires() -> None:
    session = log_in()
    assert session.is_open(session.expires_at - timedelta(microseconds=1))
    assert not session.is_open(session.expires_at)
    session.rotate("next", NOW + timedelta(hours=1), NOW + timedelta(days=2))
    assert (session.rotation, session.refresh_hash, session.rotated_at) == (6, "next", NOW + timedelta(hours=1))
    assert session.is_open(NOW + timedelta(days=1))
    session.ended_at = NOW
    assert not session.is_open(NOW)


def test_addresses_and_passwords_are_cut_behind_what_is_accepted() -> None:
    assert normalise_email("A" * EMAIL_MAX) == "a" * EMAIL_MAX
    assert len(normalise_email("a" * 10_000)) == EMAIL_MAX + 1
    assert normalise_password("p" * PASSWORD_MAX) == "p" * PASSWORD_MAX
    assert len(normalise_password("p" * 10_000)) == len(normalise_password("\ufdfa" * 10_000)) == PASSWORD_MAX + 1


def test_who_has_left_is_told_by_the_password_that_nobody_has() -> None:
    facts: dict[str, Any] = {"id": "u", "email": "a@b.c", "display_name": "A", "role": Role.MEMBER, "is_active": True}
    assert User(password_hash=b"!".decode(), created_at=NOW, **facts).is_deleted
    assert not User(password_hash="x", created_at=NOW, **facts).is_deleted
