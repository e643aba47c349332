"""Accounts: who a member is, what a role allows, what makes a password acceptable."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from luminalib.domain.errors import Conflict, Forbidden, Invalid, Unauthenticated

MAIN_TENANT = "main"
PASSWORD_MIN, PASSWORD_MAX = 8, 1000
# The head of every published list of leaked passwords; the accounts issue brings a longer one.
_COMMON = """
12345678 123456789 1234567890 password password1 password123 passw0rd qwertyui qwerty123 qwertyuiop 1q2w3e4r 1qaz2wsx iloveyou
sunshine princess football baseball superman trustno1 starwars whatever welcome1 letmein1 dragon12 monkey123 abcd1234 abc12345
11111111 00000000 87654321 12341234 asdfghjk asdf1234 changeme administrator computer internet
"""
COMMON_PASSWORDS = frozenset(_COMMON.split())


class Role(StrEnum):
    """What a member may do: everyone reads and uploads, librarians care for all books, admins also for accounts."""

    MEMBER = "member"
    LIBRARIAN = "librarian"
    ADMIN = "admin"


class EmailTaken(Conflict):
    """An account with this e-mail address exists. Log in, or use another address."""

    slug = "email-taken"


class WeakPassword(Invalid):
    """The password is too easy to guess."""

    slug = "weak-password"


class BadCredentials(Unauthenticated):
    """No account matches this e-mail address and password."""

    slug = "bad-credentials"


class InvalidToken(Unauthenticated):
    """The token is not valid, or not any more. Log in again."""

    slug = "invalid-token"


class NotAllowed(Forbidden):
    """Your role does not allow this."""

    slug = "not-allowed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Principal:
    """Who asks. `user_id` is None for the house itself: the command line and background work."""

    tenant_id: str
    user_id: str | None
    role: Role
    session_id: str | None = None

    @property
    def is_staff(self) -> bool:
        """Whether this is a librarian or an admin."""
        return self.role in (Role.LIBRARIAN, Role.ADMIN)


def the_house(tenant_id: str = MAIN_TENANT) -> Principal:
    """The principal for work that no member asked for."""
    return Principal(tenant_id=tenant_id, user_id=None, role=Role.ADMIN)


@dataclass(eq=False, kw_only=True)
class User:
    """An account. `email` is in the form that `normalise_email` gives."""

    id: str
    email: str
    password_hash: str
    display_name: str
    role: Role
    is_active: bool
    created_at: datetime


@dataclass(eq=False, kw_only=True)
class Session:
    """One log-in on one device; it lives until it expires or is ended.

    The refresh token is kept as a hash only. `previous_hash` is the one before the last rotation, so that its reuse is noticed.
    """

    id: str
    user_id: str
    refresh_hash: str
    created_at: datetime
    rotated_at: datetime
    expires_at: datetime
    previous_hash: str | None = None
    ended_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether its tokens still work."""
        return self.ended_at is None and now < self.expires_at


def normalise_email(email: str) -> str:
    """The form in which addresses are compared: NFKC, without surrounding space, lower case."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def normalise_password(password: str) -> str:
    """The form in which passwords are hashed: NFKC, so that keyboards and systems agree (NIST SP 800-63B, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def accept_password(password: str, email: str) -> str:
    """The normalised password. Raises WeakPassword, whose text says what to choose instead."""
    password = normalise_password(password)
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise WeakPassword(f"Choose a password of {PASSWORD_MIN} to {PASSWORD_MAX} characters.")
    folded = password.casefold()
    if folded in COMMON_PASSWORDS or len(set(folded)) == 1:
        raise WeakPassword("This password is one of the first that anybody would try. Choose another.")
    if folded in (email, email.split("@", maxsplit=1)[0]):
        raise WeakPassword("The password must not be your e-mail address.")
    return password
