"""Contacts of qualified inquiries, in step with another system."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from standardwebhooks import Webhook as Oracle

from accounts import Library, opened, slug
from fakes import FakeClock
from hubspotlike import TOKEN, HubSpotLike, hubspot_like
from luminalib.adapters.db.crm import crm_connections
from luminalib.adapters.db.jobs import jobs
from luminalib.domain.crm import CrmUnavailable, sync_crm
from luminalib.domain.webhooks import new_secret
from luminalib.services.crm import CrmSyncService
from luminalib.settings import Settings
from receiver import receiving

NOW = datetime.now(UTC).replace(microsecond=0)
GRACE = "grace@school.example"
MAPPING = {"email": "email", "first_name": "firstname", "last_name": "lastname", "phone": "phone", "score": "library_score"}


@dataclass(frozen=True, slots=True)
class House:
    """A library beside somebody's CRM; syncs are made when the test says so."""

    library: Library
    admin: httpx.AsyncClient
    crm: HubSpotLike
    clock: FakeClock
    syncing: CrmSyncService

    async def connect(self, **more: Any) -> str:
        body = {"kind": "hubspot", "url": self.crm.url, "token": TOKEN, "mapping": MAPPING, **more}
        made = await self.admin.post("/crm/connections", json=body)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def qualify(self, email: str = GRACE, name: str = "Grace Hopper", phone: str | None = None) -> str:
        letter = {"message": "We would like to buy 200 licences for our school.", "email": email, "name": name, "phone": phone}
        sent = await self.admin.post("/inquiries", json=letter)
        inquiry = str(sent.raise_for_status().json()["id"])
        (await self.admin.patch(f"/inquiries/{inquiry}", json={"state": "qualified"})).raise_for_status()
        return inquiry

    async def sync(self, connection_id: str) -> dict[str, Any]:
        """Does the job; the sync that came of it."""
        await self.syncing.sync(sync_crm(connection_id, "main", self.clock.now()))
        return await self.last(connection_id)

    async def last(self, connection_id: str) -> dict[str, Any]:
        self.clock.advance(timedelta(seconds=1))
        found: dict[str, Any] = (await self.admin.get(f"/crm/connections/{connection_id}/syncs")).json()["items"][0]
        return {name: found[name] for name in ("state", "pushed", "pulled", "conflicts")}

    async def contact(self, connection_id: str) -> dict[str, Any]:
        (found,) = (await self.admin.get(f"/crm/connections/{connection_id}/contacts")).json()["items"]
        return dict(found)

    async def open_jobs(self) -> int:
        waiting = sa.select(sa.func.count()).where(jobs.c.name == "sync_crm", jobs.c.status == "waiting")
        async with self.library.container.database.owner.connect() as connection:
            return await connection.scalar(waiting) or 0


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    clock = FakeClock(NOW)
    async with (
        hubspot_like() as crm,
        opened(settings, clock=clock, rate_limits="off", webhooks_allow="127.0.0.0/8", access_minutes=144_000) as library,
    ):
        syncing = CrmSyncService(library.container.services.crm._tools)
        yield House(library, await library.join("admin"), crm, clock, syncing)


def told(**counts: int) -> dict[str, Any]:
    return {"state": "success", "pushed": 0, "pulled": 0, "conflicts": 0, **counts}


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


async def test_what_is_refused_says_why_and_holds_nobody_up(house: House) -> None:
    hubspot = await house.connect()
    await house.qualify("a@school.example")
    await house.qualify("b@school.example")
    house.crm.script = [0, 400]
    assert await house.sync(hubspot) == told(pushed=1)
    listed = (await house.admin.get(f"/crm/connections/{hubspot}/contacts")).json()["items"]
    assert sorted(bool(one["error"]) for one in listed) == [False, True]
    await house.admin.patch(f"/crm/connections/{hubspot}", json={"token": "another"})
    assert (await house.sync(hubspot))["state"] == "failed"
    error = (await house.admin.get(f"/crm/connections/{hubspot}/syncs")).json()["items"][0]["error"]
    assert "does not take the token" in error


async def test_more_than_one_search_can_show_is_read_in_pieces(house: House) -> None:
    house.crm.most_results = 250
    for n in range(330):
        house.crm.put({"email": f"{n}@example.org"}, seconds=0 if 100 < n < 220 else 1)
    house.crm.put({"email": GRACE, "phone": "1"})
    hubspot = await house.connect()
    await house.qualify()
    await house.sync(hubspot)
    contact_id = (await house.contact(hubspot))["remote_id"]
    house.crm.calls.clear()
    house.crm.put({"phone": "77"}, contact_id)
    assert await house.sync(hubspot) == told(pulled=1)
    assert len([call for call in house.crm.calls if call.endswith("/search")]) == 1, "it went on where it was"


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


async def test_the_official_client_finds_the_server_of_these_tests_to_be_hubspot(house: House) -> None:
    from hubspot import HubSpot  # noqa: PLC0415 -- thousands of files
    from hubspot.crm.contacts import SimplePublicObjectInput, SimplePublicObjectInputForCreate  # noqa: PLC0415 -- as above
    from hubspot.crm.contacts.exceptions import ApiException  # noqa: PLC0415 -- as above

    def visit() -> tuple[str, str, int]:
        client = HubSpot(access_token=TOKEN)
        api = client.crm.contacts.basic_api
        api.api_client.configuration.host = house.crm.url
        new = SimplePublicObjectInputForCreate(properties={"email": GRACE, "firstname": "Grace"})
        made = api.create(new)
        changed = api.update(made.id, SimplePublicObjectInput(properties={"firstname": "Amazing"}))
        try:
            api.create(new)
        except ApiException as error:
            return made.id, changed.properties["firstname"], error.status
        return made.id, "", 0

    made, name, status = await asyncio.to_thread(visit)
    assert (name, status) == ("Amazing", 409)
    hubspot = await house.connect()
    await house.qualify()
    assert await house.sync(hubspot) == told(pushed=1, conflicts=1)
    assert (await house.contact(hubspot))["remote_id"] == made
