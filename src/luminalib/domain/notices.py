"""What the library lets a member know: a loan is due soon or overdue, a book that they waited for is ready; for admins, more."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from luminalib.domain.holds import Hold
from luminalib.domain.jobs import Job
from luminalib.domain.loans import Loan
from luminalib.domain.quotas import Quota, named
from luminalib.domain.webhooks import Webhook

REMIND = "remind"
AGAIN_AFTER = timedelta(hours=24)
"""The same is said at most this often."""
KEPT_FOR = timedelta(days=90)
LONGEST_TITLE = 500


class NoticeKind(StrEnum):
    """What a notice is about."""

    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    HOLD_READY = "hold_ready"
    HOLD_ENDED = "hold_ended"
    BOOK_REMOVED = "book_removed"
    WEBHOOK_DISABLED = "webhook_disabled"
    QUOTA_REACHED = "quota_reached"
    SUPPORT_GRANT = "support_grant"


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A message to one member. `subject_id` is the loan, hold, webhook, grant or quota; `title` the book's, or what it is called.

    `until` is when it is due, ready at the longest, or was over.
    """

    user_id: str
    kind: NoticeKind
    subject_id: str
    book_id: str | None
    title: str
    until: datetime
    at: datetime
    id: int = 0

    @property
    def text(self) -> str:
        """The sentence for people."""
        day = f"{self.until:%-d %B %Y, %H:%M} UTC"
        return {
            NoticeKind.DUE_SOON: f"“{self.title}” is due on {day}. Return or renew it.",
            NoticeKind.OVERDUE: f"“{self.title}” was due on {day}. Please return it.",
            NoticeKind.HOLD_READY: f"“{self.title}” is ready for you until {day}. Borrow it.",
            NoticeKind.HOLD_ENDED: f"The library has ended your hold on “{self.title}”. Ask at the desk, or place another.",
            NoticeKind.BOOK_REMOVED: f"“{self.title}”, which you waited for, is no longer in the library. Your hold is over.",
            NoticeKind.WEBHOOK_DISABLED: f"The webhook {self.title} is told no more: it has failed for days, or asked for it.",
            NoticeKind.SUPPORT_GRANT: f"An operator may act in this library until {day}: {self.title}. See GET /tenant/grants.",
            NoticeKind.QUOTA_REACHED: f"Of what this library's plan allows, {self.title} are used. See GET /usage.",
        }[self.kind]


def hold_ready(hold: Hold, title: str, at: datetime) -> Notice:
    """Tells the member that a copy is kept for them."""
    return Notice(
        user_id=hold.user_id,
        kind=NoticeKind.HOLD_READY,
        subject_id=hold.id,
        book_id=hold.book_id,
        title=title,
        until=hold.ready_until or at,
        at=at,
    )


def hold_over(hold: Hold, title: str, kind: NoticeKind, at: datetime) -> Notice:
    """Tells the member that they wait no longer, though they have not said so."""
    return Notice(user_id=hold.user_id, kind=kind, subject_id=hold.id, book_id=hold.book_id, title=title, until=at, at=at)


def webhook_disabled(webhook: Webhook, at: datetime) -> Notice:
    """Tells who made a webhook that it was disabled."""
    return Notice(
        user_id=webhook.created_by or "",
        kind=NoticeKind.WEBHOOK_DISABLED,
        subject_id=webhook.id,
        book_id=None,
        title=webhook.url[:LONGEST_TITLE],
        until=at,
        at=at,
    )


def quota_notice(user_id: str, quota: Quota, limit: int, used: int, at: datetime) -> Notice:
    """Tells an admin that a quota is used up, or nearly."""
    return Notice(
        user_id=user_id,
        kind=NoticeKind.QUOTA_REACHED,
        subject_id=quota.value,
        book_id=None,
        title=f"{used} of {limit} {named(quota)}",
        until=at,
        at=at,
    )


def about_due(loan: Loan, title: str, kind: NoticeKind, at: datetime) -> Notice:
    """Tells the member that a loan is due soon, or overdue."""
    return Notice(
        user_id=loan.user_id or "", kind=kind, subject_id=loan.id, book_id=loan.book_id, title=title, until=loan.due_at, at=at
    )


def remind(tenant_id: str, at: datetime) -> Job:
    """The round through all loans and holds, one at a time."""
    return Job(name=REMIND, payload={}, tenant_id=tenant_id, run_at=at, lock=REMIND, queueing_lock=REMIND)
