"""HubSpot's contacts (API of March 2026): versions are `updatedAt`, changes come from the search by time of modification."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from luminalib.adapters.outside.client import OutsideClient
from luminalib.adapters.outside.crm.calls import call
from luminalib.domain.crm import Changes, RemoteContact, VersionConflict
from luminalib.ports.crm import Crm

ADDRESS = "https://api.hubapi.com"
CONTACTS = "/crm/objects/2026-09/contacts"
LAG = timedelta(seconds=30)
"""The search shows changes some seconds late, and not in the order in which they were made: each look begins this much earlier."""
_NOT_FOUND, _CONFLICT = 404, 409


class HubSpotCrm(Crm):
    """One account, by the token of a private app."""

    def __init__(self, client: OutsideClient, url: str | None, token: str, mapping: Mapping[str, str]) -> None:
        self._client = client
        self._base = (url or ADDRESS).rstrip("/") + CONTACTS
        self._headers = {"authorization": f"Bearer {token}"}
        self._properties = sorted({"email", *mapping.values()})

    async def find_contact(self, email: str) -> RemoteContact | None:
        """See Crm."""
        query = urlencode({"idProperty": "email", "properties": ",".join(self._properties)})
        url = f"{self._base}/{quote(email, safe='')}?{query}"
        answer, found = await call(self._client, "GET", url, self._headers, fine=(_NOT_FOUND,))
        return None if answer.status == _NOT_FOUND else self._contact(found)

    async def put_contact(self, email: str, fields: Mapping[str, str], known: RemoteContact | None) -> RemoteContact:
        """See Crm. HubSpot has no conditional writes: the version is looked at just before."""
        body = {"properties": dict(fields)}
        if known is None:
            answer, made = await call(self._client, "POST", self._base, self._headers, body, fine=(_CONFLICT,))
            if answer.status == _CONFLICT:
                raise VersionConflict
            return self._contact(made)
        current = await self.find_contact(email)
        if current is None or current.id != known.id or current.version != known.version:
            raise VersionConflict
        _, changed = await call(self._client, "PATCH", f"{self._base}/{quote(known.id)}", self._headers, body)
        # The answer has changed properties only; the version is what counts, and the rest was read before.
        return RemoteContact(id=known.id, email=email, fields={**current.fields, **fields}, version=changed["updatedAt"])

    async def list_changes(self, cursor: str | None, limit: int) -> Changes:
        """See Crm. Sorted by time and begun anew at the last one seen, it never comes near the 10,000 results of one search."""
        since = cursor or "1970-01-01T00:00:00Z"
        start, _, after = since.partition("|")
        modified = "lastmodifieddate"
        asked = {
            "filterGroups": [{"filters": [{"propertyName": modified, "operator": "GTE", "value": str(_ms(start))}]}],
            "sorts": [{"propertyName": modified, "direction": "ASCENDING"}],
            "properties": [*self._properties, modified],
            "limit": limit,
            **({"after": after} if after else {}),
        }
        _, found = await call(self._client, "POST", f"{self._base}/search", self._headers, asked)
        contacts = [self._contact(one) for one in found["results"]]
        following = found.get("paging", {}).get("next", {}).get("after")
        latest = max((contact.version for contact in contacts), default=start)
        if following and _ms(latest) > _ms(start):  # later ones begin a search of their own
            return Changes(upserts=contacts, deletions=(), cursor=latest, has_more=True)
        if following:  # more were changed in one instant than fit on a page
            return Changes(upserts=contacts, deletions=(), cursor=f"{start}|{following}", has_more=True)
        return Changes(upserts=contacts, deletions=(), cursor=_earlier(latest), has_more=False)

    def _contact(self, found: Any) -> RemoteContact:
        fields = {name: str(value) for name, value in found["properties"].items() if value is not None and name in self._properties}
        return RemoteContact(
            id=str(found["id"]), email=(fields.get("email") or "").lower() or None, fields=fields, version=found["updatedAt"]
        )


def _ms(instant: str) -> int:
    return round(datetime.fromisoformat(instant).timestamp() * 1000)


def _earlier(instant: str) -> str:
    at = datetime.fromisoformat(instant).astimezone(UTC)
    return (max(at - LAG, datetime(1970, 1, 1, tzinfo=UTC))).isoformat()
