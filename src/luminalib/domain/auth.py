"""Accounts: who a member is, what a role allows, what makes a password acceptable."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from luminalib.domain.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from luminalib.domain.normalisation import normalised
from luminalib.domain.versions import version_of

MAIN_TENANT = "main"
PASSWORD_MIN, PASSWORD_MAX = 8, 1000
EMAIL_MAX = 320
TICKET_LIFE = timedelta(seconds=60)
"""How long a ticket may be shown; what it has opened may last longer."""
REFRESH_GRACE = timedelta(seconds=30)
"""How long the refresh token before the last still works: the answer that brought the new one may have been lost."""
NO_PASSWORD = "!"  # noqa: S105 -- the opposite of one
"""Stands where a hash would; no password matches it."""


class Role(StrEnum):
    """What a member may do: everyone reads and uploads, librarians care for all books, admins also for accounts.

    Operators, in the main tenant only, run the installation besides.
    """

    MEMBER = "member"
    LIBRARIAN = "librarian"
    ADMIN = "admin"
    OPERATOR = "operator"

    @property
    def is_admin(self) -> bool:
        """Whether it may do what admins do."""
        return self in (Role.ADMIN, Role.OPERATOR)


class TicketPurpose(StrEnum):
    """What a ticket opens: streams of events, or covers and files of books."""

    STREAM = "stream"
    MEDIA = "media"


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


class TooManyRequests(Forbidden):
    """Too many attempts. Wait a moment and try again."""

    slug = "too-many-requests"


class TooManyStreams(TooManyRequests):
    """Your account has too many event streams open. Close one first."""

    slug = "too-many-streams"


class WrongPassword(Forbidden):
    """The password is not right."""

    slug = "wrong-password"


class UserNotFound(NotFound):
    """There is no such account."""

    slug = "user-not-found"


class LastAdmin(Conflict):
    """The library needs an admin who can log in. Make another one first."""

    slug = "last-admin"


class NotAllowed(Forbidden):
    """Your role does not allow this."""

    slug = "not-allowed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """An account as it shows itself to its owner and to admins."""

    id: str
    email: str
    display_name: str
    role: Role
    is_active: bool
    created_at: datetime

    @property
    def version(self) -> str:
        """Another one whenever the account shows something else."""
        return version_of(self.email, self.display_name, self.role, self.is_active)


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountFilter:
    """Which accounts a list shows; `q` is a part of the name or the address."""

    q: str | None = None
    role: Role | None = None
    is_active: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Principal:
    """Who asks, and from which network address.

    `user_id` is None for the house itself: the command line and background work. `session_id` is None for those who come with an
    app password, which opens read-only routes only. `acting_from` is the operator's own log-in of who acts by a support grant.
    `plan` is the tenant's where it was found together with the log-in.
    """

    tenant_id: str
    user_id: str | None
    role: Role
    session_id: str | None = None
    address: str | None = None
    account: Account | None = None
    acting_from: str | None = None
    plan: str | None = None

    @property
    def is_staff(self) -> bool:
        """Whether this is a librarian or an admin."""
        return self.role is Role.LIBRARIAN or self.role.is_admin


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

    @property
    def account(self) -> Account:
        """What is shown of it."""
        return Account(**{f.name: getattr(self, f.name) for f in fields(Account)})

    @property
    def is_deleted(self) -> bool:
        """Whether the person has left, or is an operator's guest account: nobody gives it a password or another role."""
        return self.password_hash == NO_PASSWORD

    def anonymise(self) -> None:
        """Takes the person out: what they borrowed and wrote stays, as a former member's. Nobody can log in with it again."""
        self.email = f"{uuid4()}@deleted.invalid"
        self.display_name = "Former member"
        self.password_hash = NO_PASSWORD
        self.is_active = False


@dataclass(eq=False, kw_only=True)
class Session:
    """One log-in on one device; it lives until it expires or is ended.

    Its refresh tokens are numbered: `rotation` is the number of the one that is valid now, kept as a hash only; `excused` is the
    last number that was taken although it was used before. `acting_from` is the log-in of the operator who acts by it, in the main
    tenant.
    """

    id: str
    user_id: str
    refresh_hash: str
    created_at: datetime
    rotated_at: datetime
    expires_at: datetime
    rotation: int = 1
    excused: int | None = None
    ended_at: datetime | None = None
    acting_from: str | None = None

    @classmethod
    def opened(cls, session_id: str, user_id: str, refresh_hash: str, at: datetime, expires_at: datetime) -> "Session":
        """A new log-in."""
        return cls(id=session_id, user_id=user_id, refresh_hash=refresh_hash, created_at=at, rotated_at=at, expires_at=expires_at)

    def excuse(self, number: int, now: datetime) -> bool:
        """Whether a token that was used before is taken once more, because the answer to its first use may have been lost.

        Only the one before the present, only for a short while, and not twice in a row: that would be two who share a session.
        """
        is_recent = number == self.rotation - 1 and now - self.rotated_at <= REFRESH_GRACE
        if not is_recent or self.excused == number - 1:
            return False
        self.excused = number
        return True

    def rotate(self, refresh_hash: str, at: datetime, expires_at: datetime) -> None:
        """Takes the next refresh token; the one before is worth nothing but its grace."""
        self.rotation += 1
        self.refresh_hash, self.rotated_at, self.expires_at = refresh_hash, at, expires_at

    def is_open(self, now: datetime) -> bool:
        """Whether its tokens still work."""
        return self.ended_at is None and now < self.expires_at


def normalise_email(email: str) -> str:
    """The form in which addresses are compared: NFKC, without surrounding space, lower case, domains in their own letters.

    The dot of the root behind a domain is left out. `ß` stays: in front of the @ it is another mailbox than `ss`, and since IDNA
    2008 another domain behind it.
    """
    local, at, domain = normalised(email, "NFKC", most=EMAIL_MAX + 1).strip().lower().rpartition("@")
    return f"{local}{at}{'.'.join(map(_in_own_letters, domain.removesuffix('.').split('.')))}" if at else domain


def _in_own_letters(label: str) -> str:
    """A label of a domain without its ASCII form (RFC 3492): `xn--bcher-kva` is `bücher`."""
    if not label.startswith("xn--"):
        return label
    try:
        return normalised(label.removeprefix("xn--").encode("ascii").decode("punycode"), "NFKC").lower()
    except UnicodeError:
        return label


def normalise_password(password: str) -> str:
    """The form in which passwords are hashed: NFKC, so that keyboards and systems agree (NIST SP 800-63B, 3.1.1.2).

    Cut where it is too long to be accepted anyway: NFKC can make one character eighteen.
    """
    return normalised(password, "NFKC", most=PASSWORD_MAX + 1)[: PASSWORD_MAX + 1]


def accept_password(password: str, email: str, is_common: Callable[[str], bool]) -> str:
    """The normalised password. Raises WeakPassword, whose text says what to choose instead.

    `is_common` knows, in lower case, the passwords that attackers try first.
    """
    password = normalise_password(password)
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise WeakPassword(f"Choose a password of {PASSWORD_MIN} to {PASSWORD_MAX} characters.")
    folded = password.casefold()
    if is_common(folded) or len(set(folded)) == 1:
        raise WeakPassword("This password is one of the first that anybody would try. Choose another.")
    if folded in (email, email.split("@", maxsplit=1)[0]):
        raise WeakPassword("The password must not be your e-mail address.")
    return password


def require_staff(principal: Principal) -> None:
    """Raises NotAllowed for everybody but librarians and admins."""
    if not principal.is_staff:
        raise NotAllowed("Only a librarian may do this.")


def require_admin(principal: Principal) -> None:
    """Raises NotAllowed for everybody but admins."""
    if not principal.role.is_admin:
        raise NotAllowed("Only an admin may do this.")
