"""Conversations, and what keeps them whole over stops and starts."""

from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

from luminalib.adapters.processes import is_dead, own_name
from luminalib.container.adapters import Adapters
from luminalib.container.rounds import Rounds
from luminalib.domain.answer_rules import AnswerRules
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.errors import Unavailable
from luminalib.domain.llm import AnswerWay
from luminalib.ports.conversing import ConversingModel
from luminalib.ports.llm import LLMProvider
from luminalib.ports.tenants import Concern
from luminalib.services.conversations import Agent, Answerer, ConversationService, Finder, ToolBox, Tools, Ways
from luminalib.services.health import Part
from luminalib.services.knowledge import KnowledgeService
from luminalib.settings import Settings
from luminalib.steps.answer_rules import AnswerRulebook

LOOK_EVERY = timedelta(minutes=1)
LEEWAY = timedelta(minutes=1)
"""Beyond what a model may take, for all else that an answer takes."""


async def open_conversations(
    settings: Settings, a: Adapters, stack: AsyncExitStack, rounds: Rounds, *, is_server: bool
) -> ConversationService:
    """The service; a server says of questions that it finds unanswered that they were interrupted, and stops its own at the end."""
    process = own_name()
    tools = Tools(
        uow=a.uow,
        views=a.views.conversations,
        bus=a.bus,
        answerer=open_answerer(settings, a, a.llm),
        limiter=a.limiter,
        authority=a.authority,
        clock=a.clock,
        process=process,
        has_gone=partial(is_dead, own=process),
        longest=timedelta(seconds=settings.answers.seconds) + LEEWAY,
    )
    conversations = ConversationService(tools)
    unanswered = partial(a.register.concerned, Concern.UNANSWERED)
    if is_server:
        with suppress(Unavailable):
            for tenant_id in await unanswered():
                await conversations.mark_interrupted(tenant_id)
        rounds.begin(stack, "answers", LOOK_EVERY, conversations.mark_interrupted, unanswered)
        stack.push_async_callback(conversations.close)
    return conversations


def open_answerer(settings: Settings, a: Adapters, llm: LLMProvider | None) -> Answerer:
    """Who answers: with the tenant's model if there is one and the settings let it, by the library's own sentences otherwise."""
    answers = settings.answers
    finder = Finder(a.uow, a.views.passages, a.retriever)
    tools = ToolBox(a.uow, finder, a.views.books, a.views.reviews)
    rules = AnswerRulebook(a.tenants, AnswerRules(refusal=settings.refusal, sure=answers.confidence))
    agents: dict[ConversingModel, Agent] = {}

    async def agent_of(tenant_id: str) -> Agent | None:
        model = (await llm.engine_of(tenant_id)).conversing if llm and answers.by != "extractive" else None
        if model is None:
            return None
        if model not in agents:
            ways = Ways(model, None if answers.by == "auto" else AnswerWay(answers.by))
            agents[model] = Agent(model=model, ways=ways, tools=tools, most_tokens=answers.budget)
        return agents[model]

    return Answerer(
        finder=finder,
        tools=tools,
        rules=rules,
        agent_of=agent_of,
        seconds=answers.seconds,
        characters=answers.passage_characters,
    )


def open_knowledge(settings: Settings, folder: Path, a: Adapters, stack: AsyncExitStack, rounds: Rounds) -> Part:
    """Keeps the knowledge directory in step from now on; what tells how far it is."""
    knowledge = KnowledgeService(a.uow, a.storage, a.clock, folder, a.tenants, max_bytes=settings.max_upload_mib * 2**20)
    rounds.begin(stack, "knowledge", LOOK_EVERY, knowledge.keep_in_step)
    return Part(check=partial(knowledge.check, MAIN_TENANT), is_hard=False)
