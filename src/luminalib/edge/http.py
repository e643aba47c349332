"""HTTP connections with bounds: uvicorn by itself waits for ever, and keeps every header that comes."""

import asyncio
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from luminalib.api.middleware import STRANGERS_BODY_BYTES
from luminalib.edge.config import EdgeConfig

RETRY_AFTER_SECONDS = 5
PIPELINED_MAX = 8
"""How many requests may wait behind the one that is answered."""
CHUNKS_FREE, CHUNK_BYTES = 1000, 64
"""A body may come in so many chunks of any size; beyond them they have that many bytes on average. Each chunk is a call of ours: a
stranger's body of single bytes kept everybody else waiting for seconds."""
CLOSING_WINDOW_SECONDS = 2.0
"""For how long a body may stand still while the server goes down."""


class _Refused(Exception):
    """Ends the parsing; the connection knows what to say."""


class GuardedHttp(HttpToolsProtocol):
    """Bounds the bytes and the number of headers (and trailers), the time they take, and how slowly a body may come."""

    config: EdgeConfig

    def __init__(
        self,
        config: EdgeConfig,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._door = config.door
        self._limits = config.door.limits
        self._timer: asyncio.TimerHandle | None = None
        self._refusal: tuple[HTTPStatus, str, str] | None = None
        self._is_open = self._in_head = False  # whether a request is being read, and whether its head still is
        self._steps = self._lines = self._head_bytes = self._unseen_bytes = self._body_bytes = self._window_bytes = 0
        self._hosts = self._chunks = 0
        self._answered: RequestResponseCycle | None = None

    # ------------------------------------------------------------------------------------------------ what the transport says

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Takes the connection, if there is room."""
        super().connection_made(transport)
        if not self._door.admit(self, self.client[0] if self.client else None):
            self._refuse(HTTPStatus.TOO_MANY_REQUESTS, "too-many-connections", "Too many connections are open. Close some first.")
            return
        self._door.begins(self)
        self._wait(self._limits.head_seconds, self._head_is_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets the connection. uvicorn tells the newest request of it; what is being answered may be an older one."""
        self._door.leave(self)
        self._disarm()
        if self._answered is not None and not self._answered.response_complete:
            self._answered.disconnected = True
            self._answered.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feeds the parser, and looks afterwards what the client still owes us."""
        if self.parser is None or self.transport.is_closing():
            return
        began_open, steps = self._is_open, self._steps
        self._window_bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing() or self.parser is None or self.transport.get_protocol() is not self:
            return
        has_progressed = not began_open or self._steps != steps
        self._unseen_bytes = 0 if has_progressed else self._unseen_bytes + len(data)
        if self._is_open and self._unseen_bytes > self._limits.head_bytes:  # one line without an end
            self._refuse_head()
            return
        self._watch()

    # ------------------------------------------------------------------------------------------------ what the parser says

    def on_message_begin(self) -> None:
        """A new request."""
        self._is_open = self._in_head = True
        self._steps += 1
        self._lines = self._head_bytes = self._unseen_bytes = self._body_bytes = self._hosts = self._chunks = 0
        if len(self.pipeline) >= PIPELINED_MAX:
            self._refusal = (HTTPStatus.TOO_MANY_REQUESTS, "too-many-requests", "Wait for the answers before you ask for more.")
            raise _Refused
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header; trailers are counted, and otherwise passed over."""
        self._steps += 1
        self._lines += 1
        self._count(len(name) + len(value))
        if self._in_head:
            self._hosts += name.lower() == b"host"
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole: the application gets the request."""
        if self._hosts > 1 or (not self._hosts and self.parser.get_http_version() == "1.1"):
            # RFC 9112, 3.2: a proxy in front of us may have read the other one.
            self._refusal = (HTTPStatus.BAD_REQUEST, "bad-request", "A request names its host, and one only.")
            raise _Refused
        self._in_head = False
        self._disarm()
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        """The size of the next piece of a chunked body."""
        self._chunks += 1
        if self._chunks > CHUNKS_FREE + self._body_bytes // CHUNK_BYTES:
            self._refusal = (HTTPStatus.BAD_REQUEST, "bad-request", "The chunks of the body are too small. Send larger ones.")
            raise _Refused

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._steps += 1
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._is_open = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is out; what is left of the request must come soon."""
        super().on_response_complete()
        if not self.transport.is_closing():
            self._watch()

    def handle_websocket_upgrade(self) -> None:
        """Hands the connection to the WebSocket protocol."""
        self._disarm()
        super().handle_websocket_upgrade()
        self._door.hand_over(self, self.transport.get_protocol())  # type: ignore[arg-type]  # uvicorn's Config made it ours

    def send_400_response(self, msg: str) -> None:
        """Says what was wrong, as a problem."""
        self._refuse(*(self._refusal or (HTTPStatus.BAD_REQUEST, "bad-request", msg)))

    def shutdown(self) -> None:
        """Lets the request that is under way come to its end, unless it stands still."""
        super().shutdown()
        self._disarm()
        if not self.transport.is_closing():
            self._watch()

    def evict(self) -> None:
        """See Visitor."""
        self._refuse(HTTPStatus.REQUEST_TIMEOUT, "request-timeout", "The server is busy, and this request was not finished yet.")

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    # ------------------------------------------------------------------------------------------------ bounds

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > self._limits.head_bytes or self._lines > self._limits.head_lines:
            self._refusal = self._too_large()
            raise _Refused

    def _too_large(self) -> tuple[HTTPStatus, str, str]:
        most = f"{self._limits.head_bytes // 1024} KiB in {self._limits.head_lines} lines"
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers-too-large", f"The headers of a request have at most {most}."

    def _refuse_head(self) -> None:
        self._refuse(*self._too_large())

    def _watch(self) -> None:
        """Waits for what the client owes: the rest of a head, the rest of a body, or (uvicorn does that) its next request."""
        if not self._is_open:
            self._rest()
        elif self._in_head:
            self._door.begins(self)
            self._wait(self._limits.head_seconds, self._head_is_late)
        else:
            if self._body_bytes > STRANGERS_BODY_BYTES:  # `BodyLimit` has seen a valid token
                self._door.has_asked(self)
            self._wait_for_body()

    def _rest(self) -> None:
        is_idle = self.cycle is None or self.cycle.response_complete
        if not is_idle:
            self._door.has_asked(self)
            self._disarm()
        elif self.timeout_keep_alive_task is None:  # what came was neither a request nor the end of one
            self._door.begins(self)
            self._wait(self._limits.head_seconds, self._head_is_late)
        else:
            self._door.begins(self)
            self._disarm()

    def _wait_for_body(self) -> None:
        window = CLOSING_WINDOW_SECONDS if self._door.is_closing else self._limits.body_window_seconds
        if self._timer is None:
            self._window_bytes = 0
            self._wait(window, self._look_at_body)

    def _look_at_body(self) -> None:
        self._timer = None
        if not self._is_open or self.transport.is_closing():
            return
        if self.cycle.response_complete:  # it was answered long ago, and still comes
            self.transport.close()
            return
        is_ours_to_wait_for = self.flow.read_paused or self.cycle.waiting_for_100_continue
        least = 1 if self._door.is_closing else self._limits.body_bytes_per_second * self._limits.body_window_seconds
        if is_ours_to_wait_for or self._window_bytes >= least:
            self._wait_for_body()
            return
        self._refuse(HTTPStatus.REQUEST_TIMEOUT, "request-timeout", "The request came too slowly. Send it again.")

    def _head_is_late(self) -> None:
        self._timer = None
        if self._is_open:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "request-timeout", "The headers took too long. Send the request again.")
        else:
            self.transport.close()

    def _wait(self, seconds: float, then: Callable[[], None]) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(seconds, then)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: HTTPStatus, slug: str, detail: str) -> None:
        """Answers, unless an answer is on its way already, and closes the connection."""
        self._disarm()
        if self.transport.is_closing():
            return
        is_in_body = self._is_open and not self._in_head
        if self.cycle is None or not self.cycle.response_started or (self.cycle.response_complete and not is_in_body):
            self.transport.write(_answer(status, slug, detail))
        self.transport.close()


def _answer(status: HTTPStatus, slug: str, detail: str) -> bytes:
    problem = {"type": f"/problems/{slug}", "title": status.phrase, "status": int(status), "detail": detail, "instance": "/"}
    body = json.dumps(problem).encode()
    lines = [
        f"HTTP/1.1 {int(status)} {status.phrase}",
        "content-type: application/problem+json",
        f"content-length: {len(body)}",
        "connection: close",
        "cache-control: no-store",
        "x-content-type-options: nosniff",
    ]
    if status is HTTPStatus.TOO_MANY_REQUESTS:
        lines.append(f"retry-after: {RETRY_AFTER_SECONDS}")
    return "\r\n".join([*lines, "", ""]).encode() + body
