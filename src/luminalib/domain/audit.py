"""The record of what matters for security and for those who run the library."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AuditAction(StrEnum):
    """What happened."""

    SIGNED_UP = "signed-up"
    LOGGED_IN = "logged-in"
    LOGIN_FAILED = "login-failed"
    SIGNED_OUT = "signed-out"
    REFRESH_REUSED = "refresh-reused"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 -- no password but the name of an event
    APP_PASSWORD_CREATED = "app-password-created"  # noqa: S105 -- as above
    APP_PASSWORD_DELETED = "app-password-deleted"  # noqa: S105 -- as above
    ACCOUNT_CHANGED = "account-changed"
    ACCOUNT_DELETED = "account-deleted"
    STORAGE_SWEPT = "storage-swept"


@dataclass(eq=False, kw_only=True)
class AuditEvent:
    """Who did what to whom, when and from where; `detail` never holds a secret.

    `actor_id` is None where nobody was logged in, `subject_id` where no account is known.
    """

    action: AuditAction
    at: datetime
    actor_id: str | None
    subject_id: str | None
    address: str | None
    detail: str | None = None
    id: int = 0
