"""Opening and closing the whole."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db import migrations
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.api.deps import Services
from luminalib.container.adapters import open_adapters
from luminalib.container.conversations import open_conversations, open_knowledge
from luminalib.container.crm import crm_tools
from luminalib.container.database import database_of
from luminalib.container.jobs import open_notes, open_runner
from luminalib.container.llm import introduce
from luminalib.container.rounds import Rounds
from luminalib.container.services import make_services
from luminalib.container.webhooks import open_deliveries, webhook_tools
from luminalib.ports.clock import Clock
from luminalib.ports.llm import LLMProvider
from luminalib.ports.tenants import Concern
from luminalib.services.health import HealthService, Part
from luminalib.settings import Settings
from luminalib.steps.tenants import Tenants

WARM_EVERY = timedelta(minutes=1)
"""How often rankings are brought up to date with the catalogue and the newest model, so that no request has to."""

REWORD_EVERY = timedelta(hours=1)
"""How often is looked whether another version has left books that are searched by other words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Container:
    """What entry points need: the use cases, and the bus that ends streams when the server goes down."""

    services: Services
    bus: MemoryEventBus
    database: SqlDatabase
    tenants: Tenants


@asynccontextmanager
async def open_container(
    settings: Settings, *, clock: Clock | None = None, llm: LLMProvider | None = None, run_jobs: bool = True
) -> AsyncIterator[Container]:
    """Opens everything and closes it in the opposite order; `clock` and `llm` take the place of those that the settings choose.

    Raises Unavailable when a part cannot be reached.
    """
    async with AsyncExitStack() as stack:
        adapters = await open_adapters(settings, stack, clock or SystemClock(), llm)
        parts = {
            "database": Part(check=adapters.database.check),
            "storage": Part(check=adapters.storage.check),
            "llm": Part(check=adapters.llm.check, is_hard=False),
            "passages": Part(check=adapters.index.check, is_hard=False),
        }
        rounds = Rounds(adapters.tenants.active)
        crm = crm_tools(settings, adapters, stack)
        if run_jobs:
            parts["jobs"] = Part(check=(await open_runner(settings, adapters, stack, rounds, crm)).check)
            parts["rounds"] = Part(check=rounds.check, is_hard=False)
        if run_jobs and settings.knowledge_dir:
            parts["knowledge"] = open_knowledge(settings, settings.knowledge_dir, adapters, stack, rounds)
        if run_jobs and settings.llm != "extractive":
            introduce(adapters.llm, stack)
        webhooks = webhook_tools(settings, adapters, stack)
        if run_jobs:
            parts["webhooks"] = await open_deliveries(webhooks, adapters, stack)
        conversations = await open_conversations(settings, adapters, stack, rounds, is_server=run_jobs)
        notes = await open_notes(adapters, stack, rounds)
        services = make_services(settings, adapters, HealthService(parts), notes, conversations, webhooks, crm)
        if run_jobs:
            ranked = partial(adapters.register.concerned, Concern.RANKED)
            rounds.begin(stack, "rankings", WARM_EVERY, services.recommendations.warm, ranked)
            rounds.begin(stack, "words", REWORD_EVERY, services.books.reword)
        yield Container(services=services, bus=adapters.bus, database=adapters.database, tenants=adapters.tenants)


async def migrate(settings: Settings) -> None:
    """Brings the database to the newest schema, and secures it."""
    database = database_of(settings)
    try:
        await migrations.upgrade(database, again=True)
    finally:
        await database.close()
