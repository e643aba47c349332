"""An address book on a real CardDAV server, Radicale."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from luminalib.adapters.outside.client import OutsideClient
from luminalib.adapters.outside.crm import vcards
from luminalib.adapters.outside.crm.carddav import CardDavCrm
from luminalib.adapters.outside.guard import Allowed
from luminalib.domain.crm import DEFAULT_MAPPING, CrmKind, CrmUnavailable, Rejected, RemoteContact, VersionConflict

GRACE = "grace@school.example"
MAPPING = {**DEFAULT_MAPPING[CrmKind.CARDDAV], "score": "X-LIBRARY-SCORE"}
BOOK = '<mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><set><prop><resourcetype><collection/><C:addressbook/>'
BOOK += "</resourcetype></prop></set></mkcol>"


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    """An empty address book of the user `ada`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "users").write_text("ada:secret\n")
    options = {
        "server-hosts": f"127.0.0.1:{port}",
        "auth-type": "htpasswd",
        "auth-htpasswd-filename": str(tmp_path / "users"),
        "auth-htpasswd-encryption": "plain",
        "storage-filesystem-folder": str(tmp_path / "books"),
    }
    command = [sys.executable, "-m", "radicale", "--config", "", *(f"--{name}={value}" for name, value in options.items())]
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    book = f"http://127.0.0.1:{port}/ada/contacts/"
    async with httpx.AsyncClient(auth=("ada", "secret"), timeout=60) as client, asyncio.timeout(60):
        while True:
            with suppress(httpx.TransportError):
                made = await client.request("MKCOL", book, content=BOOK, headers={"Content-Type": "application/xml"})
                assert made.status_code == 201, made.text
                break
            await asyncio.sleep(0.1)
    yield book
    process.terminate()
    await process.wait()


async def edit(url: str, href: str, **changes: str) -> None:
    """Somebody changes a card with another program."""
    address = urljoin(url, href)
    async with httpx.AsyncClient(auth=("ada", "secret"), timeout=60) as client:
        card = (await client.get(address)).raise_for_status().text
        (await client.put(address, content=vcards.write(card, changes), headers={"Content-Type": "text/vcard"})).raise_for_status()


async def test_contacts_are_kept_in_step_with_an_address_book(url: str) -> None:
    client = OutsideClient(Allowed(["127.0.0.1"]))
    crm = CardDavCrm(client, url, "ada:secret", MAPPING)
    assert await crm.find_contact(GRACE) is None
    begun = await crm.list_changes(None, 100)
    assert (begun.upserts, begun.deletions) == ([], [])
    made = await crm.put_contact(GRACE, {"EMAIL": GRACE, "FN": "Grace Hopper; Rear, Admiral", "X-LIBRARY-SCORE": "72"}, None)
    found = await crm.find_contact(GRACE)
    assert found is not None
    assert (found.id, found.version, found.fields["FN"]) == (made.id, made.version, "Grace Hopper; Rear, Admiral")
    with pytest.raises(VersionConflict):
        await crm.put_contact(GRACE, {"FN": "Other"}, None)
    echo = await crm.list_changes(begun.cursor, 100)
    assert [(one.id, one.version) for one in echo.upserts] == [(made.id, made.version)], "it is known by its version"

    await edit(url, made.id, TEL="+1 555", NOTE="of somebody else")
    with pytest.raises(VersionConflict):
        await crm.put_contact(GRACE, {"FN": "Too late"}, made)
    changes = await crm.list_changes(echo.cursor, 100)
    (changed,) = changes.upserts
    assert (changed.fields["TEL"], changed.email, changed.version != made.version) == ("+1 555", GRACE, True)
    again = await crm.put_contact(GRACE, {"TEL": "+1 556"}, changed)
    async with httpx.AsyncClient(auth=("ada", "secret"), timeout=60) as other:
        card = (await other.get(f"{url}{made.id.rpartition('/')[2]}")).text
        assert "of somebody else" in card
        assert "+1 556" in card
        assert again.version == (await crm.find_contact(GRACE) or made).version
        (await other.delete(f"{url}{made.id.rpartition('/')[2]}")).raise_for_status()
    gone = await crm.list_changes(changes.cursor, 100)
    assert (gone.upserts, gone.deletions) == ([], [made.id])
    with pytest.raises(VersionConflict):
        await crm.put_contact(GRACE, {"TEL": "1"}, again)
    many = [await crm.put_contact(f"{n}@school.example", {"FN": str(n)}, None) for n in range(5)]
    fresh = await crm.list_changes("http://radicale.org/ns/sync/forgotten", 100)
    assert {one.id for one in fresh.upserts} == {one.id for one in many}, "a token that the server does not know begins anew"
    with pytest.raises(Rejected):
        await CardDavCrm(client, url, "ada:wrong", MAPPING).find_contact(GRACE)
    await client.close()


async def test_an_address_book_that_is_away_is_unavailable() -> None:
    client = OutsideClient(Allowed(["127.0.0.1"]))
    with pytest.raises(CrmUnavailable):
        await CardDavCrm(client, "http://127.0.0.1:1/book", None, MAPPING).list_changes(None, 100)
    await client.close()


def test_what_is_not_ours_in_a_card_stays() -> None:
    card = (
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ada\r\nitem1.TEL;TYPE=work:1\r\nTEL:2\r\nNOTE:a long\r\n  note\\, folded\r\nEND:VCARD\r\n"
    )
    assert vcards.read(card) == {
        "BEGIN": "VCARD",
        "VERSION": "4.0",
        "FN": "Ada",
        "TEL": "1",
        "NOTE": "a long note, folded",
        "END": "VCARD",
    }
    changed = vcards.write(card, {"TEL": "3", "EMAIL": "a@b.c", "FN": "A; B"})
    assert "item1.TEL;TYPE=work:3\r\nTEL:2\r\n" in changed
    assert changed.endswith("EMAIL:a@b.c\r\nEND:VCARD\r\n")
    assert vcards.read(changed)["FN"] == "A; B"
    known = RemoteContact(id="x", email=None, fields={}, version="1")
    assert vcards.read(vcards.new("u", GRACE, known.fields))["FN"] == GRACE
