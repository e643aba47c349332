from datetime import UTC, datetime, timedelta

import pytest

from luminalib.domain.auth import Principal, Role, Session, WeakPassword, accept_password, normalise_email, the_house
from luminalib.domain.errors import LuminaError, NotFound

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def common(password: str) -> bool:
    return password in ("password", "password1")


@pytest.mark.parametrize(
    ("raw", "normal"), [(" Ada@Library.TEST ", "ada@library.test"), ("\uff21da@x.y", "ada@x.y"), ("straße@x.y", "strasse@x.y")]
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


def test_staff_are_librarians_and_admins() -> None:
    staff = {role for role in Role if Principal(tenant_id="t", user_id="u", role=role).is_staff}
    assert staff == {Role.LIBRARIAN, Role.ADMIN}
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
