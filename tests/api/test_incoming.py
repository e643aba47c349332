"""Webhooks that come in, signed as other systems sign them."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa
from hubspot.utils.signature import Signature
from standardwebhooks import Webhook as Oracle

from accounts import Library, opened, slug
from fakes import FakeClock
from luminalib.adapters.db.incoming import incoming_events
from luminalib.domain.incoming import TAKE_IN, take_in
from luminalib.domain.jobs import Job
from luminalib.settings import Settings

NOW = datetime.now(UTC).replace(microsecond=0)
BASE = "https://library.example.org"
LETTER = {
    "message": "We would like to buy 200 licences for our school. Budget: 20k EUR.",
    "name": "Grace",
    "email": "grace@school.example",
}
Headers = dict[str, str]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
async def library(settings: Settings, clock: FakeClock) -> AsyncIterator[Library]:
    async with opened(settings, clock=clock, rate_limits="off", public_url=BASE) as library:
        yield library


def standard(secret: str, _uri: str, body: bytes, at: datetime, one: str) -> Headers:
    signature = Oracle(secret).sign(one, at, body.decode())
    return {"webhook-id": one, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": f"v1,bm8= {signature}"}


def hubspot(secret: str, uri: str, body: bytes, at: datetime, _one: str) -> Headers:
    stamp = str(int(at.timestamp() * 1000))
    signature = Signature.get_signature(secret, body.decode(), "v3", http_uri=uri, http_method="POST", timestamp=stamp)
    return {"X-HubSpot-Signature-v3": signature, "X-HubSpot-Request-Timestamp": stamp}


def github(secret: str, _uri: str, body: bytes, _at: datetime, one: str) -> Headers:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={digest}", "X-GitHub-Delivery": one}


def header(secret: str, _uri: str, _body: bytes, _at: datetime, one: str) -> Headers:
    return {"X-Gitlab-Token": secret, "Idempotency-Key": one}


SIGNERS: dict[str, Callable[[str, str, bytes, datetime, str], Headers]] = {
    "standard": standard,
    "hubspot": hubspot,
    "github": github,
    "header": header,
}


async def add_source(admin: httpx.AsyncClient, scheme: str, **more: str) -> dict[str, Any]:
    body = {"name": f"our-{scheme}", "scheme": scheme, **more}
    if scheme == "hubspot":
        body["secret"] = "the client secret of an app"
    if scheme == "header":
        body["header"] = "X-Gitlab-Token"
    made = await admin.post("/webhook-sources", json=body)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


async def send(library: Library, source: dict[str, Any], body: bytes, headers: Headers) -> httpx.Response:
    return await library.visitor().post(source["url"].removeprefix(BASE), content=body, headers=headers)


async def take_all_in(library: Library) -> None:
    """What the job does for each message."""
    async with library.container.database.owner.connect() as connection:
        ids = [*await connection.scalars(sa.select(incoming_events.c.id))]
    for event_id in ids:
        await library.container.services.incoming.take_in(take_in(event_id, "main", NOW))


@pytest.mark.parametrize("scheme", SIGNERS)
async def test_a_signed_message_is_taken_once_and_no_other(library: Library, clock: FakeClock, scheme: str) -> None:
    admin, sign = await library.join("admin"), SIGNERS[scheme]
    source = await add_source(admin, scheme)
    body, secret, uri = json.dumps(LETTER).encode(), source["secret"], source["url"]
    fine = sign(secret, uri, body, NOW, "m1")
    first = await send(library, source, body, fine)
    assert (first.status_code, first.json()) == (202, {"is_new": True})
    again = await send(library, source, body, sign(secret, uri, body, NOW + timedelta(seconds=9), "m1"))
    assert (again.status_code, again.json()) == (200, {"is_new": False})
    at_once = await asyncio.gather(
        *(send(library, source, body + b" ", sign(secret, uri, body + b" ", NOW, "m2")) for _ in range(5))
    )
    assert sorted(one.status_code for one in at_once) == [200, 200, 200, 200, 202]
    wrong = [(body, {}), (body, dict.fromkeys(fine, "x")), (body, sign(secret[:-4] + "AAA=", uri, body, NOW, "m3"))]
    if scheme != "header":
        wrong.append((body + b"!", fine))
    if scheme in ("standard", "hubspot"):
        wrong += [(body, sign(secret, uri, body, NOW + timedelta(minutes=sign_), "m4")) for sign_ in (-6, 6)]
    if scheme == "hubspot":
        wrong.append((body, sign(secret, uri.replace("https", "http"), body, NOW, "m5")))
    for content, headers in wrong:
        refused = await send(library, source, content, headers)
        assert (refused.status_code, slug(refused)) == (403, "bad-signature"), headers
    await take_all_in(library)
    await take_all_in(library)
    letters = (await admin.get("/inquiries")).json()
    assert (letters["total"], letters["items"][0]["fields"]["email"]) == (2, LETTER["email"])


async def test_addresses_with_another_key_lead_nowhere(library: Library) -> None:
    admin = await library.join("admin")
    source = await add_source(admin, "header")
    path = source["url"].removeprefix(BASE)
    fine = header(source["secret"], "", b"{}", NOW, "1")
    for wrong in (
        path[:-1],
        f"{path}x",
        path.replace("/main.", "/other."),
        path.replace("our-header", "other"),
        "/webhooks/in/a/b",
    ):
        assert slug(await library.visitor().post(wrong, content=b"{}", headers=fine)) == "source-not-found"
    listed = (await admin.get("/webhook-sources")).json()["items"]
    assert [(one["name"], one["header"]) for one in listed] == [("our-header", "x-gitlab-token")]
    assert not {"secret", "url", "key"} & listed[0].keys()
    assert slug(await admin.post("/webhook-sources", json={"name": "our-header"})) == "source-exists"
    assert slug(await admin.post("/webhook-sources", json={"name": "h", "scheme": "hubspot"})) == "source-incomplete"
    assert (await admin.delete(f"/webhook-sources/{source['id']}")).status_code == 204
    assert slug(await send(library, source, b"{}", fine)) == "source-not-found"


async def test_a_message_of_a_mebibyte_is_taken_and_no_larger_one(library: Library) -> None:
    admin = await library.join("admin")
    source = await add_source(admin, "header")
    fine = header(source["secret"], "", b"", NOW, "1")
    assert (await send(library, source, b" " * 2**20, fine)).status_code == 202
    assert slug(await send(library, source, b" " * (2**20 + 1), fine)) == "file-too-large"
    stranger = await library.visitor().post("/webhooks/in/other/key", content=b" " * 2**20, headers=fine)
    assert slug(stranger) == "source-not-found"
    for body in (b"\xff\xfe", b'{"message": "a\x00b"}'):
        assert slug(await send(library, source, body, fine | {"Idempotency-Key": uuid4().hex})) == "unusable-message"


async def test_what_cannot_be_used_keeps_its_reason(library: Library) -> None:
    admin = await library.join("admin")
    source = await add_source(admin, "header")
    bodies = [b"", b"[]", b'{"message": 7}', b'{"data": {"message": " "}}', b'{"data": {"text": "Do you have large print?"}}']
    for n, body in enumerate(bodies):
        assert (await send(library, source, body, header(source["secret"], "", body, NOW, str(n)))).status_code == 202
    await take_all_in(library)
    async with library.container.database.owner.connect() as connection:
        rows = (await connection.execute(sa.select(incoming_events.c.error, incoming_events.c.done_at))).all()
    assert sorted(bool(row.error) for row in rows) == [False, True, True, True, True]
    assert all(row.done_at for row in rows)
    assert (await admin.get("/inquiries")).json()["total"] == 1
    job = Job(name=TAKE_IN, payload={"event_id": "gone"}, tenant_id="main", run_at=NOW)
    await library.container.services.incoming.take_in(job)
    await library.container.services.incoming.give_up(job, ValueError())


async def test_a_server_that_dies_after_the_inquiry_was_kept_does_not_double_it(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, incoming = await library.join("admin"), library.container.services.incoming
    source = await add_source(admin, "header")
    body = json.dumps(LETTER).encode()
    assert (await send(library, source, body, header(source["secret"], "", body, NOW, "1"))).status_code == 202

    async def die(*_: object) -> None:
        raise ConnectionAbortedError

    with monkeypatch.context() as patched, pytest.raises(ConnectionAbortedError):
        patched.setattr(incoming, "_finish", die)
        await take_all_in(library)
    assert (await admin.get("/inquiries")).json()["total"] == 1
    await take_all_in(library)
    listed = (await admin.get("/inquiries")).json()
    async with library.container.database.owner.connect() as connection:
        row = (await connection.execute(sa.select(incoming_events.c.id, incoming_events.c.error, incoming_events.c.done_at))).one()
    assert (listed["total"], listed["items"][0]["id"], row.error, row.done_at is not None) == (1, row.id, None, True)
