"""Hints between the processes that serve one PostgreSQL, by its LISTEN and NOTIFY."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import asyncpg
import structlog

from luminalib.adapters.events.memory import MemoryEventBus

CHANNEL = "luminalib_events"
RECONNECT_SECONDS = 1.0
PING_SECONDS = 30.0
log = structlog.get_logger(__name__)


class PostgresEventBus(MemoryEventBus):
    """Wakes the listeners of this process at once, and those of the others through the database.

    While the connection is away nothing is lost: listeners look at the table by themselves every other second.
    """

    def __init__(self, dsn: str) -> None:
        super().__init__()
        self._dsn = dsn
        self._topics: set[str] = set()
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to listen to the others."""
        ready = asyncio.Event()
        self._task = asyncio.create_task(self._run(ready.set), name="postgres-events")
        with suppress(TimeoutError):  # streams work without, only later
            async with asyncio.timeout(5):
                await ready.wait()

    async def stop(self) -> None:
        """Ends the connection."""
        self.close()
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def publish(self, topic: str) -> None:
        """See EventBus. Hints that wait to be sent are kept once each."""
        super().publish(topic)
        self._topics.add(topic)
        self._news.set()

    async def _run(self, ready: Callable[[], None]) -> None:
        while True:
            try:
                await self._connected(ready)
            except Exception as error:  # noqa: BLE001 -- whatever it is: streams need somebody who listens
                log.warning("events.disconnected", reason=str(error) or type(error).__name__)
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _connected(self, ready: Callable[[], None]) -> None:
        connection = await asyncpg.connect(self._dsn)
        try:
            await connection.add_listener(CHANNEL, self._heard)
            connection.add_termination_listener(lambda _: self._news.set())  # so that the loop finds out and connects again
            ready()
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(PING_SECONDS):
                        await self._news.wait()
                self._news.clear()
                topics, self._topics = self._topics, set()
                # Without topics, too: it shows that the connection is still there.
                await connection.execute("SELECT pg_notify($1, topic) FROM unnest($2::text[]) AS topic", CHANNEL, [*topics])
        finally:
            connection.terminate()

    def _heard(self, connection: Any, pid: int, _channel: str, topic: object) -> None:
        if pid != connection.get_server_pid():  # its own hints have been given already
            super().publish(str(topic))
