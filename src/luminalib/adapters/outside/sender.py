"""Posting to webhooks by httpcore: no redirects, no proxies of the environment, no more of an answer than is kept."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpcore
from prometheus_client import Counter

from luminalib.adapters.outside.guard import Allowed, GuardedNetwork, Resolve, require_plain, resolve
from luminalib.domain.webhooks import MAX_RESPONSE_BYTES, AddressRefused, Reply
from luminalib.ports.webhooks import WebhookSender

ANSWER_SECONDS = 15.0
"""How long all of it may take: resolving, connecting, sending, and reading what is read."""
CONNECT_SECONDS = 5.0
KEPT, KEPT_SECONDS = 100, 30.0
"""How many connections are kept open after an answer, one for each server, and for how long."""
_AGENT = "LuminaLib"

ATTEMPTS = Counter("luminalib_webhook_attempts_total", "Attempts to deliver to webhooks, by how they ended.", ("outcome",))


class HttpSender(WebhookSender):
    """Keeps a connection to each of the servers that it has talked to last.

    httpcore's own pool looks at all of its connections for each request, which took longer than all else with a hundred webhooks.
    """

    def __init__(self, allowed: Allowed, *, seconds: float = ANSWER_SECONDS, resolve: Resolve = resolve) -> None:
        self._allowed = allowed
        self._seconds = seconds
        self._tls = ssl.create_default_context()
        self._network = GuardedNetwork(allowed, resolve)
        self._kept: dict[tuple[bytes, bytes, int | None], httpcore.AsyncHTTPConnection] = {}

    def require_allowed(self, url: str) -> None:
        """See WebhookSender."""
        require_plain(url, self._allowed)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """See WebhookSender."""
        begun = time.perf_counter()
        status, error, text, retry_after = None, None, b"", None
        try:
            async with asyncio.timeout(self._seconds):
                async with self._asked(_request(url, headers, body)) as answer:
                    status = answer.status
                    retry_after = _seconds_of(answer.headers)
                    async for chunk in answer.aiter_stream():
                        text += chunk
                        if len(text) >= MAX_RESPONSE_BYTES:
                            break
        except TimeoutError:
            error = f"No whole answer within {self._seconds:.0f} seconds."
        except AddressRefused as refused:
            error = refused.detail
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as failure:
            error = _words_of(failure)
        if error is not None:
            status = None
        ATTEMPTS.labels("error" if status is None else f"{status // 100}xx").inc()
        shown = text[:MAX_RESPONSE_BYTES].decode(errors="replace").replace("\0", "\ufffd")
        return Reply(
            status=status, ms=round((time.perf_counter() - begun) * 1000), error=error, text=shown, retry_after=retry_after
        )

    async def close(self) -> None:
        """Ends all connections."""
        while self._kept:
            await self._kept.popitem()[1].aclose()

    @asynccontextmanager
    async def _asked(self, request: httpcore.Request) -> AsyncIterator[httpcore.Response]:
        """The answer, while it is read; the connection is kept when all of it was."""
        server = (request.url.scheme, request.url.host, request.url.port)
        connection = self._kept.pop(server, None)
        if connection is not None and (connection.has_expired() or not connection.is_idle()):
            await connection.aclose()
            connection = None
        if connection is None:
            connection = httpcore.AsyncHTTPConnection(
                request.url.origin, ssl_context=self._tls, keepalive_expiry=KEPT_SECONDS, network_backend=self._network
            )
        try:
            answer = await connection.handle_async_request(request)
            try:
                yield answer
            finally:
                await answer.aclose()
        finally:
            if connection.is_idle() and server not in self._kept and len(self._kept) < KEPT:
                self._kept[server] = connection
            else:
                await connection.aclose()


_LIMITS = {"timeout": {"connect": CONNECT_SECONDS, "read": ANSWER_SECONDS, "write": ANSWER_SECONDS, "pool": ANSWER_SECONDS}}


def _request(url: str, headers: Mapping[str, str], body: bytes) -> httpcore.Request:
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna" if not (parts.hostname or "").isascii() else "ascii")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    address = httpcore.URL(scheme=parts.scheme.encode(), host=host, port=parts.port, target=target.encode())
    name = host.decode() if ":" not in host.decode() else f"[{host.decode()}]"
    named = name if parts.port is None else f"{name}:{parts.port}"
    sent = [("host", named), ("user-agent", _AGENT), *headers.items(), ("content-length", str(len(body)))]
    return httpcore.Request("POST", address, headers=sent, content=body, extensions=_LIMITS)


def _seconds_of(headers: list[tuple[bytes, bytes]]) -> float | None:
    """What Retry-After asks for: seconds, or a date."""
    given = next((value.decode("latin-1").strip() for name, value in headers if name.lower() == b"retry-after"), "")
    if given.isascii() and given.isdigit():
        return float(given[:9])
    with suppress(ValueError, TypeError):
        at = parsedate_to_datetime(given)
        return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())
    return None


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
