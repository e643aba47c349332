"""What a client can do to the server before anybody knows who it is: on real sockets."""

import asyncio
import resource
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from luminalib.container import Container
from luminalib.edge.door import DESCRIPTORS_WANTED, ConnectionLimits, Door, raise_descriptors
from luminalib.edge.server import configure
from luminalib.main import create_app
from streaming import serving
from wire import Wire, wired

IMPATIENT = ConnectionLimits(head_seconds=0.3, body_window_seconds=0.3, body_bytes_per_second=1000, idle_seconds=1)
GET = b"GET /healthz HTTP/1.1\r\nHost: library.test\r\n\r\n"
Server = Callable[..., AbstractAsyncContextManager[str]]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind is enough: nothing here reaches the database."""
    return sqlite_url


@pytest.fixture
def server(app: FastAPI, container: Container) -> Server:
    return lambda limits=None: serving(app, container, limits)


@pytest.fixture
async def url(server: Server) -> AsyncIterator[str]:
    async with server() as address:
        yield address


@pytest.fixture
async def hasty(server: Server) -> AsyncIterator[str]:
    """A server that waits for nobody."""
    async with server(IMPATIENT) as address:
        yield address


async def is_well(url: str, address: str | None = None) -> bool:
    async with wired(url, address) as wire:
        await wire.send(GET)
        answer = await wire.answer()
    return answer is not None and answer.status == 200


def resident_mib() -> float:
    """Of this process, server included."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


@pytest.mark.parametrize(
    ("begin", "chunk"),
    [
        (b"GET /healthz HTTP/1.1\r\n", b"X-Filler: " + b"a" * 1000 + b"\r\n"),
        (b"GET /healthz HTTP/1.1\r\n", b"a: b\r\n" * 100),
        (b"GET /healthz HTTP/1.1\r\nX-Endless: ", b"a" * 60_000),
        (b"GET /healthz HTTP/1.1\r\n", b"x" * 60_000),
        (b"GET /", b"a" * 60_000),
        (
            b"POST /auth/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            b"X-Trailer: " + b"a" * 1000 + b"\r\n",
        ),
        (b"POST /auth/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: ", b"a" * 60_000),
        (b"POST /auth/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"a" * 60_000),
    ],
    ids=["lines", "short lines", "value", "name", "target", "trailers", "one trailer", "chunk extension"],
)
async def test_headers_without_end_are_cut_off(url: str, begin: bytes, chunk: bytes) -> None:
    before = resident_mib()
    async with wired(url) as wire:
        await wire.send(begin)
        sent = await wire.pour(chunk, 40 * 2**20)
    assert sent < 20 * 2**20  # what the two kernels had in their buffers
    assert resident_mib() - before < 60
    assert await is_well(url)


async def test_too_large_a_head_is_answered_431_and_one_within_bounds_is_served(server: Server) -> None:
    async with server(ConnectionLimits(head_bytes=8 * 1024, head_lines=50)) as url:
        for name, head, expected in [
            ("bytes", b"X-Filler: " + b"a" * 9000 + b"\r\n", 431),
            ("number", b"X: y\r\n" * 60, 431),
            ("fits", b"X-Filler: " + b"a" * 6000 + b"\r\n" + b"X: y\r\n" * 30, 200),
        ]:
            async with wired(url) as wire:
                await wire.send(b"GET /healthz HTTP/1.1\r\nHost: library.test\r\n" + head + b"\r\n")
                answer = await wire.answer()
                assert answer is not None, name
                assert answer.status == expected, name
                if expected == 431:
                    assert answer.slug == "headers-too-large"
                    assert await wire.is_closed()


async def test_a_head_within_bounds_in_many_pieces_is_served(url: str) -> None:
    async with wired(url) as wire:
        for line in (b"GET /healthz HTTP/1.1\r\n", *[b"X-Filler: " + b"a" * 500 + b"\r\n"] * 40, b"Host: a\r\n", b"\r\n"):
            await wire.send(line)
            await asyncio.sleep(0)
        answer = await wire.answer()
    assert answer is not None
    assert answer.status == 200


async def test_large_bodies_and_many_requests_on_one_connection_are_no_heads(url: str, admin: httpx.AsyncClient) -> None:
    token = admin.headers["Authorization"].encode()
    body = b"x" * 900_000
    async with wired(url) as wire:
        for _ in range(3):
            head = b"PUT /auth/me/preferences HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAuthorization: " + token
            await wire.send(head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body + GET)
            statuses = [answer.status for answer in (await wire.answer(), await wire.answer()) if answer]
            assert statuses == [422, 200]


CHUNKED = b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("path", ["/auth/login", "/nowhere"])
async def test_a_body_of_endless_crumbs_is_cut_off(url: str, path: str) -> None:
    """Before an answer, and after one that did not wait for the body."""
    async with wired(url) as wire:
        await wire.send(f"POST {path} HTTP/1.1\r\nHost: a\r\n".encode() + CHUNKED)
        assert await wire.pour(b"1\r\n \r\n" * 500, 40 * 2**20) < 20 * 2**20
        first = await wire.answer()
        assert first is None or first.status in (400, 404, 413)
        assert await wire.is_closed()
    assert await is_well(url)


async def test_a_body_in_small_chunks_is_read(url: str) -> None:
    body = b'{"email": "ada@library.test", "password": "' + b"a" * 500 + b'"}'
    crumbs = b"".join(b"1\r\n%c\r\n" % byte for byte in body)
    async with wired(url) as wire:
        await wire.send(b"POST /auth/login HTTP/1.1\r\nHost: a\r\n" + CHUNKED + crumbs + b"0\r\n\r\n" + GET)
        assert [answer.status for answer in (await wire.answer(), await wire.answer()) if answer] == [401, 200]


@pytest.mark.parametrize("hosts", [b"", b"Host: library.test\r\nhost: evil.test\r\n"])
async def test_a_request_names_one_host(url: str, hosts: bytes) -> None:
    async with wired(url) as wire:
        await wire.send(b"GET /healthz HTTP/1.1\r\n" + hosts + b"\r\n")
        answer = await wire.answer()
        assert answer is not None
        assert (answer.status, answer.slug) == (400, "bad-request")
    async with wired(url) as wire:
        await wire.send(b"GET /healthz HTTP/1.0\r\n\r\n")
        answer = await wire.answer()
        assert answer is not None
        assert answer.status == 200


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HTTP/1.1\r\nHost: a\r\n", b"\r\n", GET + b"GET"])
async def test_an_unfinished_head_is_not_waited_for(hasty: str, sent: bytes) -> None:
    async with wired(hasty) as wire:
        await wire.send(sent)
        if sent.startswith(GET):
            assert (await wire.answer()) is not None
        answer = await wire.answer()
        assert await wire.is_closed()
    assert answer is None or (answer.status, answer.slug) == (408, "request-timeout")


@pytest.mark.parametrize("drop", [b"X-Slow: a\r\n", b"\r\n"])
async def test_dripping_does_not_buy_time(server: Server, drop: bytes) -> None:
    async with server(ConnectionLimits(head_seconds=0.4)) as url, wired(url) as wire:
        if drop != b"\r\n":
            await wire.send(b"GET /healthz HTTP/1.1\r\n")

        async def drip() -> None:
            for _ in range(95):  # fewer than there may be lines
                await wire.send(drop)
                await asyncio.sleep(0.05)

        dripping = asyncio.create_task(drip())
        assert await wire.is_closed()
        assert not dripping.done()
        dripping.cancel()
        await asyncio.gather(dripping, return_exceptions=True)


@pytest.mark.parametrize("path", ["/auth/login", "/nowhere", "/books"])
async def test_an_unfinished_body_is_not_waited_for(hasty: str, path: str) -> None:
    async with wired(hasty) as wire:
        await wire.send(f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n".encode() + b'{"email"')
        answer = await wire.answer()
        assert answer is not None
        assert answer.status in (408, 401, 404)
        assert await wire.is_closed()


async def test_an_upload_that_stands_still_is_dropped_and_one_that_is_slow_only_is_not(
    hasty: str, admin: httpx.AsyncClient, stored_files: Callable[[], list[str]]
) -> None:
    form = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        + b"Once upon a time. " * 200
        + b"\r\n--b--\r\n"
    )
    head = b"POST /books HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nAuthorization: "
    head += admin.headers["Authorization"].encode() + b"\r\nContent-Length: %d\r\n\r\n" % len(form)
    async with wired(hasty) as wire:
        await wire.send(head + form[:1000])
        answer = await wire.answer()
        assert answer is not None
        assert answer.status == 408
        assert await wire.is_closed()
    async with wired(hasty) as wire:
        await wire.send(head)
        for start in range(0, len(form), 100):
            await wire.send(form[start : start + 100])
            await asyncio.sleep(0.03)
        answer = await wire.answer()
        assert answer is not None
        assert answer.status == 201
    assert not [name for name in stored_files() if name.startswith((".incoming", "staging"))]


async def test_a_client_that_waits_for_100_continue_is_not_the_slow_one(hasty: str) -> None:
    async with wired(hasty) as wire:
        body = b'{"email": "a@b.c", "password": "wrong"}'
        head = b"POST /auth/login HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body)
        await wire.send(head)
        proceed = await wire.answer()
        assert proceed is not None
        assert proceed.status == 100
        await wire.send(body)
        answer = await wire.answer()
        assert answer is not None
        assert answer.status == 401


async def test_an_idle_connection_is_closed(hasty: str) -> None:
    async with wired(hasty) as wire:
        await wire.send(GET)
        assert await wire.answer() is not None
        assert await wire.is_closed()


@pytest.mark.parametrize(
    "unfinished", [b"GET /healthz HTTP/1.1\r\n", b"", b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n"]
)
async def test_unfinished_requests_shut_nobody_out(server: Server, unfinished: bytes) -> None:
    patient = ConnectionLimits(connections=60, per_address=40, head_seconds=600, body_window_seconds=600)
    async with server(patient) as url, AsyncExitStack() as stack:
        for n in range(150):  # from three addresses, more than there is room for
            wire = await stack.enter_async_context(wired(url, f"127.0.0.{2 + n % 3}"))
            await wire.send(unfinished)
        assert await is_well(url)  # from another address
        assert await is_well(url, "127.0.0.2")  # and from one of theirs


async def test_one_address_gets_its_share_only_and_is_told_so(server: Server, admin: httpx.AsyncClient) -> None:
    token = admin.headers["Authorization"].encode()
    stream = b"GET /documents/stream HTTP/1.1\r\nHost: a\r\nAuthorization: " + token + b"\r\n\r\n"
    async with server(ConnectionLimits(per_address=5)) as url, AsyncExitStack() as stack:
        for _ in range(5):  # these are no unfinished requests: they have their answers
            wire = await stack.enter_async_context(wired(url, "127.0.0.2"))
            await wire.send(stream)
            await wire._reader.readuntil(b"\r\n\r\n")
        async with wired(url, "127.0.0.2") as sixth:
            answer = await sixth.answer()
            assert answer is not None
            assert (answer.status, answer.slug) == (429, "too-many-connections")
            assert int(answer.headers["retry-after"]) > 0
        assert await is_well(url, "127.0.0.3")
    async with server(ConnectionLimits(per_address=5)) as url:
        for _ in range(20):  # one after another
            assert await is_well(url, "127.0.0.2")


async def test_pipelined_requests_are_answered_but_not_without_end(url: str) -> None:
    async with wired(url) as wire:
        await wire.send(GET * 5)
        assert [answer.status for answer in [await wire.answer() for _ in range(5)] if answer] == [200] * 5
    async with wired(url) as wire:
        await wire.send(GET * 3000)
        assert await wire.is_closed()
    assert await is_well(url)


async def test_an_older_request_is_told_too_that_its_client_has_gone(server: Server, app: FastAPI) -> None:
    """Of several requests on one connection it is not the newest that is being answered."""
    begun, told = asyncio.Event(), asyncio.Event()

    async def wait(request: Request) -> Response:
        begun.set()
        while (await request.receive())["type"] != "http.disconnect":
            pass
        told.set()
        return Response()

    app.add_route("/waiting", wait)
    async with server() as url, asyncio.timeout(30):
        async with wired(url) as wire:
            await wire.send(GET.replace(b"/healthz", b"/waiting") + GET)
            await begun.wait()
        assert await told.wait()


@pytest.mark.parametrize(
    "nonsense", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"GET /\xff HTTP/1.1\r\n\r\n"]
)
async def test_nonsense_is_a_problem(url: str, nonsense: bytes) -> None:
    async with wired(url) as wire:
        await wire.send(nonsense)
        answer = await wire.answer()
        assert answer is not None
        assert (answer.status, answer.slug) == (400, "bad-request")


async def test_a_stalled_upload_does_not_hold_the_shutdown(server: Server, admin: httpx.AsyncClient) -> None:
    head = b"POST /books HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nAuthorization: "
    head += admin.headers["Authorization"].encode() + b"\r\nContent-Length: 100000\r\n\r\n--b\r\nContent-Disposition: form-data"
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        async with server() as url:
            wire: Wire = await stack.enter_async_context(wired(url))
            await wire.send(head)
            await asyncio.sleep(0.2)
            begun = loop.time()
        assert loop.time() - begun < 10  # of the fifteen seconds that requests get
        assert await wire.is_closed()


def test_networks_are_counted_as_one_visitor_each() -> None:
    class Somebody:
        def evict(self) -> None:
            raise AssertionError

    door = Door(ConnectionLimits(per_address=2))
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::2"):
        assert door.admit(Somebody(), address)
    assert not door.admit(Somebody(), "2001:db8:1:2:3::3")
    assert door.admit(Somebody(), "2001:db8:1:3::3")


def test_descriptors_are_raised_as_far_as_the_system_lets_us(app: FastAPI) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
        assert raise_descriptors() == min(hard, DESCRIPTORS_WANTED)
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(hard, DESCRIPTORS_WANTED)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert configure(app, ConnectionLimits(connections=10**6)).door.limits.connections < 10**6


def test_behind_a_proxy_all_have_the_same_address(container: Container, settings: object) -> None:
    from luminalib.edge.server import connection_limits  # noqa: PLC0415 -- shown where it is meant
    from luminalib.settings import Settings  # noqa: PLC0415

    assert isinstance(settings, Settings)
    assert connection_limits(settings).per_address > 0
    assert connection_limits(settings.model_copy(update={"trusted_proxies": 1})).per_address == 0
    assert create_app(settings, container)
