"""Contacts in step with HubSpot: batches, refusals, events, and more changes than one search shows."""

import asyncio
import json
from collections.abc import AsyncIterator
from itertools import count

import pytest

from crmhouses import GRACE, House, opened_house, told
from hubspotlike import TOKEN
from luminalib.settings import Settings
from sources import add_source, send, sign_as_hubspot, take_all_in


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    async with opened_house(settings) as house:
        yield house


async def test_what_is_refused_says_why_and_holds_nobody_up(house: House) -> None:
    hubspot = await house.connect()
    house.crm.blocked = {"a@school.example"}
    for name in "abc":
        await house.qualify(f"{name}@school.example")
    assert await house.sync(hubspot) == told(pushed=2)
    assert await house.errors(hubspot) == {"a@school.example": "The other system refuses: Not these."}
    house.crm.blocked = set()
    await house.qualify("a@school.example")
    assert await house.sync(hubspot) == told(pushed=1)
    assert await house.errors(hubspot) == {}
    await house.admin.patch(f"/crm/connections/{hubspot}", json={"token": "another"})
    assert (await house.sync(hubspot))["state"] == "failed"
    error = (await house.admin.get(f"/crm/connections/{hubspot}/syncs")).json()["items"][0]["error"]
    assert "does not take the token" in error


async def test_one_that_spoils_a_batch_is_refused_alone(house: House) -> None:
    hubspot = await house.connect(mapping={"email": "email", "phone": "unknown"})
    for name in "abc":
        await house.qualify(f"{name}@school.example", phone="+49 30 901820" if name == "b" else None)
    assert await house.sync(hubspot) == told(pushed=2)
    assert list(await house.errors(hubspot)) == ["b@school.example"]


async def test_many_are_told_in_two_requests_and_nobody_is_overwritten(house: House) -> None:
    hubspot = await house.connect()
    emails = [f"{n}@school.example" for n in range(12)]
    house.crm.put({"email": emails[3], "lastname": "Hopper-There"})
    for email in emails:
        await house.qualify(email)
    assert await house.sync(hubspot) == told(pushed=12, conflicts=1)
    made = [call for call in house.crm.calls if "search" not in call]
    assert [call.rpartition("contacts")[2] for call in made[:2]] == ["/batch/read", "/batch/upsert"]
    assert len(made) == 2 + 3, "the one that was there already is looked at, and written over what was seen"
    names = {email: (house.crm.by_email(email) or {})["properties"]["lastname"] for email in emails}
    assert names == dict.fromkeys(emails, "Hopper") | {emails[3]: "Hopper-There"}
    assert await house.sync(hubspot) == told(), "all of them are echoes"
    for email in emails[:4]:
        await house.qualify(email, phone="+49 30 901820")
    house.crm.put({"firstname": "Amazing"}, (house.crm.by_email(emails[1]) or {})["id"])
    assert await house.sync(hubspot) == told(pushed=4, conflicts=1)
    assert (house.crm.by_email(emails[1]) or {})["properties"]["firstname"] == "Amazing"


async def test_hubspot_tells_of_changes_deletions_and_erasures(house: House) -> None:
    hubspot = await house.connect()
    inquiry = await house.qualify()
    await house.sync(hubspot)
    await house.qualify("other@school.example")
    await house.sync(hubspot)
    ids = [contact["id"] for contact in house.crm.contacts.values()]
    source = await add_source(house.admin, "hubspot")

    async def tell(*events: tuple[str, str]) -> None:
        facts = [
            {"eventId": n, "subscriptionType": kind, "objectId": int(of)} for n, (kind, of) in enumerate(events, next(numbers))
        ]
        body = json.dumps(facts).encode()
        signed = sign_as_hubspot(source["secret"], source["url"], body, house.clock.now(), "")
        assert (await send(house.library, source, body, signed)).status_code == 202
        await take_all_in(house.library)

    numbers = count(1, 100)
    jobs_before = await house.open_jobs()
    assert jobs_before == 1, "from the inquiries"
    await tell(
        ("contact.propertyChange", ids[0]), ("contact.creation", "4711"), ("deal.deletion", ids[0]), ("company.creation", "1")
    )
    assert (await house.open_jobs(), (await house.admin.get("/inquiries")).json()["total"]) == (1, 2), "one of those that wait"
    await tell(("contact.deletion", ids[0]), ("contact.deletion", "4711"))
    gone, there = await house.contacts(hubspot)
    assert (gone["email"], gone["removed_at"] is not None, gone["remote_id"], there["removed_at"]) == (GRACE, True, None, None)
    del house.crm.contacts[ids[0]]
    assert await house.sync(hubspot) == told(), "what was deleted there is not made again of its own accord"
    await tell(("contact.privacyDeletion", ids[1]))
    assert [one["email"] for one in await house.contacts(hubspot)] == [GRACE]
    await house.qualify()
    assert await house.sync(hubspot) == told(pushed=1), "somebody wanted it there again"
    assert (await house.contact(hubspot))["removed_at"] is None
    erased = (await house.admin.get("/inquiries", params={"q": "other@"})).json()["items"][0]["id"]
    assert "erased in hubspot" in (await house.admin.get(f"/inquiries/{erased}")).json()["audit"][-1]["detail"]
    assert "erased" not in (await house.admin.get(f"/inquiries/{inquiry}")).text


async def test_more_than_one_search_can_show_is_read_in_pieces(house: House) -> None:
    house.crm.most_results = 250
    for n in range(450):
        house.crm.put({"email": f"{n}@example.org"}, seconds=0 if 100 < n < 420 else 1)  # more in one instant than a search shows
    house.crm.put({"email": GRACE, "phone": "1"})
    hubspot = await house.connect()
    await house.qualify()
    await house.sync(hubspot)
    contact_id = (await house.contact(hubspot))["remote_id"]
    house.crm.calls.clear()
    house.crm.put({"phone": "77"}, contact_id)
    assert await house.sync(hubspot) == told(pulled=1)
    assert len([call for call in house.crm.calls if call.endswith("/search")]) == 1, "it went on where it was"


async def test_the_official_client_finds_the_server_of_these_tests_to_be_hubspot(house: House) -> None:
    from hubspot import HubSpot  # noqa: PLC0415 -- thousands of files
    from hubspot.crm.contacts import (  # noqa: PLC0415 -- as above
        BatchInputSimplePublicObjectBatchInputUpsert,
        Filter,
        FilterGroup,
        PublicObjectSearchRequest,
        SimplePublicObjectBatchInputUpsert,
        SimplePublicObjectInput,
        SimplePublicObjectInputForCreate,
    )
    from hubspot.crm.contacts.exceptions import ApiException  # noqa: PLC0415 -- as above

    def visit() -> tuple[str, str, int]:
        client = HubSpot(access_token=TOKEN)
        api, batch, search = client.crm.contacts.basic_api, client.crm.contacts.batch_api, client.crm.contacts.search_api
        for part in (api, batch, search):
            part.api_client.configuration.host = house.crm.url
        new = SimplePublicObjectInputForCreate(properties={"email": GRACE, "firstname": "Grace"})
        made = api.create(new)
        changed = api.update(made.id, SimplePublicObjectInput(properties={"firstname": "Amazing"}))
        inputs = [
            SimplePublicObjectBatchInputUpsert(
                id=email, id_property="email", object_write_trace_id=email, properties={"lastname": "H"}
            )
            for email in (GRACE, "new@school.example", "no address")
        ]
        done = batch.upsert(BatchInputSimplePublicObjectBatchInputUpsert(inputs=inputs))
        assert [(one.object_write_trace_id, one.new) for one in done.results] == [(GRACE, False), ("new@school.example", True)]
        assert (done.num_errors, done.errors[0].context) == (1, {"objectWriteTraceId": ["no address"]})
        by = Filter(property_name="hs_object_id", operator="GT", value=made.id)
        request = PublicObjectSearchRequest(
            filter_groups=[FilterGroup(filters=[by])], sorts=[{"propertyName": "hs_object_id", "direction": "ASCENDING"}], limit=10
        )
        (hit,) = search.do_search(request).results
        api.archive(hit.id)
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
