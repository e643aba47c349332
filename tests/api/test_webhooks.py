"""Webhooks from the desk to the receiver."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook as Oracle

from accounts import id_of, slug
from journeys import add
from lending import borrow, give_back, place_hold, review, shelve
from luminalib.container import open_container
from luminalib.domain.announcements import EventType
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.consensus import update_consensus
from luminalib.domain.notices import remind
from luminalib.domain.webhooks import MAX_WEBHOOKS
from luminalib.main import create_app
from luminalib.settings import Settings
from receiver import receiving
from webhookhouses import BASE, House, opened_house


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    async with opened_house(settings) as house:
        yield house


async def test_every_event_is_told_signed_in_order_with_what_it_needs(house: House, openapi_document: dict[str, Any]) -> None:
    services, ada = house.library.container.services, await house.library.join("ada")
    hook = await house.hook()
    book = await shelve(house.admin, "The Keeper")
    await house.admin.patch(f"/books/{book}", json={"tags": ["sea"]})
    loan = (await borrow(house.admin, book)).json()
    await place_hold(ada, book)
    await services.notices.remind(remind(MAIN_TENANT, house.clock.now()))
    house.clock.advance(timedelta(days=11))
    for _ in range(3):
        await services.notices.remind(remind(MAIN_TENANT, house.clock.now()))
        house.clock.advance(timedelta(days=1))
    await give_back(house.admin, book)
    await review(house.admin, book)
    await house.admin.put(f"/books/{book}/reviews/mine", json={"rating": 5, "text": "Again."})
    await services.consensus.update(update_consensus(book, MAIN_TENANT, house.clock.now()))
    await house.admin.delete(f"/books/{book}/reviews/mine")
    await house.admin.delete(f"/books/{book}")
    await house.deliveries.deliver_due()

    told = [one.json for one in house.receiver.requests]
    assert [one["type"] for one in told] == [
        "book.created", "book.updated", "loan.opened", "loan.overdue", "loan.closed", "hold.ready",
        "review.created", "review.updated", "consensus.updated", "review.removed", "book.removed",
    ]  # fmt: skip
    assert [one["sequence"] for one in told] == list(range(1, len(told) + 1))
    assert len({one.id for one in house.receiver.requests}) == len(told)
    assert told[0]["data"]["url"] == f"{BASE}/books/{book}"
    assert told[2]["data"] == {
        "loan_id": loan["id"],
        "book_id": book,
        "user_id": await id_of(house.admin),
        "state": "open",
        "due_at": loan["due_at"],
        "url": f"{BASE}/loans?scope=library&book_id={book}",
    }
    assert told[5]["data"]["user_id"] == await id_of(ada)
    assert (await house.library.visitor().get(f"/books/{book}")).status_code == 401
    for one in house.receiver.requests:
        assert (one.headers["webhook-api-version"], one.headers["content-type"]) == ("1", "application/json")
        fresh = Oracle(hook["secret"]).sign(
            one.id, datetime.fromtimestamp(int(one.headers["webhook-timestamp"]), UTC), one.body.decode()
        )
        assert one.headers["webhook-signature"] == fresh
    assert [attempt["status"] for attempt in await house.attempts(hook)] == [200] * len(told)
    schemas = openapi_document["webhooks"]
    assert set(schemas) == {kind.value for kind in EventType} >= {one["type"] for one in told}


async def test_inquiries_are_told_without_their_words(house: House) -> None:
    await house.hook(types=["inquiry.created", "inquiry.qualified"])
    sent = await house.admin.post(
        "/inquiries", json={"message": "We want to buy 200 licences for our school. Our budget is 20k EUR."}
    )
    inquiry = sent.raise_for_status().json()["id"]
    (await house.admin.patch(f"/inquiries/{inquiry}", json={"state": "qualified"})).raise_for_status()
    await house.deliveries.deliver_due()
    told = [one.json for one in house.receiver.requests]
    assert [(one["type"], one["data"]["inquiry_id"], one["data"]["state"]) for one in told] == [
        ("inquiry.created", inquiry, told[0]["data"]["state"]),
        ("inquiry.qualified", inquiry, "qualified"),
    ]
    assert not any(b"licences" in one.body for one in house.receiver.requests)


async def test_the_desk_keeps_secrets_and_shows_the_rest(house: House) -> None:
    made = await house.hook(types=["book.created"], description=" The board ")
    assert made["secret"].startswith("whsec_")
    assert (made["description"], made["types"], made["is_enabled"], made["circuit"]) == (
        "The board",
        ["book.created"],
        True,
        "closed",
    )
    listed = (await house.admin.get("/webhooks")).json()
    assert [one["id"] for one in listed["items"]] == [made["id"]]
    assert "secret" not in listed["items"][0]
    changed = await house.admin.patch(f"/webhooks/{made['id']}", json={"types": [], "description": None})
    assert (changed.json()["types"], changed.json()["description"]) == ([], None)
    for body, words in (
        ({"url": "ftp://a.test"}, "should be an address"),
        ({"url": "https://"}, "should be an address"),
        ({"url": "https://a.test:99999"}, "should be an address"),
        ({"url": "https://me:secret@a.test"}, "name or a password"),
        ({"url": "https://a.test/#x"}, "should be an address"),
        ({"url": "https://a.test", "types": ["book.eaten"]}, "Should be"),
        ({"url": "https://a.test", "format": "xml"}, "Should be"),
        ({"types": []}, "Is required."),
    ):
        refused = await house.admin.post("/webhooks", json=body)
        assert (refused.status_code, words.lower() in refused.json()["detail"].lower()) == (422, True), refused.text
    for url in ("http://10.1.2.3/x", "http://[::ffff:169.254.169.254]/"):
        refused = await house.admin.post("/webhooks", json={"url": url})
        assert (refused.status_code, slug(refused)) == (422, "address-refused")
        assert slug(await house.admin.patch(f"/webhooks/{made['id']}", json={"url": url})) == "address-refused"
    assert (await house.admin.delete(f"/webhooks/{made['id']}")).status_code == 204
    assert slug(await house.admin.get(f"/webhooks/{made['id']}/attempts")) == "webhook-not-found"
    actions = [event["action"] for event in (await house.admin.get("/audit")).json()["items"]]
    assert actions[:3] == ["webhook-removed", "webhook-changed", "webhook-added"]
    for n in range(MAX_WEBHOOKS):
        assert (await house.admin.post("/webhooks", json={"url": f"https://a.test/{n}"})).status_code == 201
    assert slug(await house.admin.post("/webhooks", json={"url": "https://a.test/more"})) == "too-many-webhooks"


async def test_two_secrets_sign_while_one_takes_the_place_of_the_other(house: House) -> None:
    house.clock.advance(datetime.now(UTC) - house.clock.now())  # the oracle knows the true time
    hook = await house.hook()
    renewed = (await house.admin.post(f"/webhooks/{hook['id']}/rotate")).json()
    assert renewed["secret"] != hook["secret"]
    tested = (await house.admin.post(f"/webhooks/{hook['id']}/test")).json()
    assert (tested["status"], tested["type"], tested["attempt"]) == (200, "webhook.test", 1)
    for secret in (hook["secret"], renewed["secret"]):
        Oracle(secret).verify(house.receiver.requests[0].body, house.receiver.requests[0].headers)
    house.clock.advance(timedelta(hours=25))
    await house.admin.post(f"/webhooks/{hook['id']}/test")
    signatures = [len(one.headers["webhook-signature"].split()) for one in house.receiver.requests]
    assert signatures == [2, 1]
    assert [one["type"] for one in await house.attempts(hook)] == ["webhook.test"] * 2


async def test_slack_is_told_in_a_sentence(house: House) -> None:
    await house.hook(format="slack", types=["book.created"])
    book = (await add(house.admin, title="Salt & Wind")).json()["id"]
    await house.deliveries.deliver_due()
    assert [one.json for one in house.receiver.requests] == [
        {"text": f"“Salt &amp; Wind” is in the catalogue. {BASE}/books/{book}"}
    ]


async def test_the_server_delivers_by_itself(settings: Settings) -> None:
    changed = settings.model_copy(update={"webhooks_allow": "127.0.0.1"})
    async with receiving() as receiver, open_container(changed) as running:
        app = create_app(changed, running)
        app.state.services = running.services
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://library.test") as visitor:
            account = {"email": "boss@library.test", "password": "a long walk by the sea"}
            await visitor.post("/auth/signup", json=account)
            token = (await visitor.post("/auth/login", json=account)).json()["access_token"]
            visitor.headers["Authorization"] = f"Bearer {token}"
            (await visitor.post("/webhooks", json={"url": receiver.url + "/200"})).raise_for_status()
            await shelve(visitor)
            told = await receiver.until(2)
            assert told[0].json["type"] == "book.created"
            ready = (await visitor.get("/readyz")).json()
            assert ready["parts"]["webhooks"]["status"] == "ok"
