"""Support grants: how an operator comes to act in another library than the main one, for a while and in its sight."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from luminalib.domain.auth import NO_PASSWORD, NotAllowed, Principal, Role, User
from luminalib.domain.errors import Conflict, NotFound
from luminalib.domain.notices import LONGEST_TITLE, Notice, NoticeKind

MOST_MINUTES, USUAL_MINUTES = 60, 30
REASON_MAX = 300


class GrantNotFound(NotFound):
    """There is no such grant, or it is over."""

    slug = "grant-not-found"


class GrantOpen(Conflict):
    """You have a grant for this library already. End it first, or go on with its token."""

    slug = "grant-open"


class NoGrantNeeded(Conflict):
    """In the main library operators act as they are."""

    slug = "no-grant-needed"


class GrantEnd(StrEnum):
    """Who ended a grant before its time."""

    OPERATOR = "operator"
    LIBRARY = "library"


@dataclass(eq=False, kw_only=True)
class Grant:
    """What an operator was allowed, why and until when.

    `user_id` is the guest account that acts, `session_id` its one log-in; `operator_id` is of the main library.
    """

    id: str
    operator_id: str
    operator_email: str
    user_id: str
    session_id: str
    role: Role
    reason: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    ended_by: GrantEnd | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether its token still works, for all that this library knows."""
        return self.ended_at is None and now < self.expires_at

    @property
    def summary(self) -> str:
        """It in one line, for audit logs."""
        return f"{self.operator_email} as {self.role} until {self.expires_at:%Y-%m-%d %H:%M} UTC: {self.reason}"


@dataclass(frozen=True, kw_only=True, slots=True)
class GrantView:
    """A grant as it is listed; `user_id` is the account under which the operator's deeds stand."""

    id: str
    operator_email: str
    user_id: str
    role: Role
    reason: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    ended_by: GrantEnd | None


def guest_email(operator_id: str) -> str:
    """The address of an operator's guest accounts, which nobody can log in with and no mail reaches (RFC 2606)."""
    return f"{operator_id}@operators.invalid"


def new_guest(user_id: str, operator_id: str, at: datetime) -> User:
    """The account of an operator in a library, without a password."""
    return User(
        id=user_id,
        email=guest_email(operator_id),
        password_hash=NO_PASSWORD,
        display_name="",
        role=Role.MEMBER,
        is_active=True,
        created_at=at,
    )


def require_member(by: Principal) -> None:
    """Raises NotAllowed for who acts by a grant: nothing that lets somebody in may outlive it."""
    if by.acting_from is not None:
        raise NotAllowed("This stays with the library's own people: a support grant makes nothing that outlives it.")


def life_of(minutes: int) -> timedelta:
    """How long a grant lasts."""
    return timedelta(minutes=min(max(minutes, 1), MOST_MINUTES))


def grant_notice(user_id: str, grant: Grant) -> Notice:
    """Tells an admin that an operator may act in the library."""
    return Notice(
        user_id=user_id,
        kind=NoticeKind.SUPPORT_GRANT,
        subject_id=grant.id,
        book_id=None,
        title=f"{grant.operator_email} ({grant.role}): {grant.reason}"[:LONGEST_TITLE],
        until=grant.expires_at,
        at=grant.created_at,
    )
