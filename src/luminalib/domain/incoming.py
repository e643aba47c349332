"""Webhooks in: who sends to the library, how it is known that they have sent it, and what came."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from luminalib.domain.errors import Conflict, Forbidden, Invalid, NotFound
from luminalib.domain.inquiries import NewInquiry
from luminalib.domain.jobs import Job
from luminalib.domain.webhooks import sign

TAKE_IN = "take_in"
MAX_SOURCES = 50
MAX_IN_BYTES = 2**20
TOLERANCE = timedelta(minutes=5)
"""How far the time of a message may lie from ours: what is older may be somebody's recording."""
KEPT_FOR = timedelta(days=30)
DEFAULT_HEADER = "x-webhook-secret"
LONGEST_ID = 200
_LONGEST_STAMP = 15


class SourceNotFound(NotFound):
    """There is no such source, or its address has another key."""

    slug = "source-not-found"


class SourceExists(Conflict):
    """There is a source of that name."""

    slug = "source-exists"


class TooManySources(Conflict):
    """The library has as many sources as it may. Delete one first."""

    slug = "too-many-sources"


class BadSignature(Forbidden):
    """The message is not signed by who may send it, or its time is too far from ours."""

    slug = "bad-signature"


class SourceIncomplete(Invalid):
    """HubSpot signs the library's address with its app's client secret: give `secret`, and set LUMINALIB_PUBLIC_URL."""

    slug = "source-incomplete"


class Unusable(Invalid):
    """What came cannot be taken in."""

    slug = "unusable-message"


class Scheme(StrEnum):
    """How a sender shows that it is the one."""

    STANDARD = "standard"
    HUBSPOT = "hubspot"
    GITHUB = "github"
    HEADER = "header"


@dataclass(eq=False, kw_only=True)
class Source:
    """Who may send. `key` is the digest of what stands in the address; `secret` is sealed; `header` is where it comes in."""

    id: str
    name: str
    scheme: Scheme
    key: str
    secret: str
    header: str | None
    created_by: str | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceView:
    """A source as it is shown."""

    id: str
    name: str
    scheme: Scheme
    header: str | None
    created_by: str | None
    created_at: datetime


@dataclass(eq=False, kw_only=True)
class IncomingEvent:
    """A message as it came, and what became of it."""

    id: str
    source_id: str
    external_id: str
    body: str
    received_at: datetime
    done_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A request as it came: `uri` is the whole public address, names of headers are in lower case."""

    method: str
    uri: str
    headers: Mapping[str, str]
    body: bytes


def verify(source: Source, secret: str, sent: Sent, now: datetime) -> str:
    """The sender's own id of the message, the same when it comes again. Raises BadSignature."""
    given = sent.headers
    if source.scheme is Scheme.STANDARD:
        _verify_standard(secret, sent, now)
        return given["webhook-id"][:LONGEST_ID]
    if source.scheme is Scheme.HUBSPOT:
        _verify_hubspot(secret, sent, now)
        return _hubspot_id(sent.body)
    if source.scheme is Scheme.GITHUB:
        expected = f"sha256={hmac.new(secret.encode(), sent.body, hashlib.sha256).hexdigest()}"
        _require_same(expected, given.get("x-hub-signature-256", ""))
        return given.get("x-github-delivery", "")[:LONGEST_ID] or _digest(sent.body)
    _require_same(secret, given.get(source.header or DEFAULT_HEADER, ""))
    named = given.get("webhook-id") or given.get("idempotency-key") or ""
    return named[:LONGEST_ID] or _digest(sent.body)


def _verify_standard(secret: str, sent: Sent, now: datetime) -> None:
    """See standardwebhooks.com: one of the signatures must be ours."""
    message_id, stamp = sent.headers.get("webhook-id", ""), _stamp(sent, "webhook-timestamp", 1, now)
    if not message_id:
        raise BadSignature
    expected = sign(secret, message_id, int(stamp), sent.body)
    signatures = sent.headers.get("webhook-signature", "").split(" ")[:10]
    if not any(hmac.compare_digest(expected.encode(), one.encode()) for one in signatures):
        raise BadSignature


def _verify_hubspot(secret: str, sent: Sent, now: datetime) -> None:
    """Version 3: HMAC-SHA-256 over method, address, body and time in milliseconds, in base64."""
    stamp = _stamp(sent, "x-hubspot-request-timestamp", 1000, now)
    signed = b"".join((sent.method.encode(), sent.uri.encode(), sent.body, stamp.encode()))
    expected = b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
    _require_same(expected, sent.headers.get("x-hubspot-signature-v3", ""))


def _stamp(sent: Sent, header: str, per_second: int, now: datetime) -> str:
    """The time that was signed. Raises BadSignature when there is none, or one too far from ours."""
    stamp = sent.headers.get(header, "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= _LONGEST_STAMP):
        raise BadSignature
    if abs(now.timestamp() - int(stamp) / per_second) > TOLERANCE.total_seconds():
        raise BadSignature
    return stamp


def _require_same(expected: str, given: str) -> None:
    if not given or not hmac.compare_digest(expected.encode(), given.encode()):
        raise BadSignature


def _hubspot_id(body: bytes) -> str:
    """HubSpot sends events in groups, and counts its attempts in them: the group is known by its events."""
    try:
        ids = sorted(str(event["eventId"]) for event in json.loads(body))
    except (ValueError, TypeError, KeyError):
        return _digest(body)
    return _digest(" ".join(ids).encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def inquiry_in(body: str) -> NewInquiry:
    """The inquiry that a form or another system has sent: `message`, and whatever else is known, also inside of `data`.

    Raises Unusable.
    """
    try:
        found: Any = json.loads(body)
    except ValueError:
        raise Unusable("It is not JSON.") from None
    inner = found.get("data", found) if isinstance(found, dict) else None
    message = (inner.get("message") or inner.get("text")) if isinstance(inner, dict) else None
    if not isinstance(inner, dict) or not isinstance(message, str) or not message.strip():
        raise Unusable("It has no `message`.")

    def text(name: str, most: int) -> str | None:
        value = inner.get(name)
        return value.strip()[:most] or None if isinstance(value, str) else None

    return NewInquiry(
        message=message.strip()[:10_000].replace("\0", ""),
        name=text("name", 200),
        email=text("email", 320),
        phone=text("phone", 40),
        region=text("region", 2),
        source=text("source", 100),
    )


def take_in(event_id: str, tenant_id: str, at: datetime) -> Job:
    """Does what a message asks for."""
    return Job(name=TAKE_IN, payload={"event_id": event_id}, tenant_id=tenant_id, run_at=at, lock=f"incoming:{event_id}")
