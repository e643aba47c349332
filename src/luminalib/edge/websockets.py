"""WebSockets with bounds: their clients have one short message to say, and then only listen."""

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from luminalib.edge.config import EdgeConfig

MESSAGE_BYTES = 16 * 1024
WINDOW_SECONDS = 10.0
WINDOW_BYTES = 4 * MESSAGE_BYTES
"""Pings, pongs and pieces of messages count, too: whatever comes is answered or kept."""
UNREAD_BYTES = 1024 * 1024
"""How much may wait for a client that does not read it."""


class GuardedWebSocket(WebSocketsSansIOProtocol):
    """Drops who sends more than a listener has to say, or who lets what is sent pile up."""

    def __init__(
        self,
        config: EdgeConfig,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._door = config.door
        self._window_ends = 0.0
        self._window_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Feeds the parser as long as it is not too much."""
        now = self.loop.time()
        if now > self._window_ends:
            self._window_ends, self._window_bytes = now + WINDOW_SECONDS, 0
        self._window_bytes += len(data)
        if self._window_bytes > WINDOW_BYTES or self.transport.get_write_buffer_size() > UNREAD_BYTES:
            self.transport.abort()
            return
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets the connection."""
        self._door.leave(self)
        super().connection_lost(exc)

    def evict(self) -> None:
        """See Visitor."""
        self.transport.abort()
