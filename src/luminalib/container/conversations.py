"""Conversations, and what keeps them whole over stops and starts."""

from contextlib import AsyncExitStack, suppress

from luminalib.container.adapters import Adapters
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.errors import Unavailable
from luminalib.services.conversations import Answerer, ConversationService, Tools
from luminalib.settings import Settings


async def open_conversations(settings: Settings, a: Adapters, stack: AsyncExitStack, *, is_server: bool) -> ConversationService:
    """The service; a server says of questions that it finds unanswered that they were interrupted, and stops its own at the end."""
    answerer = Answerer(a.uow, a.retriever, settings.refusal)
    tools = Tools(uow=a.uow, bus=a.bus, answerer=answerer, limiter=a.limiter, authority=a.authority, clock=a.clock)
    conversations = ConversationService(tools)
    if is_server:
        with suppress(Unavailable):
            await conversations.mark_interrupted(MAIN_TENANT)
        stack.push_async_callback(conversations.close)
    return conversations
