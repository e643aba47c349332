"""Webhooks out: who is told, what a message looks like, when it is tried again, and when no more."""

import hashlib
import hmac
import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from luminalib.domain.announcements import EventType, written
from luminalib.domain.errors import Conflict, Invalid, NotFound

API_VERSION = "1"
TEST_TYPE = "webhook.test"
MAX_WEBHOOKS = 100
MAX_RESPONSE_BYTES = 2048
MAX_BODY_BYTES = 20_000
ROTATION = timedelta(hours=24)
"""How long the secret before the present one signs beside it."""
KEPT_FOR = timedelta(days=30)
"""Of messages and attempts; what was not delivered by then is given up."""
DISABLED_AFTER = timedelta(days=5)
"""So long nothing but failures, and a webhook is told no more."""
SCHEDULE = tuple(timedelta(seconds=seconds) for seconds in (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400))
"""How long after the one before each attempt is made: ten in about three days (those of the Standard Webhooks specification)."""
JITTER = 0.1
"""By which part pauses differ at random, so that what failed together is not tried together."""
LONGEST_WAIT = timedelta(hours=24)
"""However much later the receiver asks to be tried."""
FREE_FAILURES = 5
"""So many failures in a row, and nothing is sent for a while (a circuit breaker)."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=10)
GONE = 410


class WebhookNotFound(NotFound):
    """There is no such webhook."""

    slug = "webhook-not-found"


class MessageNotFound(NotFound):
    """There is no such message. They are kept for 30 days."""

    slug = "message-not-found"


class TooManyWebhooks(Conflict):
    """The library has as many webhooks as it may. Delete one first."""

    slug = "too-many-webhooks"


class AddressRefused(Invalid):
    """The address lies inside of the library's own network. LUMINALIB_WEBHOOKS_ALLOW may name it as allowed."""

    slug = "address-refused"


class WebhookFormat(StrEnum):
    """How a message is written: by the Standard Webhooks specification, or as Slack's incoming webhooks take it."""

    STANDARD = "standard"
    SLACK = "slack"


class DisabledReason(StrEnum):
    """Why a webhook is told nothing."""

    BY_HAND = "by_hand"
    GONE = "gone"
    FAILING = "failing"


class DeliveryState(StrEnum):
    """How far a message is on its way to one webhook; `new` was not tried yet, `failed` will not be tried again."""

    NEW = "new"
    RETRYING = "retrying"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """How a webhook has been doing: failures in a row, since when, and until when it is left in peace."""

    failures: int = 0
    failing_since: datetime | None = None
    open_until: datetime | None = None

    def after(self, *, succeeded: bool, at: datetime) -> "Health":
        """The health after one more attempt."""
        if succeeded:
            return Health()
        failures = self.failures + 1
        pause = None
        if failures >= FREE_FAILURES:
            pause = min(FIRST_PAUSE * 2 ** min(failures - FREE_FAILURES, 20), LONGEST_PAUSE)
        return Health(failures=failures, failing_since=self.failing_since or at, open_until=at + pause if pause else None)

    def is_open(self, now: datetime) -> bool:
        """Whether nothing is sent for now."""
        return self.open_until is not None and now < self.open_until

    def has_failed_for_good(self, now: datetime) -> bool:
        """Whether it has failed for as long as anybody should try."""
        return self.failing_since is not None and now - self.failing_since >= DISABLED_AFTER


@dataclass(eq=False, kw_only=True)
class Webhook:
    """An address that is told of events: of all types when `types` is empty. Secrets are sealed."""

    id: str
    url: str
    types: list[str]
    description: str | None
    format: WebhookFormat
    secret: str
    old_secret: str | None = None
    old_secret_until: datetime | None = None
    is_enabled: bool = True
    disabled_reason: DisabledReason | None = None
    failures: int = 0
    failing_since: datetime | None = None
    open_until: datetime | None = None
    created_by: str | None
    created_at: datetime
    updated_at: datetime

    @property
    def title(self) -> str:
        """What people know it by."""
        return self.description or self.id

    def rotate(self, sealed: str, now: datetime) -> None:
        """Takes a new secret; the one before signs beside it for a day."""
        self.old_secret, self.old_secret_until = self.secret, now + ROTATION
        self.secret, self.updated_at = sealed, now

    def enable(self, now: datetime) -> None:
        """Begins afresh, whatever it has been through."""
        self.is_enabled, self.disabled_reason, self.updated_at = True, None, now
        self.failures, self.failing_since, self.open_until = 0, None, None

    def disable(self, reason: DisabledReason, now: datetime) -> None:
        """Ends deliveries; what waits is kept."""
        self.is_enabled, self.disabled_reason, self.updated_at = False, reason, now


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookView:
    """A webhook as it is shown: without its secret."""

    id: str
    url: str
    types: list[str]
    description: str | None
    format: WebhookFormat
    is_enabled: bool
    disabled_reason: DisabledReason | None
    failing_since: datetime | None
    open_until: datetime | None
    created_by: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """An announcement with the id that all attempts carry and its number in the tenant, without gaps, in commit order."""

    id: str
    sequence: int
    type: str
    data: Mapping[str, Any]
    path: str
    text: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """A message on its way to one webhook; `attempts` have been made so far."""

    id: int
    message: Message
    attempts: int
    state: DeliveryState = DeliveryState.NEW
    next_at: datetime | None = None

    def after(self, reply: "Reply", now: datetime, chance: float) -> "Delivery":
        """What becomes of it by this reply; `chance` is at random from 0 to 1."""
        attempts = self.attempts + 1
        if reply.is_success:
            return replace(self, attempts=attempts, state=DeliveryState.DELIVERED, next_at=None)
        if attempts >= len(SCHEDULE):
            return replace(self, attempts=attempts, state=DeliveryState.FAILED, next_at=None)
        pause = SCHEDULE[attempts] * (1 + JITTER * (2 * chance - 1))
        asked = min(timedelta(seconds=reply.retry_after or 0), LONGEST_WAIT)
        return replace(self, attempts=attempts, state=DeliveryState.RETRYING, next_at=now + max(pause, asked))


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What came back: a status, or an error in words when there was none; at most 2 kB of the text.

    `retry_after` are the seconds that the receiver asked for.
    """

    status: int | None
    ms: int
    error: str | None = None
    text: str = ""
    retry_after: float | None = None

    @property
    def is_success(self) -> bool:
        """Whether the message has arrived: nothing but 2xx says so."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 -- the class of statuses


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One attempt, as it is kept."""

    message_id: str
    type: str
    attempt: int
    at: datetime
    status: int | None
    ms: int
    error: str | None
    response: str
    id: int = 0


def attempted(message: Message, number: int, reply: Reply, at: datetime) -> Attempt:
    """The record of an attempt."""
    return Attempt(
        message_id=message.id,
        type=message.type,
        attempt=number,
        at=at,
        status=reply.status,
        ms=reply.ms,
        error=reply.error,
        response=reply.text,
    )


def wants(types: Sequence[str], kind: EventType) -> bool:
    """Whether a webhook with these types is told of it."""
    return not types or kind in types


def new_secret() -> str:
    """A secret of 256 random bits in the form of Standard Webhooks."""
    return f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"


def body_of(message: Message, form: WebhookFormat, base_url: str) -> bytes:
    """What is sent: the same bytes at every attempt."""
    url = f"{base_url}{message.path}"
    if form is WebhookFormat.SLACK:
        text = message.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        content: dict[str, Any] = {"text": f"{text} {url}"}
    else:
        content = {
            "type": message.type,
            "timestamp": written(message.at),
            "sequence": message.sequence,
            "data": {**message.data, "url": url},
        }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the HMAC-SHA-256 of id, timestamp and body in base64 (Standard Webhooks)."""
    key = b64decode(secret.removeprefix("whsec_"))
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    return f"v1,{b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


def headers_of(message_id: str, opened: Sequence[str], timestamp: int, body: bytes) -> dict[str, str]:
    """The headers beside the body: a signature for each secret that is valid."""
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(secret, message_id, timestamp, body) for secret in opened),
        "webhook-api-version": API_VERSION,
    }
