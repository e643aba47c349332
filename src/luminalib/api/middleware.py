"""What happens to every request: an id, a size limit, a log line, a measurement, safe headers."""

import re
import time
from functools import lru_cache
from secrets import token_hex

import structlog
from prometheus_client import Histogram
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from luminalib.api.problems import problem
from luminalib.domain.documents import FileTooLarge

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
SMALL_BODY_BYTES = 2**20
FORM_OVERHEAD_BYTES = 2**20
SAFE_HEADERS = ((b"x-content-type-options", b"nosniff"), (b"x-frame-options", b"DENY"), (b"referrer-policy", b"no-referrer"))
# Answers are data: a browser that is made to show one must load and run nothing. The documentation's pages are the exception.
NO_CONTENT_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")
PAGES = ("/docs", "/redoc")
DURATIONS = Histogram("luminalib_request_seconds", "Time to answer a request.", ("method", "route", "status"))
log = structlog.get_logger("luminalib.access")


class RequestContext:
    """Gives each request an id (the client's own where it is sane), which its answer, log lines and faults carry.

    Behind trusted proxies it also believes them when they say that the client came by https.
    """

    def __init__(self, app: ASGIApp, *, behind_proxies: bool) -> None:
        self._app = app
        self._behind_proxies = behind_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI. Each request has a context of its own, so what is bound here needs no unbinding."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        structlog.contextvars.bind_contextvars(request_id=request_id)
        if self._behind_proxies and header(scope, b"x-forwarded-proto") == b"https":
            scope["scheme"] = "https"
        ours = [(b"x-request-id", request_id.encode()), *SAFE_HEADERS]
        if not scope["path"].startswith(PAGES):
            ours.append(NO_CONTENT_POLICY)
        if scope["scheme"] == "https":
            ours.append(HTTPS_ONLY)
        started, status = time.perf_counter(), 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                message["headers"] = [*message["headers"], *ours]
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            _account(scope, status, time.perf_counter() - started)


def _request_id(scope: Scope) -> str:
    """The client's own where it is sane, else a new one."""
    proposed = header(scope, b"x-request-id")
    if proposed and _REQUEST_ID.fullmatch(proposed.decode("latin-1")):
        return proposed.decode("latin-1")
    return token_hex(16)


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header of that (lower-case) name."""
    return next((value for key, value in scope["headers"] if key == name), None)


@lru_cache(maxsize=1024)
def _durations(method: str, route: str, status: int) -> Histogram:
    return DURATIONS.labels(method, route, str(status))


def _account(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "unmatched")
    _durations(scope["method"], route, status).observe(seconds)
    if route not in ("/healthz", "/readyz", "/metrics"):
        log.info("request", method=scope["method"], path=scope["path"], status=status, ms=round(seconds * 1000, 1))


class BodyLimit:
    """Refuses bodies that are too large before they are parsed: those of uploads by the file limit, all others above 1 MiB."""

    def __init__(self, app: ASGIApp, max_upload_bytes: int) -> None:
        self._app = app
        self._max_upload = max_upload_bytes + FORM_OVERHEAD_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_form = (header(scope, b"content-type") or b"").startswith(b"multipart/form-data")
        limit = self._max_upload if is_form else SMALL_BODY_BYTES
        length = header(scope, b"content-length") or b"0"
        if length.isdigit() and int(length) > limit:
            await self._refuse(scope, receive, send, limit)
            return
        seen = 0

        async def receive_limited() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise FileTooLarge(f"The request is larger than {limit // 2**20} MiB.", max_bytes=limit)
            return message

        await self._app(scope, receive_limited, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        detail = f"The request is larger than the {limit // 2**20} MiB that are accepted here."
        response = problem(Request(scope), 413, FileTooLarge.slug, detail, {"max_bytes": limit})
        await response(scope, receive, send)
