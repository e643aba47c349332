"""Contacts of qualified inquiries, in step with another system."""

from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
import sqlalchemy as sa
from standardwebhooks import Webhook as Oracle

from accounts import slug
from crmhouses import GRACE, NOW, House, opened_house, told
from hubspotlike import TOKEN
from luminalib.adapters.db.crm import crm_connections
from luminalib.domain.crm import CrmUnavailable, sync_crm
from luminalib.domain.webhooks import new_secret
from luminalib.settings import Settings
from receiver import receiving


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    async with opened_house(settings) as house:
        yield house


async def test_a_qualified_inquiry_becomes_a_contact_and_echoes_are_not_heard(house: House) -> None:
    hubspot = await house.connect()
    await house.qualify()
    assert await house.open_jobs() == 1, "asked for with the commit"
    await house.qualify(phone="+49 30 901820")
    assert await house.open_jobs() == 1, "one of those that wait"
    assert await house.sync(hubspot) == told(pushed=1)
    (there,) = house.crm.contacts.values()
    expected = {"email": GRACE, "firstname": "Grace", "lastname": "Hopper"}
    assert {name: there["properties"][name] for name in expected} == expected
    assert "200 licences" not in str(there)
    assert await house.sync(hubspot) == told(), "our own change is no news"
    contact = await house.contact(hubspot)
    assert (contact["email"], contact["is_dirty"], contact["remote_id"]) == (GRACE, False, there["id"])


async def test_what_is_changed_there_is_taken_over(house: House) -> None:
    hubspot = await house.connect()
    await house.qualify()
    await house.sync(hubspot)
    contact_id = (await house.contact(hubspot))["remote_id"]
    house.crm.put({"lastname": "Murray Hopper", "phone": "1"}, contact_id)
    house.crm.put({"email": "stranger@example.org"})
    assert await house.sync(hubspot) == told(pulled=1)
    fields = (await house.contact(hubspot))["fields"]
    assert (fields["last_name"], fields["phone"]) == ("Murray Hopper", "1")
    house.crm.put({"phone": "2"}, contact_id)
    house.crm.hidden = {contact_id}
    assert await house.sync(hubspot) == told(), "the search shows it late"
    house.crm.hidden = set()
    house.crm.put({"email": "later@example.org"}, seconds=10)
    assert await house.sync(hubspot) == told(pulled=1)


async def test_what_is_changed_there_reaches_the_inquiries_of_the_contact(house: House) -> None:
    hubspot = await house.connect()
    inquiry, closed = await house.qualify(phone="+49 30 901820"), await house.qualify()
    (await house.admin.patch(f"/inquiries/{closed}", json={"state": "closed"})).raise_for_status()
    await house.sync(hubspot)
    contact_id = (await house.contact(hubspot))["remote_id"]
    house.crm.put({"lastname": "Murray Hopper", "phone": "+49 (0)30 23125-418", "library_score": "1"}, contact_id)
    assert await house.sync(hubspot) == told(pulled=1)
    heard = (await house.admin.get(f"/inquiries/{inquiry}")).json()
    assert (heard["fields"]["name"], heard["fields"]["phone"]) == ("Grace Murray Hopper", "+493023125418")
    last = heard["audit"][-1]
    assert (last["step"], last["detail"], heard["score"]) == ("corrected", "By hubspot: name, phone.", None)
    assert (await house.admin.get(f"/inquiries/{closed}")).json()["fields"]["name"] == "Grace Hopper"
    house.crm.put({"phone": "call my office"}, contact_id)
    assert await house.sync(hubspot) == told(pulled=1)
    after = (await house.admin.get(f"/inquiries/{inquiry}")).json()
    assert (after["fields"]["phone"], len(after["audit"])) == ("+493023125418", len(heard["audit"])), "that is no number"
    (await house.admin.patch(f"/inquiries/{inquiry}", json={"state": "new"})).raise_for_status()
    (await house.admin.patch(f"/inquiries/{inquiry}", json={"state": "qualified"})).raise_for_status()
    house.crm.put({"firstname": "Amazing"}, contact_id)
    assert await house.sync(hubspot) == told(pushed=1, conflicts=1)
    assert (await house.admin.get(f"/inquiries/{inquiry}")).json()["fields"]["name"] == "Amazing Murray Hopper"


async def test_both_sides_are_brought_together(house: House) -> None:
    hubspot = await house.connect()
    house.crm.put({"email": GRACE, "lastname": "Hopper-There", "company": "Navy"})
    await house.qualify()
    assert await house.sync(hubspot) == told(pushed=1, conflicts=1), "it was there already"
    (there,) = house.crm.contacts.values()
    assert (there["properties"]["lastname"], there["properties"]["company"]) == ("Hopper-There", "Navy")
    await house.qualify(name="Grace Hopper-Here", phone="+49 30 901820")
    house.crm.put({"firstname": "Amazing"}, there["id"])
    assert await house.sync(hubspot) == told(pushed=1, conflicts=1)
    (there,) = house.crm.contacts.values()
    assert (there["properties"]["firstname"], there["properties"]["lastname"]) == ("Amazing", "Hopper-There")
    assert (await house.contact(hubspot))["fields"]["first_name"] == "Amazing"
    assert await house.sync(hubspot) == told()


async def test_nothing_is_lost_while_it_is_away(house: House) -> None:
    hubspot = await house.connect()
    await house.qualify()
    pauses = []
    for status in (503, 429, 500, 502):
        house.crm.script = [status]
        with pytest.raises(CrmUnavailable) as caught:
            await house.sync(hubspot)
        pauses.append(float(str(caught.value.facts["retry_after"])))
        assert (await house.last(hubspot))["state"] == "pending"
    assert all(later > earlier for earlier, later in pairwise(pauses))
    assert f'luminalib_circuit_open{{party="crm:{hubspot}"}} 1.0' in (await house.admin.get("/metrics")).text
    before = await house.open_jobs()
    await house.syncing.request_all("main")
    assert await house.open_jobs() == before, "the round leaves it in peace"
    assert await house.sync(hubspot) == told(pushed=1)
    assert (await house.admin.get("/crm/connections")).json()["items"][0]["open_until"] is None


async def test_any_system_takes_a_signed_message_for_each_contact(house: House) -> None:
    secret = new_secret()
    async with receiving() as receiver:
        connection = await house.connect(kind="webhook", url=f"{receiver.url}/200", token=secret, mapping=None)
        await house.qualify()
        assert await house.sync(connection) == told(pushed=1)
        (request,) = receiver.requests
    # The oracle looks at the time, which here is the adapter's own.
    sent = Oracle(secret).verify(request.body, request.headers)
    assert (sent["type"], sent["data"]["email"], sent["data"]["intent"]) == ("contact.put", GRACE, "sales")


async def test_the_desk_keeps_tokens_and_asks_for_what_it_needs(house: House) -> None:
    hubspot = await house.connect()
    shown = (await house.admin.get(f"/crm/connections/{hubspot}")).json()
    assert (shown["kind"], "token" in shown, TOKEN in str(shown)) == ("hubspot", False, False)
    async with house.library.container.database.owner.connect() as connection:
        assert TOKEN not in str((await connection.execute(sa.select(crm_connections))).all())
    for body, problem in (
        ({"kind": "hubspot"}, "connection-incomplete"),
        ({"kind": "webhook"}, "connection-incomplete"),
        ({"kind": "carddav", "token": "ada:secret"}, "connection-incomplete"),
        ({"kind": "webhook", "url": "http://10.0.0.1/x"}, "address-refused"),
        ({"kind": "hubspot", "token": "x", "mapping": {"shoe_size": "x"}}, "validation-error"),
    ):
        assert slug(await house.admin.post("/crm/connections", json=body)) == problem, body
    assert (await house.admin.post(f"/crm/connections/{hubspot}/sync")).status_code == 202
    assert (await house.last(hubspot))["state"] == "pending"
    await house.admin.patch(f"/crm/connections/{hubspot}", json={"is_enabled": False})
    await house.qualify()
    await house.syncing.sync(sync_crm(hubspot, "main", NOW))
    assert house.crm.calls == [], "what is disabled is not asked"
    assert (await house.admin.delete(f"/crm/connections/{hubspot}")).status_code == 204
    await house.syncing.sync(sync_crm(hubspot, "main", NOW))
    assert slug(await house.admin.get(f"/crm/connections/{hubspot}/syncs")) == "connection-not-found"
