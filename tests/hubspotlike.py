"""A server that keeps contacts as HubSpot does: 409, 207, 429, changes that the search shows late, and 10,000 results at most."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "pat-a-token-of-a-private-app"
MOST_RESULTS = 10_000
MOST_INPUTS = 100
ROOT = re.compile(r"/crm/(?:objects/[\d-]+|v3/objects)/contacts(?P<rest>.*)")
Reply = tuple[int, dict[str, str], Any]


@dataclass
class HubSpotLike:
    """`script` are the statuses of the next answers; `hidden` are ids that the search does not show yet; `blocked` are addresses of
    people who asked to be erased."""

    url: str = ""
    contacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    script: list[int] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)
    ids: Iterator[int] = field(default_factory=lambda: count(100))
    most_results: int = MOST_RESULTS
    now: datetime = datetime(2026, 5, 1, tzinfo=UTC)

    def put(self, properties: dict[str, Any], contact_id: str | None = None, *, seconds: float = 1) -> dict[str, Any]:
        """Somebody makes or changes a contact."""
        self.now += timedelta(seconds=seconds)
        contact_id = contact_id or str(next(self.ids))
        stamp = self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        found = self.contacts.setdefault(contact_id, {"id": contact_id, "properties": {}, "createdAt": stamp, "archived": False})
        found["properties"] = {**found["properties"], **properties, "lastmodifieddate": stamp}
        found["updatedAt"] = stamp
        return found

    def by_email(self, email: str) -> dict[str, Any] | None:
        return next((one for one in self.contacts.values() if one["properties"].get("email") == email), None)

    def answer(self, method: str, target: str, headers: dict[str, str], body: Any) -> Reply:
        parts = urlsplit(target)
        self.calls.append(f"{method} {parts.path}")
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, {}, {"status": "error", "category": "INVALID_AUTHENTICATION"}
        if self.script and (status := self.script.pop(0)):
            return status, {"Retry-After": "7"} if status == 429 else {}, {"status": "error", "policyName": "SECONDLY"}
        found = ROOT.fullmatch(parts.path)
        if not found:
            return 404, {}, {}
        rest = found["rest"]
        if method == "POST":
            actions = {"/search": self._search, "/batch/read": self._read_batch, "/batch/upsert": self._upsert_batch}
            return actions[rest](body) if rest in actions else self._create(body["properties"])
        return self._one(method, rest, parts.query, body)

    def _one(self, method: str, rest: str, query: str, body: Any) -> Reply:
        key = unquote(rest.removeprefix("/"))
        by_email = parse_qs(query).get("idProperty") == ["email"]
        contact = self.by_email(key) if by_email else self.contacts.get(key)
        if contact is None:
            return 404, {}, {"status": "error", "message": "resource not found"}
        if method == "DELETE":
            del self.contacts[contact["id"]]
            return 204, {}, None
        if method == "PATCH" and "unknown" in body["properties"]:
            return 400, {}, {"status": "error", "message": 'Property "unknown" does not exist'}
        if method == "PATCH":
            changed = self.put(body["properties"], contact["id"])
            return 200, {}, {**changed, "properties": body["properties"]}
        return 200, {}, contact

    def _read_batch(self, body: dict[str, Any]) -> Reply:
        assert body["idProperty"] == "email"
        named = {one["id"]: self.by_email(one["id"]) for one in body["inputs"]}
        missing = [email for email, contact in named.items() if contact is None]
        return _batch([contact for contact in named.values() if contact], missing, "ids", "OBJECT_NOT_FOUND")

    def _upsert_batch(self, body: dict[str, Any]) -> Reply:
        assert 0 < len(body["inputs"]) <= MOST_INPUTS
        if any("unknown" in one["properties"] for one in body["inputs"]):
            return 400, {}, {"status": "error", "message": 'Property "unknown" does not exist'}
        done, refused = [], []
        for one in body["inputs"]:
            assert one["idProperty"] == "email"
            if "@" not in one["id"] or one["id"] in self.blocked:
                refused.append(one["objectWriteTraceId"])
                continue
            before = self.by_email(one["id"])
            kept = self.put({"email": one["id"], **one["properties"]}, before["id"] if before else None)
            done.append(
                {**kept, "properties": one["properties"], "new": not before, "objectWriteTraceId": one["objectWriteTraceId"]}
            )
        return _batch(done, refused, "objectWriteTraceId", "VALIDATION_ERROR")

    def _create(self, properties: dict[str, Any]) -> Reply:
        if "@" not in properties.get("email", "") or properties["email"] in self.blocked or "unknown" in properties:
            return 400, {}, {"status": "error", "message": "Property values were not valid: email"}
        if existing := self.by_email(properties["email"]):
            return 409, {}, {"status": "error", "message": f"Contact already exists. Existing ID: {existing['id']}"}
        return 201, {}, self.put(properties)

    def _search(self, body: dict[str, Any]) -> Reply:
        filters, (order,) = body["filterGroups"][0]["filters"], body["sorts"]
        shown = [one for one in self.contacts.values() if one["id"] not in self.hidden]
        hits = sorted(
            (one for one in shown if all(_passes(one, by) for by in filters)), key=lambda one: _value(one, order["propertyName"])
        )
        start = int(body.get("after", 0))
        if start + body["limit"] > self.most_results:
            return 400, {}, {"status": "error", "message": "paging beyond 10,000 results"}
        page = hits[start : start + body["limit"]]
        more = {"paging": {"next": {"after": str(start + len(page))}}} if len(hits) > start + len(page) else {}
        return 200, {}, {"total": len(hits), "results": page, **more}


def _value(contact: dict[str, Any], name: str) -> int:
    """Numbers and times, as numbers."""
    if name == "hs_object_id":
        return int(contact["id"])
    return round(datetime.fromisoformat(contact["updatedAt"]).timestamp() * 1000)


def _passes(contact: dict[str, Any], by: dict[str, str]) -> bool:
    value, wanted = _value(contact, by["propertyName"]), int(by["value"])
    return {"GTE": value >= wanted, "GT": value > wanted, "EQ": value == wanted}[by["operator"]]


def _batch(done: list[dict[str, Any]], refused: list[str], named: str, category: str) -> Reply:
    """200, or 207 with an error for all that are refused for the same reason."""
    answer: dict[str, Any] = {"status": "COMPLETE", "results": done}
    if not refused:
        return 200, {}, answer
    error = {"status": "error", "category": category, "message": "Not these.", "context": {named: refused}}
    return 207, {}, {**answer, "numErrors": 1, "errors": [error]}


@asynccontextmanager
async def hubspot_like() -> AsyncIterator[HubSpotLike]:
    like = HubSpotLike()
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
                raw = await reader.readexactly(int(headers.get("content-length", "0")))
                method, target, _ = first.split(" ")
                status, more, content = like.answer(method, target, headers, json.loads(raw) if raw else None)
                body = b"" if content is None else json.dumps(content).encode()
                told = "".join(f"{name}: {value}\r\n" for name, value in more.items())
                head = f"HTTP/1.1 {status} Whatever\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{told}\r\n"
                writer.write(head.encode() + body)
                await writer.drain()
        writer.close()
        serving.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    like.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield like
    server.close()
    for task in [*serving]:
        task.cancel()
    await asyncio.gather(*serving, return_exceptions=True)
