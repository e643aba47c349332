"""Other systems that send webhooks to the library, signed as they sign them."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import sqlalchemy as sa
from hubspot.utils.signature import Signature
from standardwebhooks import Webhook as Oracle

from accounts import Library
from luminalib.adapters.db.incoming import incoming_events
from luminalib.domain.incoming import take_in

BASE = "https://library.example.org"
Headers = dict[str, str]


def standard(secret: str, _uri: str, body: bytes, at: datetime, one: str) -> Headers:
    signature = Oracle(secret).sign(one, at, body.decode())
    return {"webhook-id": one, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": f"v1,bm8= {signature}"}


def sign_as_hubspot(secret: str, uri: str, body: bytes, at: datetime, _one: str) -> Headers:
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
    "hubspot": sign_as_hubspot,
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
        await library.container.services.incoming.take_in(take_in(event_id, "main", datetime.now(UTC)))
