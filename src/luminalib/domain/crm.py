"""Contacts in other systems: what is kept in step, and who has changed what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from luminalib.domain.errors import Conflict, Invalid, LuminaError, NotFound, Unavailable
from luminalib.domain.inquiries import Inquiry
from luminalib.domain.jobs import Job

SYNC_CRM = "sync_crm"
MAX_CONNECTIONS = 10
SYNCS_KEPT_FOR = timedelta(days=30)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(hours=1)
OURS = ("email", "name", "first_name", "last_name", "phone", "intent", "score")
"""What the library knows of a contact."""
THEIRS_COUNTS = frozenset({"name", "first_name", "last_name", "phone"})
"""Where both sides have changed a contact, these are taken from the other system: people look after them there."""


class ConnectionNotFound(NotFound):
    """There is no such connection."""

    slug = "connection-not-found"


class TooManyConnections(Conflict):
    """The library has as many connections as it may. Delete one first."""

    slug = "too-many-connections"


class ConnectionIncomplete(Invalid):
    """The connection lacks something: `webhook` and `carddav` need `url`, `hubspot` needs `token`."""

    slug = "connection-incomplete"


class CrmUnavailable(Unavailable):
    """The other system does not answer. It is tried again; nothing is lost."""

    slug = "crm-unavailable"


class VersionConflict(LuminaError):
    """Somebody has changed the contact there since it was last seen."""

    slug = "version-conflict"


class Rejected(LuminaError):
    """The other system does not take the contact, or the token."""

    slug = "rejected"


class CrmKind(StrEnum):
    """Which system it is."""

    WEBHOOK = "webhook"
    HUBSPOT = "hubspot"
    CARDDAV = "carddav"


class SyncState(StrEnum):
    """How a sync went."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILED = "failed"


DEFAULT_MAPPING: Mapping[CrmKind, Mapping[str, str]] = {
    CrmKind.WEBHOOK: {name: name for name in OURS},
    CrmKind.HUBSPOT: {"email": "email", "first_name": "firstname", "last_name": "lastname", "phone": "phone"},
    CrmKind.CARDDAV: {"email": "EMAIL", "name": "FN", "phone": "TEL"},
}


@dataclass(eq=False, kw_only=True)
class CrmConnection:
    """A system that contacts are kept in step with. `token` is sealed; `mapping` is from our names to theirs."""

    id: str
    kind: CrmKind
    url: str | None
    token: str | None
    mapping: dict[str, str]
    is_enabled: bool = True
    cursor: str | None = None
    failures: int = 0
    open_until: datetime | None = None
    synced_at: datetime | None = None
    created_by: str | None
    created_at: datetime
    updated_at: datetime

    def note_failure(self, now: datetime, asked: float | None) -> timedelta:
        """One more failure in a row; how long it is left in peace: each time twice as long, or as long as it asks for."""
        wanted = FIRST_PAUSE * (1 << min(self.failures, 20))
        pause = min(max(wanted, timedelta(seconds=asked or 0)), LONGEST_PAUSE)
        self.failures, self.open_until = self.failures + 1, now + pause
        return pause

    def note_success(self, now: datetime) -> None:
        """It is there, and all is in step."""
        self.failures, self.open_until, self.synced_at = 0, None, now


@dataclass(frozen=True, kw_only=True, slots=True)
class CrmConnectionView:
    """A connection as it is shown: without its token."""

    id: str
    kind: CrmKind
    url: str | None
    mapping: dict[str, str]
    is_enabled: bool
    synced_at: datetime | None
    open_until: datetime | None
    created_by: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(eq=False, kw_only=True)
class CrmContact:
    """A contact of inquiries and its counterpart there. `is_dirty` while we have something to tell.

    `version` is the counterpart's when we last read or wrote it: a change with that version is our own echo.
    """

    id: str
    connection_id: str
    email: str
    fields: dict[str, str] = field(default_factory=dict)
    remote_id: str | None = None
    version: str | None = None
    is_dirty: bool = False
    error: str | None = None
    removed_at: datetime | None = None
    updated_at: datetime

    def leave(self, at: datetime) -> bool:
        """Somebody has deleted the counterpart; whether that is news. The next inquiry that is qualified makes another."""
        if self.removed_at is not None:
            return False
        self.removed_at, self.remote_id, self.version = at, None, None
        return True


@dataclass(frozen=True, kw_only=True, slots=True)
class CrmContactView:
    """A contact as it is shown."""

    email: str
    fields: dict[str, str]
    remote_id: str | None
    is_dirty: bool
    error: str | None
    removed_at: datetime | None
    updated_at: datetime


@dataclass(eq=False, kw_only=True)
class CrmSync:
    """One sync, and how it went."""

    id: str
    connection_id: str
    at: datetime
    state: SyncState = SyncState.PENDING
    pushed: int = 0
    pulled: int = 0
    conflicts: int = 0
    error: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CrmSyncView:
    """A sync as it is shown."""

    at: datetime
    state: SyncState
    pushed: int
    pulled: int
    conflicts: int
    error: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteContact:
    """A contact as the other system has it; `fields` by their names. `version` changes with each change."""

    id: str
    email: str | None
    fields: Mapping[str, str]
    version: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a system is told of one contact: `fields` by its names, over the version that was last seen, if there was one."""

    email: str
    fields: Mapping[str, str]
    known: RemoteContact | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """What has changed there, the oldest first. `cursor` is where to go on; `has_more` whether there is more at once."""

    upserts: Sequence[RemoteContact]
    deletions: Sequence[str]
    cursor: str | None
    has_more: bool


def fields_of(inquiry: Inquiry) -> dict[str, str]:
    """What an inquiry says of its writer, by our names; nothing of what they wrote."""
    first, _, last = (inquiry.name or "").rpartition(" ")
    found = {
        "email": (inquiry.email or "").lower(),
        "name": inquiry.name,
        "first_name": first or last,
        "last_name": last if first else None,
        "phone": inquiry.phone,
        "intent": inquiry.intent.value,
        "score": str(inquiry.score) if inquiry.score is not None else None,
    }
    return {name: value for name, value in found.items() if value}


def person_in(fields: Mapping[str, str]) -> dict[str, str]:
    """Name and phone of a contact, by an inquiry's names; what is not known is left out."""
    name = " ".join(filter(None, [fields.get("first_name"), fields.get("last_name")])) or fields.get("name", "")
    return {key: value for key, value in {"name": name, "phone": fields.get("phone", "")}.items() if value}


def to_theirs(fields: Mapping[str, str], mapping: Mapping[str, str]) -> dict[str, str]:
    """The fields that are mapped, by their names."""
    return {mapping[name]: value for name, value in fields.items() if name in mapping}


def to_ours(fields: Mapping[str, str], mapping: Mapping[str, str]) -> dict[str, str]:
    """The fields that are mapped, by our names."""
    return {ours: fields[theirs] for ours, theirs in mapping.items() if fields.get(theirs)}


def merged(ours: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    """What holds after both sides have changed a contact: theirs where people look after it, else ours."""
    return {**ours, **{name: value for name, value in theirs.items() if name in THEIRS_COUNTS or name not in ours}}


def sync_crm(connection_id: str, tenant_id: str, at: datetime) -> Job:
    """Brings a connection in step; requests that wait become one."""
    lock = f"crm:{connection_id}"
    return Job(
        name=SYNC_CRM, payload={"connection_id": connection_id}, tenant_id=tenant_id, run_at=at, lock=lock, queueing_lock=lock
    )
