"""Webhooks that come in, signed as other systems sign them."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from accounts import Library, opened, slug
from fakes import FakeClock
from luminalib.adapters.db.incoming import incoming_events
from luminalib.domain.incoming import TAKE_IN
from luminalib.domain.jobs import Job
from luminalib.settings import Settings
from sources import BASE, SIGNERS, add_source, header, send, take_all_in

NOW = datetime.now(UTC).replace(microsecond=0)
LETTER = {
    "message": "We would like to buy 200 licences for our school. Budget: 20k EUR.",
    "name": "Grace",
    "email": "grace@school.example",
}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
async def library(settings: Settings, clock: FakeClock) -> AsyncIterator[Library]:
    async with opened(settings, clock=clock, rate_limits="off", public_url=BASE) as library:
        yield library


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
