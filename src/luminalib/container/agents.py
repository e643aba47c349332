"""The agents, given their tools."""

from collections.abc import Mapping

from luminalib.adapters.triage.reading import RuleFieldReader
from luminalib.container.adapters import Adapters
from luminalib.container.conversations import open_answerer
from luminalib.container.inquiries import triage_policies
from luminalib.domain.auth import Principal
from luminalib.domain.conversations import Answer, Style
from luminalib.domain.llm import Price
from luminalib.services.agents import AgentService, AgentTools, ExtractAgent, QualifyAgent, ReplyAgent
from luminalib.services.conversations import Question
from luminalib.settings import Settings


def agent_service(settings: Settings, a: Adapters, prices: Mapping[str, Price]) -> AgentService:
    """Who runs agents; a reply is answered as a member's question is."""
    answerer = open_answerer(settings, a, a.llm)
    reader = RuleFieldReader()

    async def answer(by: Principal, question: str) -> Answer:
        happenings = [one async for one in answerer.answer(by, Question(text=question, style=Style.FRIENDLY))]
        return next(one for one in happenings if isinstance(one, Answer))

    tools = AgentTools(
        uow=a.uow,
        agents=(ReplyAgent(answer, prices), QualifyAgent(), ExtractAgent(reader)),
        reader=reader,
        policies=triage_policies(settings, a),
        limiter=a.limiter,
        clock=a.clock,
    )
    return AgentService(tools)
