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
    PASSWORD_RESET_OFFERED = "password-reset-offered"  # noqa: S105 -- as above
    INVITED = "invited"
    INVITATION_WITHDRAWN = "invitation-withdrawn"
    APP_PASSWORD_CREATED = "app-password-created"  # noqa: S105 -- as above
    APP_PASSWORD_DELETED = "app-password-deleted"  # noqa: S105 -- as above
    ACCOUNT_CHANGED = "account-changed"
    ACCOUNT_DELETED = "account-deleted"
    WEBHOOK_ADDED = "webhook-added"
    WEBHOOK_CHANGED = "webhook-changed"
    WEBHOOK_REMOVED = "webhook-removed"
    WEBHOOK_DISABLED = "webhook-disabled"
    SOURCE_ADDED = "source-added"
    SOURCE_REMOVED = "source-removed"
    CRM_CONNECTED = "crm-connected"
    CRM_CHANGED = "crm-changed"
    CRM_REMOVED = "crm-removed"
    STORAGE_SWEPT = "storage-swept"
    TENANT_CREATED = "tenant-created"
    TENANT_CHANGED = "tenant-changed"
    TENANT_REMOVED = "tenant-removed"
    GRANT_OPENED = "grant-opened"
    GRANT_USED = "grant-used"
    GRANT_ENDED = "grant-ended"
    TENANT_EXPORTED = "tenant-exported"
    TENANT_IMPORTED = "tenant-imported"


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditFilter:
    """Which events a list shows; `user_id` is who did it or whom it is about. From `since` on, before `until`."""

    action: AuditAction | None = None
    user_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


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
