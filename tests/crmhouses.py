"""A library beside somebody's CRM."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import sqlalchemy as sa

from accounts import Library, opened
from fakes import FakeClock
from hubspotlike import TOKEN, HubSpotLike, hubspot_like
from luminalib.adapters.db.jobs import jobs
from luminalib.domain.crm import sync_crm
from luminalib.services.crm import CrmSyncService
from luminalib.settings import Settings
from sources import BASE

NOW = datetime.now(UTC).replace(microsecond=0)
GRACE = "grace@school.example"
MAPPING = {"email": "email", "first_name": "firstname", "last_name": "lastname", "phone": "phone", "score": "library_score"}
CHANGES = {"rate_limits": "off", "webhooks_allow": "127.0.0.0/8", "access_minutes": 144_000, "public_url": BASE}


@dataclass(frozen=True, slots=True)
class House:
    """A library beside somebody's CRM; syncs are made when the test says so."""

    library: Library
    admin: httpx.AsyncClient
    crm: HubSpotLike
    clock: FakeClock
    syncing: CrmSyncService

    async def connect(self, **more: Any) -> str:
        body = {"kind": "hubspot", "url": self.crm.url, "token": TOKEN, "mapping": MAPPING, **more}
        made = await self.admin.post("/crm/connections", json=body)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def qualify(self, email: str = GRACE, name: str = "Grace Hopper", phone: str | None = None) -> str:
        letter = {"message": "We would like to buy 200 licences for our school.", "email": email, "name": name, "phone": phone}
        sent = await self.admin.post("/inquiries", json=letter)
        inquiry = str(sent.raise_for_status().json()["id"])
        (await self.admin.patch(f"/inquiries/{inquiry}", json={"state": "qualified"})).raise_for_status()
        return inquiry

    async def sync(self, connection_id: str) -> dict[str, Any]:
        """Does the job; the sync that came of it."""
        await self.syncing.sync(sync_crm(connection_id, "main", self.clock.now()))
        return await self.last(connection_id)

    async def last(self, connection_id: str) -> dict[str, Any]:
        self.clock.advance(timedelta(seconds=1))
        found: dict[str, Any] = (await self.admin.get(f"/crm/connections/{connection_id}/syncs")).json()["items"][0]
        return {name: found[name] for name in ("state", "pushed", "pulled", "conflicts")}

    async def contact(self, connection_id: str) -> dict[str, Any]:
        (found,) = (await self.admin.get(f"/crm/connections/{connection_id}/contacts")).json()["items"]
        return dict(found)

    async def contacts(self, connection_id: str) -> list[dict[str, Any]]:
        return [*(await self.admin.get(f"/crm/connections/{connection_id}/contacts", params={"size": 100})).json()["items"]]

    async def errors(self, connection_id: str) -> dict[str, str]:
        return {one["email"]: one["error"] for one in await self.contacts(connection_id) if one["error"]}

    async def open_jobs(self) -> int:
        waiting = sa.select(sa.func.count()).where(jobs.c.name == "sync_crm", jobs.c.status == "waiting")
        async with self.library.container.database.owner.connect() as connection:
            return await connection.scalar(waiting) or 0


@asynccontextmanager
async def opened_house(settings: Settings) -> AsyncIterator[House]:
    clock = FakeClock(NOW)
    async with (
        hubspot_like() as crm,
        opened(settings, clock=clock, **CHANGES) as library,
    ):
        syncing = CrmSyncService(library.container.services.crm._tools)
        yield House(library, await library.join("admin"), crm, clock, syncing)


def told(**counts: int) -> dict[str, Any]:
    return {"state": "success", "pushed": 0, "pulled": 0, "conflicts": 0, **counts}
