"""What a CRM tells of its own accord: HubSpot's webhooks about contacts."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

AFTER = timedelta(seconds=10)
"""HubSpot tells of a change before its search shows it."""
_CONTACTS = "0-1"
"""The type of contacts where the subscription is to objects of any type."""


class ContactEventKind(StrEnum):
    """What happened: a change is looked up, the others are known by the event alone."""

    CHANGED = "changed"
    DELETED = "deleted"
    ERASED = "erased"


_KINDS = {
    "creation": ContactEventKind.CHANGED,
    "propertyChange": ContactEventKind.CHANGED,
    "merge": ContactEventKind.CHANGED,
    "restore": ContactEventKind.CHANGED,
    "deletion": ContactEventKind.DELETED,
    "privacyDeletion": ContactEventKind.ERASED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactEvent:
    """An event about the contact with that id there."""

    kind: ContactEventKind
    remote_id: str


def contact_events(body: str) -> Sequence[ContactEvent] | None:
    """The events about contacts of a message in HubSpot's form, a list; None where it is none of these."""
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return list(_events(found)) if isinstance(found, list) and all(isinstance(one, dict) for one in found) else None


def _events(found: Sequence[dict[str, Any]]) -> Iterator[ContactEvent]:
    for one in found:
        what, _, happened = str(one.get("subscriptionType", "")).partition(".")
        is_contact = what == "contact" or (what == "object" and one.get("objectTypeId") == _CONTACTS)
        if is_contact and happened in _KINDS and isinstance(one.get("objectId"), int | str):
            yield ContactEvent(kind=_KINDS[happened], remote_id=str(one["objectId"]))
