"""Quotas: what a tenant's plan lets it have, how that is counted, and when somebody should be told."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from luminalib.domain.auth import TooManyRequests
from luminalib.domain.intelligence import LanguageEngineUnavailable

NEARLY, FULL = 80, 100
"""Percent of a limit at which admins are told."""
STANDING = ""
"""The period of what does not begin anew."""
KEPT_FOR = timedelta(days=400)
"""How long the counters of periods that are over are kept."""


class QuotaExceeded(TooManyRequests):
    """No more of this is allowed: remove some, wait until it begins anew, or ask an admin for more."""

    slug = "quota-exceeded"


class TokensUsedUp(LanguageEngineUnavailable):
    """The language model has been asked as much this month as the plan allows. Wait for the next, or ask for a larger plan."""

    slug = "model-tokens-used-up"


class Quota(StrEnum):
    """What a plan limits."""

    MEMBERS = "members"
    BOOKS = "books"
    BYTES = "bytes"
    DOCUMENTS_PER_DAY = "documents_per_day"
    MODEL_TOKENS_PER_MONTH = "model_tokens_per_month"
    REQUESTS_PER_MINUTE = "requests_per_minute"

    @property
    def is_standing(self) -> bool:
        """Whether it is what there is at the moment, and not what was used since a period began."""
        return self in _STANDING

    @property
    def is_counted(self) -> bool:
        """Whether it is counted in the database: requests are, in a moving window, where rates are."""
        return self is not Quota.REQUESTS_PER_MINUTE

    def period(self, now: datetime) -> str:
        """The day (2026-11-27) or month (2026-11) in UTC that `now` is counted in; STANDING for what is not counted anew."""
        day = now.astimezone(UTC).date().isoformat()
        return {Quota.DOCUMENTS_PER_DAY: day, Quota.MODEL_TOKENS_PER_MONTH: day[:7]}.get(self, STANDING)

    def resets_at(self, now: datetime) -> datetime | None:
        """When the count begins anew; None for what stays until some is removed."""
        today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        if self is Quota.DOCUMENTS_PER_DAY:
            return today + timedelta(days=1)
        if self is Quota.MODEL_TOKENS_PER_MONTH:
            return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        return None


_STANDING = frozenset({Quota.MEMBERS, Quota.BOOKS, Quota.BYTES})


@dataclass(frozen=True, slots=True)
class Count:
    """How much of a quota is used in a period, and what percent of its limit admins were told of last (0: none)."""

    used: int
    told: int = 0


def reached(used: int, limit: int) -> int:
    """Which percentage of a limit, NEARLY or FULL, has been reached; 0 for none."""
    if used >= limit:
        return FULL
    return NEARLY if used * 100 >= limit * NEARLY else 0


def exceeded(quota: Quota, limit: int, used: int, now: datetime) -> QuotaExceeded:
    """The refusal, in words for people, with the facts for programs."""
    resets_at = quota.resets_at(now)
    what_to_do = "Remove some" if resets_at is None else f"It begins anew at {resets_at:%Y-%m-%dT%H:%MZ}; wait"
    return QuotaExceeded(
        f"This library's plan allows {limit} {named(quota)}, of which {used} are used. {what_to_do}, or ask for a larger plan.",
        quota=quota.value,
        limit=limit,
        used=used,
        resets_at=None if resets_at is None else resets_at.isoformat().replace("+00:00", "Z"),
    )


def named(quota: Quota) -> str:
    """A quota for people: documents per day."""
    return quota.value.replace("_", " ")
