import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from luminalib.adapters.outside.client import OutsideClient, seconds_of
from luminalib.adapters.outside.guard import Allowed, resolve
from luminalib.adapters.outside.sender import HttpSender
from luminalib.domain.webhooks import MAX_RESPONSE_BYTES, AddressRefused, Reply
from receiver import Receiver, receiving

LOOPBACK = ["127.0.0.0/8"]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as opened:
        yield opened


@pytest.fixture
async def sender() -> AsyncIterator[HttpSender]:
    opened = HttpSender(OutsideClient(Allowed(LOOPBACK), seconds=30))
    yield opened
    await opened._client.close()


async def post(sender: HttpSender, url: str) -> Reply:
    return await sender.post(url, {"webhook-id": "m", "content-type": "application/json"}, b'{"a":1}')


async def test_what_comes_back_is_told_whatever_it_is(receiver: Receiver, sender: HttpSender) -> None:
    for status in (200, 204, 301, 308, 404, 410, 429, 500):
        reply = await post(sender, f"{receiver.url}/hook/{status}?a=b&c")
        assert (reply.status, reply.error, reply.is_success) == (status, None, status in (200, 204))
        assert reply.text == ("" if status == 204 else "said\ufffd so")
    assert (await post(sender, f"{receiver.url}/429-120")).retry_after == 120
    assert len(receiver.requests) == 9, "no redirect was followed"
    first = receiver.requests[0]
    assert (first.path, first.body, first.id) == ("/hook/200?a=b&c", b'{"a":1}', "m")
    assert first.headers["host"] == receiver.url.removeprefix("http://")


async def test_misbehaviour_is_an_error_in_words(receiver: Receiver, sender: HttpSender) -> None:
    words = {"reset": ("The connection was cut", "no whole answer"), "nonsense": ("no whole answer",)}
    for mood, expected in words.items():
        reply = await post(sender, f"{receiver.url}/{mood}")
        assert reply.status is None
        assert any(one in (reply.error or "") for one in expected), (mood, reply)


async def test_who_drips_is_not_waited_for(receiver: Receiver) -> None:
    sender = HttpSender(OutsideClient(Allowed(LOOPBACK), seconds=0.5))
    reply = await post(sender, f"{receiver.url}/drip")
    assert (reply.status, "No whole answer" in (reply.error or "")) == (None, True)
    await sender._client.close()


async def test_no_more_is_read_than_is_kept(receiver: Receiver, sender: HttpSender) -> None:
    reply = await post(sender, f"{receiver.url}/flood")
    assert (reply.status, reply.text) == (200, "x" * MAX_RESPONSE_BYTES)


async def test_nobody_at_home_is_an_error() -> None:
    async def find(host: str, _port: int) -> Sequence[str]:
        if host == "no.such.host":
            raise OSError
        return ["127.0.0.1"]

    sender = HttpSender(OutsideClient(Allowed(LOOPBACK), seconds=20, resolve=find))
    async with receiving() as gone:
        url = gone.url
    for address in (url, "http://no.such.host/x"):
        reply = await post(sender, address)
        assert reply.status is None
        assert "could not be made" in (reply.error or "")
    await sender._client.close()


async def test_a_certificate_that_nobody_vouches_for_is_refused(sender: HttpSender, tmp_path: Path) -> None:
    async with receiving(_self_signed(tmp_path)) as receiver:
        reply = await post(sender, receiver.url)
        assert reply.status is None
        assert "CERTIFICATE_VERIFY_FAILED" in (reply.error or "")
        assert receiver.requests == []


def _self_signed(folder: Path) -> ssl.SSLContext:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    now = datetime.now(UTC)
    signed = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1)).sign(key, SHA256())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "both.pem").write_bytes(signed.public_bytes(Encoding.PEM) + pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context


INSIDE = """
http://127.0.0.1 http://2130706433 http://0x7f000001 http://0x7f.1 http://0177.0.0.1 http://127.1 http://127.0.0.1.
http://localhost http://LOCALHOST http://0 http://0.0.0.0 http://10.0.0.1 http://172.16.9.9 http://192.168.0.1
http://169.254.169.254/latest/meta-data http://100.100.100.200 http://[::1] http://[::] http://[::ffff:127.0.0.1]
http://[::ffff:7f00:1] http://[64:ff9b::7f00:1] http://[64:ff9b::a9fe:a9fe] http://[2002:7f00:1::] http://[fe80::1]
http://[fd00::1] http://[fe80::1%25lo] http://224.0.0.1 http://255.255.255.255 http://198.18.0.1
"""


@pytest.mark.parametrize("url", INSIDE.split())
async def test_no_way_of_writing_it_leads_inside(url: str) -> None:
    """What the system itself resolves, too: decimal, hexadecimal, octal and short forms."""
    sender = HttpSender(OutsideClient(Allowed([]), seconds=5))
    reply = await post(sender, url)
    assert reply.status is None
    try:
        await resolve(url.removeprefix("http://").partition("/")[0].strip("[]"), 80)
    except OSError:  # a form that this system does not take
        assert reply.error
    else:
        assert "own network" in (reply.error or ""), reply
    await sender._client.close()


async def test_a_name_is_judged_by_every_address_that_it_has(receiver: Receiver) -> None:
    port = receiver.url.rpartition(":")[2]
    for addresses in (["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["169.254.169.254", "8.8.8.8"], ["::ffff:127.0.0.1"]):

        async def resolve_to(_host: str, _port: int, found: Sequence[str] = addresses) -> Sequence[str]:
            return found

        sender = HttpSender(OutsideClient(Allowed([]), resolve=resolve_to, seconds=5))
        assert "own network" in ((await post(sender, f"http://hooks.example.org:{port}/200")).error or "")
        await sender._client.close()
    assert receiver.requests == []


async def test_a_name_that_changes_its_mind_gains_nothing(receiver: Receiver) -> None:
    """It is resolved once for each connection; what was judged is what is connected to."""
    asked: list[str] = []

    async def change(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.2"] if len(asked) == 1 else ["127.0.0.1"]

    sender = HttpSender(OutsideClient(Allowed(["127.0.0.2"]), resolve=change, seconds=5))
    port = receiver.url.rpartition(":")[2]
    first = await post(sender, f"http://rebinding.example.org:{port}/200")
    assert "own network" not in (first.error or "")
    assert asked == ["rebinding.example.org"]
    second = await post(sender, f"http://rebinding.example.org:{port}/200")
    assert "own network" in (second.error or "")
    assert receiver.requests == [], "the receiver listens on 127.0.0.1 alone"
    await sender._client.close()


async def test_hosts_of_ones_own_are_allowed_by_name(receiver: Receiver) -> None:
    async def here(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    sender = HttpSender(OutsideClient(Allowed(["NAS.local."]), resolve=here, seconds=5))
    port = receiver.url.rpartition(":")[2]
    assert (await post(sender, f"http://nas.local:{port}/200")).status == 200
    assert "own network" in ((await post(sender, f"http://other.local:{port}/200")).error or "")
    await sender._client.close()


async def test_what_can_be_seen_to_be_inside_is_refused_at_once(sender: HttpSender) -> None:
    for url in ("http://10.0.0.1/x", "https://[::ffff:10.0.0.1]", "http://169.254.169.254", "http://[fe80::1%25eth0]"):
        with pytest.raises(AddressRefused):
            sender.require_allowed(url)
    with pytest.raises(AddressRefused):
        HttpSender(OutsideClient(Allowed([]))).require_allowed("http://localhost:8000")
    for url in ("http://127.0.0.1", "https://8.8.8.8", "https://hooks.example.org"):
        sender.require_allowed(url)


async def test_connections_are_used_again_and_many_at_once(receiver: Receiver, sender: HttpSender) -> None:
    replies = await asyncio.gather(*(post(sender, f"{receiver.url}/200") for _ in range(30)))
    assert {reply.status for reply in replies} == {200}


def test_retry_after_is_seconds_or_a_date() -> None:
    later = format_datetime(datetime.now(timezone(timedelta(hours=5))) + timedelta(seconds=500))
    for given, least, most in (("7", 7, 7), (later, 400, 500), ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0)):
        found = seconds_of(given)
        assert found is not None
        assert least <= found <= most
    assert seconds_of("soon") is None
    assert seconds_of("") is None


async def test_many_at_the_same_time_to_one_host_keep_their_connections(receiver: Receiver, sender: HttpSender) -> None:
    for _ in range(3):
        await asyncio.gather(*(post(sender, f"{receiver.url}/204") for _ in range(8)))
    assert (receiver.connections, len(receiver.requests)) == (8, 24)


async def test_connections_of_long_ago_make_room(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("luminalib.adapters.outside.connections.KEPT", 2)
    sender = HttpSender(OutsideClient(Allowed(["127.0.0.0/8", "localhost"]), seconds=30))
    async with receiving() as other, receiving() as third:
        for one in (receiver, other, third, other, third, receiver):
            assert (await post(sender, f"{one.url}/204")).status == 204
        assert [one.connections for one in (receiver, other, third)] == [2, 1, 1]
    await sender._client.close()
