"""Connections of httpcore to other people's servers: each name is resolved once, and what is connected to is what was judged."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from urllib.parse import urlsplit

import httpcore

from luminalib.adapters.outside.client import ANSWER_SECONDS, Answer, NoAnswer
from luminalib.adapters.outside.guard import Allowed, Resolve
from luminalib.domain.webhooks import AddressRefused

CONNECT_SECONDS = 5.0
KEPT, KEPT_SECONDS = 100, 30.0
"""How many connections are kept open after an answer, to all servers together, and for how long."""
_AGENT = "LuminaLib"
Server = tuple[bytes, bytes, int | None]
"""Scheme, host and port."""
_LIMITS = {"timeout": {"connect": CONNECT_SECONDS, "read": ANSWER_SECONDS, "write": ANSWER_SECONDS, "pool": ANSWER_SECONDS}}


@cache
def _trust() -> ssl.SSLContext:
    """Whom the machine trusts; to read that takes as long as all else that a start does here, and many never need it."""
    return ssl.create_default_context()


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Resolves, judges every address, then connects to one of them: a name that changes its mind gains nothing."""

    def __init__(self, allowed: Allowed, resolve: Resolve) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raises AddressRefused, httpcore.ConnectError."""
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} cannot be found") from error
        if not addresses:
            raise httpcore.ConnectError(f"{host} has no address")
        self._allowed.require(host, addresses)
        failure: Exception = httpcore.ConnectError()
        for address in addresses[:3]:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002 -- httpcore's interface
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 -- as above
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002 -- as above
    ) -> httpcore.AsyncNetworkStream:
        """Never."""
        raise AddressRefused

    async def sleep(self, seconds: float) -> None:
        """See httpcore."""
        await asyncio.sleep(seconds)


class Connections:
    """Keeps connections to the servers that it has talked to last, several to one with many webhooks.

    httpcore's own pool looks at all of its connections for each request, which took longer than all else with a hundred webhooks.
    """

    def __init__(self, allowed: Allowed, *, seconds: float, resolve: Resolve) -> None:
        self._seconds = seconds
        self._network = GuardedNetwork(allowed, resolve)
        self._kept: dict[Server, list[httpcore.AsyncHTTPConnection]] = {}
        self._count = 0

    async def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes, most: int) -> Answer:
        """The answer, with `most` bytes of its body, within seconds whatever the other side does. Raises NoAnswer."""
        text = b""
        try:
            async with asyncio.timeout(self._seconds), self._asked(_request(method, url, headers, body)) as answer:
                named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
                async for chunk in answer.aiter_stream():
                    text += chunk
                    if len(text) >= most:
                        break
                return Answer(answer.status, named, text[:most])
        except TimeoutError:
            raise NoAnswer(f"No whole answer within {self._seconds:.0f} seconds.", text[:most]) from None
        except AddressRefused as refused:
            raise NoAnswer(refused.detail) from refused
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as failure:
            raise NoAnswer(_words_of(failure), text[:most]) from failure

    async def close(self) -> None:
        """Ends all connections."""
        while self._kept:
            for connection in self._kept.popitem()[1]:
                await connection.aclose()
        self._count = 0

    @asynccontextmanager
    async def _asked(self, request: httpcore.Request) -> AsyncIterator[httpcore.Response]:
        """The answer, while it is read; the connection is kept when all of it was."""
        server = (request.url.scheme, request.url.host, request.url.port)
        connection = await self._idle(server) or httpcore.AsyncHTTPConnection(
            request.url.origin, ssl_context=_trust(), keepalive_expiry=KEPT_SECONDS, network_backend=self._network
        )
        try:
            answer = await connection.handle_async_request(request)
            try:
                yield answer
            finally:
                await answer.aclose()
        finally:
            if connection.is_idle():
                self._kept.setdefault(server, []).append(connection)
                self._count += 1
                if self._count > KEPT:
                    await self._taken(next(iter(self._kept)), 0).aclose()
            else:
                await connection.aclose()

    async def _idle(self, server: Server) -> httpcore.AsyncHTTPConnection | None:
        """One that is kept and still good, the last used first."""
        while server in self._kept:
            connection = self._taken(server, -1)
            if connection.is_idle() and not connection.has_expired():
                return connection
            await connection.aclose()
        return None

    def _taken(self, server: Server, at: int) -> httpcore.AsyncHTTPConnection:
        kept = self._kept[server]
        connection = kept.pop(at)
        self._count -= 1
        if not kept:
            del self._kept[server]
        return connection


def _request(method: str, url: str, headers: Mapping[str, str], body: bytes) -> httpcore.Request:
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna" if not (parts.hostname or "").isascii() else "ascii")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    address = httpcore.URL(scheme=parts.scheme.encode(), host=host, port=parts.port, target=target.encode())
    name = host.decode() if ":" not in host.decode() else f"[{host.decode()}]"
    named = name if parts.port is None else f"{name}:{parts.port}"
    sent = [("host", named), ("user-agent", _AGENT), *headers.items(), ("content-length", str(len(body)))]
    return httpcore.Request(method, address, headers=sent, content=body, extensions=_LIMITS)


def _words_of(failure: Exception) -> str:
    kind = {
        httpcore.ConnectError: "The connection could not be made",
        httpcore.ConnectTimeout: "The connection was not made in time",
        httpcore.ReadTimeout: "No answer in time",
        httpcore.ReadError: "The connection was cut",
        httpcore.WriteError: "The connection was cut",
        httpcore.RemoteProtocolError: "What came back is no whole answer",
    }.get(type(failure), "It could not be sent")
    cause = str(failure) or type(failure.__cause__ or failure).__name__
    return f"{kind} ({cause})."[:500]
