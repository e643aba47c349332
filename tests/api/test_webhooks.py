"""Webhooks from the desk to the receiver."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from standardwebhooks import Webhook as Oracle

from accounts import Library, id_of, opened, slug
from fakes import FakeClock
from journeys import add
from lending import borrow, give_back, notices, place_hold, review, shelve
from luminalib.adapters.db.deliveries import SqlDeliveryLedger
from luminalib.container import open_container
from luminalib.domain.announcements import EventType
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.consensus import update_consensus
from luminalib.domain.notices import remind
from luminalib.domain.webhooks import DISABLED_AFTER, LONGEST_PAUSE, MAX_WEBHOOKS, SCHEDULE
from luminalib.main import create_app
from luminalib.services.webhooks import DeliveryService
from luminalib.settings import LoanSettings, Settings
from receiver import Receiver, receiving

NOW = datetime.now(UTC).replace(microsecond=0)
BASE = "https://library.example.org/lib"


@dataclass(frozen=True, slots=True)
class House:
    """A library whose webhooks are delivered when the test says so."""

    library: Library
    admin: httpx.AsyncClient
    receiver: Receiver
    clock: FakeClock
    deliveries: DeliveryService

    async def hook(self, path: str = "/200", **more: Any) -> dict[str, Any]:
        made = await self.admin.post("/webhooks", json={"url": self.receiver.url + path, **more})
        assert made.status_code == 201, made.text
        found: dict[str, Any] = made.json()
        return found

    async def attempts(self, webhook: dict[str, Any]) -> list[dict[str, Any]]:
        """The oldest first."""
        listed = await self.admin.get(f"/webhooks/{webhook['id']}/attempts", params={"size": 100})
        found: list[dict[str, Any]] = listed.raise_for_status().json()["items"]
        return found[::-1]

    async def state(self, webhook: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = (await self.admin.get(f"/webhooks/{webhook['id']}")).raise_for_status().json()
        return found

    async def pass_time(self, by: timedelta) -> None:
        self.clock.advance(by)
        await self.deliveries.deliver_due()


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    async with opened_house(settings) as house:
        yield house


@asynccontextmanager
async def opened_house(settings: Settings) -> AsyncIterator[House]:
    clock = FakeClock(NOW)
    rules = LoanSettings(period_days=10, grace_days=0)
    changes = {"rate_limits": "off", "loans": rules, "webhooks_allow": "127.0.0.0/8", "public_url": BASE, "access_minutes": 144_000}
    async with opened(settings, clock=clock, **changes) as library, receiving() as receiver:
        tools = library.container.services.webhooks._tools
        deliveries = DeliveryService(tools, SqlDeliveryLedger(library.container.database), f"test:1:{uuid4().hex}")
        yield House(library, await library.join("admin"), receiver, clock, deliveries)


async def test_every_event_is_told_signed_in_order_with_what_it_needs(house: House) -> None:
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
    schemas = house.library.app.openapi()["webhooks"]
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


async def test_what_fails_is_tried_again_with_the_same_id_and_holds_nobody_up(house: House) -> None:
    bad, good = await house.hook("/bad/500"), await house.hook("/good/204")
    first, second = await shelve(house.admin), await shelve(house.admin)
    await house.deliveries.deliver_due()
    assert [one["status"] for one in await house.attempts(bad)] == [500, 500]
    assert [one["status"] for one in await house.attempts(good)] == [204, 204]
    assert [one.json["data"]["book_id"] for one in house.receiver.at("/good/204")] == [first, second]
    await house.pass_time(timedelta(seconds=4))
    assert len(house.receiver.at("/bad/500")) == 2, "it is too early"
    house.receiver.mood = "200"
    await house.pass_time(timedelta(seconds=2))
    ids = [one.id for one in house.receiver.at("/bad/500")]
    assert sorted(ids[:2]) == sorted(ids[2:])
    assert [one["attempt"] for one in await house.attempts(bad)] == [1, 1, 2, 2]
    assert (await house.state(bad))["failing_since"] is None
    await house.pass_time(timedelta(days=2))
    assert len(house.receiver.requests) == 6


async def test_a_receiver_that_asks_for_time_is_given_it(house: House) -> None:
    hook = await house.hook("/429-600")
    await shelve(house.admin)
    await house.deliveries.deliver_due()
    await house.pass_time(timedelta(seconds=599))
    assert len(await house.attempts(hook)) == 1
    await house.pass_time(timedelta(seconds=1))
    assert [one["status"] for one in await house.attempts(hook)] == [429, 429]


async def test_gone_is_gone_and_redirects_lead_nowhere(house: House) -> None:
    gone, moved = await house.hook("/410"), await house.hook("/301")
    await shelve(house.admin)
    await house.deliveries.deliver_due()
    assert ((await house.state(gone))["is_enabled"], (await house.state(gone))["disabled_reason"]) == (False, "gone")
    assert (await house.state(moved))["is_enabled"] is True
    assert [one["status"] for one in await house.attempts(moved)] == [301]
    (notice,) = await notices(house.admin)
    assert (notice["kind"], notice["subject_id"], notice["book_id"]) == ("webhook_disabled", gone["id"], None)
    assert house.receiver.url in notice["text"]


async def test_a_dead_receiver_is_left_in_peace_then_given_up_and_can_recover(house: House) -> None:
    hook = await house.hook("/200", types=["book.created"])
    house.receiver.mood = "503"
    for _ in range(8):
        await shelve(house.admin)
    await house.deliveries.deliver_due()
    assert len(house.receiver.requests) == 5, "then the circuit opened"
    state = await house.state(hook)
    assert (state["circuit"], state["circuit_open_until"] is not None) == ("open", True)
    figures = (await house.admin.get("/metrics")).text
    assert f'luminalib_circuit_open{{party="webhook:{hook["id"]}"}} 1.0' in figures
    assert 'luminalib_webhook_deliveries{state="new"} 3.0' in figures
    await house.pass_time(timedelta(seconds=29))
    assert len(house.receiver.requests) == 5
    await house.pass_time(timedelta(seconds=2))
    assert len(house.receiver.requests) == 6, "one finds out whether it is back"
    end = house.clock.now() + DISABLED_AFTER
    while house.clock.now() < end:
        await house.pass_time(timedelta(hours=3))
    state = await house.state(hook)
    assert (state["is_enabled"], state["disabled_reason"]) == (False, "failing")
    await shelve(house.admin)  # while it is disabled
    tried = len(house.receiver.requests)
    house.receiver.mood = None
    await house.pass_time(LONGEST_PAUSE)
    assert len(house.receiver.requests) == tried
    enabled = (await house.admin.post(f"/webhooks/{hook['id']}/enable")).json()
    assert (enabled["is_enabled"], enabled["disabled_reason"], enabled["circuit"]) == (True, None, "closed")
    recovered = await house.admin.post(f"/webhooks/{hook['id']}/recover", json={"since": NOW.isoformat()})
    assert (recovered.status_code, recovered.json()["count"] >= 1) == (202, True)
    await house.pass_time(timedelta(seconds=1))
    answered = [one["message_id"] for one in await house.attempts(hook) if one["status"] == 200]
    assert len(answered) == len(set(answered)) == 9, "everything has arrived, once"
    assert (await house.admin.post(f"/webhooks/{hook['id']}/recover", json={"since": NOW.isoformat()})).json()["count"] == 0


async def test_a_message_is_given_up_after_ten_tries_and_sent_again_by_hand(house: House) -> None:
    hook = await house.hook("/reset")
    await shelve(house.admin)
    await house.deliveries.deliver_due()
    for pause in SCHEDULE[1:]:
        await house.pass_time(pause * 1.2 + LONGEST_PAUSE)
    await house.pass_time(timedelta(days=3))
    tries = await house.attempts(hook)
    assert [one["attempt"] for one in tries] == list(range(1, 11))
    assert len({one["message_id"] for one in tries}) == 1
    assert {one["status"] for one in tries} == {None}
    path = f"/webhooks/{hook['id']}/messages"
    assert (await house.admin.post(f"{path}/{tries[0]['message_id']}/redeliver")).status_code == 202
    assert slug(await house.admin.post(f"{path}/{uuid4()}/redeliver")) == "message-not-found"
    house.receiver.mood = "204"
    await house.pass_time(LONGEST_PAUSE)
    assert (await house.attempts(hook))[-1]["status"] == 204
    assert house.receiver.requests[-1].id == tries[0]["message_id"]


async def test_what_is_disabled_by_hand_waits(house: House) -> None:
    hook = await house.hook()
    await shelve(house.admin)
    await house.admin.patch(f"/webhooks/{hook['id']}", json={"is_enabled": False})
    await house.deliveries.deliver_due()
    assert house.receiver.requests == []
    assert (await house.state(hook))["disabled_reason"] == "by_hand"
    await house.admin.post(f"/webhooks/{hook['id']}/enable")
    await house.deliveries.deliver_due()
    assert len(house.receiver.requests) == 1


async def test_a_secret_that_cannot_be_opened_costs_one_webhook(house: House, settings: Settings) -> None:
    hook = await house.hook()
    tools = replace(house.deliveries._tools, sealer=type(house.deliveries._tools.sealer)(["another key, as long as needed"]))  # type: ignore[call-arg]
    await shelve(house.admin)
    await DeliveryService(tools, house.deliveries._ledger, "test:1:other").deliver_due()
    (attempt,) = await house.attempts(hook)
    assert "LUMINALIB_PREVIOUS_SEALING_KEYS" in attempt["error"]


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
