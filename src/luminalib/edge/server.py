"""uvicorn as this library runs it."""

import socket
from dataclasses import replace

import uvicorn
from fastapi import FastAPI

from luminalib.edge.config import EdgeConfig
from luminalib.edge.door import DESCRIPTORS_KEPT, ConnectionLimits, raise_descriptors
from luminalib.edge.http import GuardedHttp
from luminalib.edge.websockets import MESSAGE_BYTES, GuardedWebSocket
from luminalib.ports.events import EventBus
from luminalib.settings import Settings

DRAIN_SECONDS = 15
BACKLOG = 2048


def connection_limits(settings: Settings) -> ConnectionLimits:
    """The bounds that the settings give; behind proxies all clients have the proxy's address."""
    given = settings.connections
    return ConnectionLimits(
        connections=given.most,
        per_address=0 if settings.trusted_proxies else given.per_address,
        head_bytes=given.head_kib * 1024,
        head_lines=given.head_lines,
        head_seconds=given.head_seconds,
        idle_seconds=given.idle_seconds,
        body_bytes_per_second=given.body_bytes_per_second,
        body_window_seconds=given.body_window_seconds,
    )


def configure(app: FastAPI, limits: ConnectionLimits, *, port: int = 0) -> EdgeConfig:
    """The configuration of a server; never more connections than there are descriptors for them."""
    most = max(1, raise_descriptors() - DESCRIPTORS_KEPT)
    return EdgeConfig(
        app,
        replace(limits, connections=min(limits.connections, most)),
        port=port,
        http=GuardedHttp,
        ws=GuardedWebSocket,
        ws_max_size=MESSAGE_BYTES,
        ws_per_message_deflate=False,  # 14 KB of it can be 15 MiB of JSON
        timeout_keep_alive=limits.idle_seconds,
        backlog=BACKLOG,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # LUMINALIB_TRUSTED_PROXIES decides whom to believe
        lifespan="on",
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


class Server(uvicorn.Server):
    """Ends the event streams first when it goes down: uvicorn by itself waits for their clients to leave."""

    def __init__(self, config: EdgeConfig, bus: EventBus) -> None:
        super().__init__(config)
        self._door = config.door
        self._bus = bus

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes no more connections and lets the open ones finish; what stands still is closed."""
        self._bus.close()
        self._door.is_closing = True
        await super().shutdown(sockets)
