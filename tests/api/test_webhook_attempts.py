"""What becomes of a message whose receiver fails, is slow, is gone or is dead."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts import slug
from lending import notices, shelve
from luminalib.domain.webhooks import DISABLED_AFTER, LONGEST_PAUSE, SCHEDULE
from luminalib.services.webhooks import DeliveryService
from luminalib.settings import Settings
from webhookhouses import NOW, House, opened_house


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    async with opened_house(settings) as house:
        yield house


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
