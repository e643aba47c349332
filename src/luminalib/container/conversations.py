"""Conversations, and what keeps them whole over stops and starts."""

from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

from luminalib.container.adapters import Adapters
from luminalib.container.rounds import Rounds
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.errors import Unavailable
from luminalib.services.conversations import Answerer, ConversationService, Tools
from luminalib.services.health import Part
from luminalib.services.knowledge import KnowledgeService
from luminalib.settings import Settings

LOOK_EVERY = timedelta(minutes=1)


async def open_conversations(settings: Settings, a: Adapters, stack: AsyncExitStack, *, is_server: bool) -> ConversationService:
    """The service; a server says of questions that it finds unanswered that they were interrupted, and stops its own at the end."""
    answerer = Answerer(a.uow, a.views.books, a.retriever, settings.refusal)
    tools = Tools(uow=a.uow, bus=a.bus, answerer=answerer, limiter=a.limiter, authority=a.authority, clock=a.clock)
    conversations = ConversationService(tools)
    if is_server:
        with suppress(Unavailable):
            for tenant_id in await a.tenants.active():
                await conversations.mark_interrupted(tenant_id)
        stack.push_async_callback(conversations.close)
    return conversations


def open_knowledge(settings: Settings, folder: Path, a: Adapters, stack: AsyncExitStack, rounds: Rounds) -> Part:
    """Keeps the knowledge directory in step from now on; what tells how far it is."""
    knowledge = KnowledgeService(a.uow, a.storage, a.clock, folder, a.tenants, max_bytes=settings.max_upload_mib * 2**20)
    rounds.begin(stack, "knowledge", LOOK_EVERY, knowledge.keep_in_step)
    return Part(check=partial(knowledge.check, MAIN_TENANT), is_hard=False)
