from datetime import UTC, datetime, timedelta

import pytest

from luminalib.domain.holds import Hold
from luminalib.domain.loans import Loan
from luminalib.domain.notices import (
    LONGEST_TITLE,
    REMIND,
    Notice,
    NoticeKind,
    about_due,
    hold_over,
    hold_ready,
    quota_notice,
    remind,
    webhook_disabled,
)
from luminalib.domain.quotas import Quota
from luminalib.domain.webhooks import Webhook, WebhookFormat

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
LATER = NOW + timedelta(days=3)


def notice(kind: NoticeKind, title: str = "The Reef", subject: str = "s", book: str | None = "b", until: datetime = NOW) -> Notice:
    return Notice(user_id="u", kind=kind, subject_id=subject, book_id=book, title=title, until=until, at=NOW)


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (NoticeKind.DUE_SOON, "“The Reef” is due on 7 March 2026, 05:06 UTC. Return or renew it."),
        (NoticeKind.OVERDUE, "“The Reef” was due on 7 March 2026, 05:06 UTC. Please return it."),
        (NoticeKind.HOLD_READY, "“The Reef” is ready for you until 7 March 2026, 05:06 UTC. Borrow it."),
        (NoticeKind.HOLD_ENDED, "ended your hold on “The Reef”"),
        (NoticeKind.BOOK_REMOVED, "“The Reef”, which you waited for, is no longer"),
        (NoticeKind.WEBHOOK_DISABLED, "The webhook The Reef is told no more"),
        (NoticeKind.SUPPORT_GRANT, "until 7 March 2026, 05:06 UTC: The Reef."),
        (NoticeKind.QUOTA_REACHED, "The Reef are used."),
    ],
)
def test_each_kind_says_what_has_happened(kind: NoticeKind, says: str) -> None:
    assert says in notice(kind, until=LATER).text


def test_who_waits_is_told_until_when_a_copy_is_kept_and_that_it_is_over() -> None:
    hold = Hold(id="s", book_id="b", user_id="u", number=1, placed_at=NOW)
    hold.make_ready(NOW, LATER - NOW)
    assert hold_ready(hold, "The Reef", NOW) == notice(NoticeKind.HOLD_READY, until=LATER)
    for kind in (NoticeKind.HOLD_ENDED, NoticeKind.BOOK_REMOVED):
        assert hold_over(hold, "The Reef", kind, NOW) == notice(kind)


def test_who_has_a_book_is_told_when_it_is_due() -> None:
    loan = Loan(id="s", book_id="b", user_id="u", borrowed_at=NOW, due_at=LATER)
    assert about_due(loan, "The Reef", NoticeKind.DUE_SOON, NOW) == notice(NoticeKind.DUE_SOON, until=LATER)


def test_who_made_a_webhook_is_told_that_it_is_over() -> None:
    hook = Webhook(
        id="s",
        url="https://hooks.test/" + "a" * 3000,
        types=[],
        description=None,
        format=WebhookFormat.STANDARD,
        secret="",
        created_by="u",
        created_at=NOW,
        updated_at=NOW,
    )
    assert webhook_disabled(hook, NOW) == notice(NoticeKind.WEBHOOK_DISABLED, title=hook.url[:LONGEST_TITLE], book=None)


def test_admins_are_told_how_much_is_used() -> None:
    told = quota_notice("u", Quota.DOCUMENTS_PER_DAY, 10, 8, NOW)
    assert told == notice(NoticeKind.QUOTA_REACHED, "8 of 10 documents per day", "documents_per_day", book=None)


def test_one_round_at_a_time_reminds_a_library() -> None:
    job = remind("seaside", NOW)
    assert (job.name, job.payload, job.tenant_id, job.run_at) == (REMIND, {}, "seaside", NOW)
    assert job.lock == job.queueing_lock == REMIND
