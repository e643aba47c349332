"""What happens to every request: an id, a size limit, a log line, a measurement, safe headers."""

import asyncio
import re
import time
from collections.abc import Mapping
from functools import lru_cache
from secrets import token_hex

import structlog
from prometheus_client import Histogram
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from luminalib.api.deps import services_in
from luminalib.api.problems import fault, problem
from luminalib.api.turns import between_turns, end_turn
from luminalib.domain.auth import InvalidToken
from luminalib.domain.documents import FileTooLarge
from luminalib.domain.errors import LuminaError
from luminalib.ports.rate_limits import STANDING

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
SMALL_BODY_BYTES = 2**20
STRANGERS_BODY_BYTES = 2**14
FORM_OVERHEAD_BYTES = 2**20
SAFE_HEADERS = ((b"x-content-type-options", b"nosniff"), (b"x-frame-options", b"DENY"), (b"referrer-policy", b"no-referrer"))
# Answers are data: a browser that is made to show one must load and run nothing. Pages bring a policy of their own.
NO_CONTENT_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
NOT_KEPT = (b"cache-control", b"no-store")
HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")
DURATIONS = Histogram("luminalib_request_seconds", "Time to answer a request.", ("method", "route", "status"))
EVENTS = b"text/event-stream"
STALLED_SECONDS = 60.0
"""How long a client may take to read what fills its connection's buffers: then it has gone, though nobody has told us."""
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
        STANDING.set(None)
        structlog.contextvars.bind_contextvars(request_id=request_id)
        if self._behind_proxies and header(scope, b"x-forwarded-proto") == b"https":
            scope["scheme"] = "https"
        ours = [(b"x-request-id", request_id.encode()), *SAFE_HEADERS]
        if scope["scheme"] == "https":
            ours.append(HTTPS_ONLY)
        started, status, has_started, is_stream = time.perf_counter(), 500, False, False

        async def send_with_headers(message: Message) -> None:
            nonlocal status, has_started, is_stream
            if message["type"] == "http.response.start":
                end_turn(scope)
                status, has_started = int(message["status"]), True
                is_stream = any(name == b"content-type" and value.startswith(EVENTS) for name, value in message["headers"])
                said = {name.lower() for name, _ in message["headers"]}
                defaults = [default for default in (NO_CONTENT_POLICY, NOT_KEPT) if default[0] not in said]
                message["headers"] = [*message["headers"], *ours, *defaults, *_limits()]
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            if has_started:
                raise
            await fault(Request(scope), error)(scope, receive, send_with_headers)
        finally:
            end_turn(scope)
            _account(scope, status, time.perf_counter() - started, is_stream=is_stream)


def _limits() -> list[tuple[bytes, bytes]]:
    """What is left of the tightest limit that the request was counted by (draft-ietf-httpapi-ratelimit-headers)."""
    standing = STANDING.get()
    if standing is None:
        return []
    policy = f'"{standing.rule}";q={standing.limit};w={standing.seconds}'
    left = f'"{standing.rule}";r={standing.left};t={standing.resets_in}'
    return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", left.encode())]


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


def _account(scope: Scope, status: int, seconds: float, *, is_stream: bool) -> None:
    route = getattr(scope.get("route"), "path", "unmatched")
    if not is_stream:  # how long somebody listens is no latency
        _durations(scope["method"], route, status).observe(seconds)
    if route not in ("/healthz", "/readyz", "/metrics"):
        log.info("request", method=scope["method"], path=scope["path"], status=status, ms=round(seconds * 1000, 1))


class BodyLimit:
    """Refuses bodies that are too large before they are parsed: those of uploads by the file limit, all others above 1 MiB.

    Strangers send 16 KiB at most: FastAPI parses a body before it asks who has sent it. Where a key in the address is looked at
    before the body is read, they may send as much as members. FastAPI has a limit of its own, but it answers outside of
    `RequestContext`, and its sizes are fixed when routes are declared.
    """

    def __init__(self, app: ASGIApp, upload_limits: Mapping[str, int], open_to_strangers: str) -> None:
        """`upload_limits` are bytes by pattern of the whole path; `open_to_strangers` is a pattern, too."""
        self._open = re.compile(open_to_strangers)
        self._app = app
        self._limits = {re.compile(path): limit + FORM_OVERHEAD_BYTES for path, limit in upload_limits.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = next((limit for path, limit in self._limits.items() if path.fullmatch(scope["path"])), SMALL_BODY_BYTES)
        length = header(scope, b"content-length") or b"0"
        announced = int(length) if length.isdigit() else 0
        request, seen = Request(scope), 0
        if announced > limit:
            await _refuse(request, limit)(scope, receive, send)
            return
        is_member = self._open.fullmatch(scope["path"]) is not None
        if announced > STRANGERS_BODY_BYTES and not (is_member := is_member or await _is_from_member(request)):
            await _refuse(request, STRANGERS_BODY_BYTES)(scope, receive, send)
            return

        async def receive_limited() -> Message:
            nonlocal seen, is_member
            message = await between_turns(scope, receive)
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(413, _too_large(limit))  # the one error that FastAPI's body parser lets pass
            if seen > STRANGERS_BODY_BYTES and not (is_member := is_member or await _is_from_member(request)):
                raise HTTPException(413, _too_large(STRANGERS_BODY_BYTES))
            return message

        await self._app(scope, receive_limited, send)


class StalledClients:
    """Drops clients that read no more; the server closes the connection of an answer that was left unfinished."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_stalled = False

        async def send_in_time(message: Message) -> None:
            nonlocal has_stalled
            try:
                async with asyncio.timeout(STALLED_SECONDS):
                    await send(message)
            except TimeoutError:
                has_stalled = True
                raise

        try:
            await self._app(scope, receive, send_in_time)
        except Exception:
            if not has_stalled:
                raise
            log.warning("request.stalled", path=scope["path"])


async def _is_from_member(request: Request) -> bool:
    """Whether it carries a token that is valid now."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return False
    try:
        await services_in(request).auth.authenticate(token)
    except LuminaError:
        return False
    return True


def _refuse(request: Request, limit: int) -> Response:
    if limit == STRANGERS_BODY_BYTES and "Authorization" in request.headers:  # what is wrong is not the size
        return problem(request, 401, InvalidToken.slug, "The token is not valid, or not any more. Log in again.")
    return problem(request, 413, FileTooLarge.slug, _too_large(limit), {"max_bytes": limit})


def _too_large(limit: int) -> str:
    size = f"{limit // 2**20} MiB" if limit >= 2**20 else f"{limit // 2**10} KiB"
    return f"The request is larger than the {size} that are accepted here."
