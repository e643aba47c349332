"""Links that work once and for a while: to set a password anew, or to make an account."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from luminalib.domain.auth import Role
from luminalib.domain.errors import Conflict, Forbidden, NotFound

RESET_LIFE = timedelta(hours=24)
MAX_OPEN_INVITATIONS = 500
KEEP_SPENT = timedelta(days=30)
"""How long a link that is over stays in the table."""


class InvalidLink(Forbidden):
    """The link is not valid, or not any more: each works once and for a while. Ask the library's admin for another."""

    slug = "invalid-link"


class SignupClosed(Forbidden):
    """Accounts of this library are made by its admins only. Ask one of them."""

    slug = "signup-closed"


class InvitationRequired(Forbidden):
    """The library is open by invitation. Ask its admin for a link."""

    slug = "invitation-required"


class InvitationNotFound(NotFound):
    """There is no such open invitation."""

    slug = "invitation-not-found"


class TooManyInvitations(Conflict):
    """There are as many open invitations as there may be. Withdraw those that nobody needs."""

    slug = "too-many-invitations"


class LinkKind(StrEnum):
    """What it opens."""

    PASSWORD_RESET = "password-reset"  # noqa: S105 -- the name of a kind
    INVITATION = "invitation"


class SignupMode(StrEnum):
    """Who may make an account: everybody, who has an invitation, or nobody but the admins' command line."""

    OPEN = "open"
    INVITE = "invite"
    CLOSED = "closed"


@dataclass(eq=False, kw_only=True)
class OneTimeLink:
    """A link whose secret is random and kept as a digest only. `user_id` is whose password it resets, `role` what it invites as."""

    id: str
    kind: LinkKind
    digest: str
    created_by: str | None
    created_at: datetime
    expires_at: datetime
    user_id: str | None = None
    role: Role = Role.MEMBER
    note: str | None = None
    used_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether it still works."""
        return self.used_at is None and now < self.expires_at

    def spend(self, now: datetime) -> None:
        """Uses it. Raises InvalidLink when it is over."""
        if not self.is_open(now):
            raise InvalidLink
        self.used_at = now


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationView:
    """An open invitation, as admins see it."""

    id: str
    role: Role
    note: str | None
    created_by: str | None
    created_at: datetime
    expires_at: datetime
