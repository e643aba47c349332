"""A library whose webhooks are received by a server of the tests' own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from accounts import Library, opened
from fakes import FakeClock
from luminalib.adapters.db.deliveries import SqlDeliveryLedger
from luminalib.services.webhooks import DeliveryService
from luminalib.settings import LoanSettings, Settings
from receiver import Receiver, receiving

NOW = datetime.now(UTC).replace(microsecond=0)
BASE = "https://library.example.org/lib"


@dataclass(frozen=True, slots=True)
class House:
    """A library whose webhooks are delivered when the test says so."""

    library: Library
    admin: httpx.AsyncClient
    receiver: Receiver
    clock: FakeClock
    deliveries: DeliveryService

    async def hook(self, path: str = "/200", **more: Any) -> dict[str, Any]:
        made = await self.admin.post("/webhooks", json={"url": self.receiver.url + path, **more})
        assert made.status_code == 201, made.text
        found: dict[str, Any] = made.json()
        return found

    async def attempts(self, webhook: dict[str, Any]) -> list[dict[str, Any]]:
        """The oldest first."""
        listed = await self.admin.get(f"/webhooks/{webhook['id']}/attempts", params={"size": 100})
        found: list[dict[str, Any]] = listed.raise_for_status().json()["items"]
        return found[::-1]

    async def state(self, webhook: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = (await self.admin.get(f"/webhooks/{webhook['id']}")).raise_for_status().json()
        return found

    async def pass_time(self, by: timedelta) -> None:
        self.clock.advance(by)
        await self.deliveries.deliver_due()


@asynccontextmanager
async def opened_house(settings: Settings) -> AsyncIterator[House]:
    clock = FakeClock(NOW)
    rules = LoanSettings(period_days=10, grace_days=0)
    changes = {"rate_limits": "off", "loans": rules, "webhooks_allow": "127.0.0.0/8", "public_url": BASE, "access_minutes": 144_000}
    async with opened(settings, clock=clock, **changes) as library, receiving() as receiver:
        tools = library.container.services.webhooks._tools
        deliveries = DeliveryService(tools, SqlDeliveryLedger(library.container.database), f"test:1:{uuid4().hex}")
        yield House(library, await library.join("admin"), receiver, clock, deliveries)
