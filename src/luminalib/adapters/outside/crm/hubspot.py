"""HubSpot's contacts (API of March 2026): versions are `updatedAt`, changes come from the search by time of modification."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from luminalib.adapters.outside.client import OutsideClient
from luminalib.adapters.outside.crm.calls import call
from luminalib.domain.crm import Changes, Rejected, RemoteContact, Told, VersionConflict
from luminalib.ports.crm import Crm

ADDRESS = "https://api.hubapi.com"
CONTACTS = "/crm/objects/2026-09/contacts"
LAG = timedelta(seconds=30)
"""The search shows changes some seconds late, and not in the order in which they were made: each look begins this much earlier."""
_NOT_FOUND, _CONFLICT, _FAULTY = 404, 409, 400


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

    async def put_contacts(self, told: Sequence[Told]) -> Sequence[RemoteContact | VersionConflict | Rejected]:
        """See Crm. Two requests for a hundred: what is there now, and what is to be; each of them is refused or taken by itself."""
        if len(told) == 1:
            return [await self._outcome(told[0])]
        current = await self._read([one.email for one in told])
        free = [one for one in told if _is_free(one.known, current.get(one.email.lower()))]
        done = await self._upsert(free, current) if free else {}
        return [done.get(one.email) or VersionConflict() for one in told]

    async def _read(self, emails: Sequence[str]) -> dict[str, RemoteContact]:
        """Those that there are, by their addresses; 207 names the others."""
        inputs = [{"id": email} for email in emails]
        asked = {"idProperty": "email", "properties": self._properties, "inputs": inputs}
        _, found = await call(self._client, "POST", f"{self._base}/batch/read", self._headers, asked)
        contacts = [self._contact(one) for one in found["results"]]
        return {contact.email: contact for contact in contacts if contact.email}

    async def _upsert(
        self, told: Sequence[Told], current: Mapping[str, RemoteContact]
    ) -> dict[str, RemoteContact | VersionConflict | Rejected]:
        inputs = [
            {"id": one.email, "idProperty": "email", "properties": dict(one.fields), "objectWriteTraceId": str(at)}
            for at, one in enumerate(told)
        ]
        asked = {"inputs": inputs}
        answer, found = await call(self._client, "POST", f"{self._base}/batch/upsert", self._headers, asked, fine=(_FAULTY,))
        if answer.status == _FAULTY:  # one of them spoils all: one by one
            return {one.email: await self._outcome(one) for one in told}
        done: dict[str, RemoteContact | VersionConflict | Rejected] = {}
        for one in found["results"]:
            if (at := one.get("objectWriteTraceId", "")).isdigit() and int(at) < len(told):
                before, new = current.get(told[int(at)].email.lower()), told[int(at)]
                fields = {**(before.fields if before else {}), **new.fields}
                version = one["updatedAt"]
                done[new.email] = RemoteContact(id=str(one["id"]), email=new.email, fields=fields, version=version)
        for fault in found.get("errors", ()):
            for at in fault.get("context", {}).get("objectWriteTraceId", ()):
                if at.isdigit() and int(at) < len(told):
                    done[told[int(at)].email] = Rejected(f"The other system refuses: {str(fault.get('message', ''))[:300]}")
        unnamed = [one for one in told if one.email not in done]  # an error that does not say whose it is
        return done | {one.email: await self._outcome(one) for one in unnamed}

    async def list_changes(self, cursor: str | None, limit: int) -> Changes:
        """See Crm.

        By time, begun anew at the last one seen, and by id where one instant has more than a page: no search comes near the 10,000
        results that it may have.
        """
        start, _, last = (cursor or "1970-01-01T00:00:00Z").partition("|")
        modified, key = "lastmodifieddate", "hs_object_id"
        filters = [{"propertyName": modified, "operator": "EQ" if last else "GTE", "value": str(_ms(start))}]
        if last:
            filters.append({"propertyName": key, "operator": "GT", "value": last})
        asked = {
            "filterGroups": [{"filters": filters}],
            "sorts": [{"propertyName": key if last else modified, "direction": "ASCENDING"}],
            "properties": [*self._properties, modified],
            "limit": limit,
        }
        _, found = await call(self._client, "POST", f"{self._base}/search", self._headers, asked)
        contacts = [self._contact(one) for one in found["results"]]
        has_more = "next" in found.get("paging", {})
        latest = max((contact.version for contact in contacts), default=start)
        if last and has_more:
            return Changes(upserts=contacts, deletions=(), cursor=f"{start}|{contacts[-1].id}", has_more=True)
        if last:  # that was all of this instant
            return Changes(upserts=contacts, deletions=(), cursor=_moved(start, timedelta(milliseconds=1)), has_more=True)
        if has_more and _ms(latest) == _ms(start):
            return Changes(upserts=(), deletions=(), cursor=f"{start}|0", has_more=True)
        if has_more:  # later ones begin a search of their own
            return Changes(upserts=contacts, deletions=(), cursor=latest, has_more=True)
        return Changes(upserts=contacts, deletions=(), cursor=_moved(latest, -LAG), has_more=False)

    def _contact(self, found: Any) -> RemoteContact:
        fields = {name: str(value) for name, value in found["properties"].items() if value is not None and name in self._properties}
        return RemoteContact(
            id=str(found["id"]), email=(fields.get("email") or "").lower() or None, fields=fields, version=found["updatedAt"]
        )


def _ms(instant: str) -> int:
    return round(datetime.fromisoformat(instant).timestamp() * 1000)


def _moved(instant: str, by: timedelta) -> str:
    at = datetime.fromisoformat(instant).astimezone(UTC)
    beginning = datetime(1970, 1, 1, tzinfo=UTC)
    return max(at + by, beginning).isoformat()


def _is_free(known: RemoteContact | None, current: RemoteContact | None) -> bool:
    """Whether nobody has changed, made or deleted it since it was last seen."""
    if known is None or current is None:
        return known is current
    return (known.id, known.version) == (current.id, current.version)
