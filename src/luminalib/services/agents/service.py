"""Running agents, and standing for what they made."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

import structlog

from luminalib.domain.agents import AgentName, AgentRun, TextEmptied
from luminalib.domain.auth import Principal, require_staff
from luminalib.domain.inquiries import Inquiry, InquiryRecord, InquiryStep
from luminalib.domain.inquiry_rules import classify
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory
from luminalib.ports.rate_limits import RateLimiter, Rule
from luminalib.ports.triage import FieldReader
from luminalib.services.agents.agents import Agent
from luminalib.steps.qualifying import note_qualified
from luminalib.steps.triage_policies import TriagePolicies

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentTools:
    """What agents are run with."""

    uow: UnitOfWorkFactory
    agents: Sequence[Agent]
    reader: FieldReader
    policies: TriagePolicies
    limiter: RateLimiter
    clock: Clock


class AgentService:
    """For librarians and admins: runs are rows, drafts stay drafts until somebody approves, a person's words lie beside them."""

    def __init__(self, tools: AgentTools) -> None:
        self._tools = tools
        self._agents = {agent.name: agent for agent in tools.agents}

    async def list(self, by: Principal) -> Sequence[Agent]:
        """The agents that there are. Raises NotAllowed."""
        require_staff(by)
        return self._tools.agents

    async def run(
        self, by: Principal, name: AgentName, *, inquiry_id: str | None, text: str | None, request_id: str | None
    ) -> AgentRun:
        """Has an agent work on an inquiry, or on a text. Raises NotAllowed, InquiryNotFound, TextEmptied, TooManyRequests."""
        require_staff(by)
        await self._tools.limiter.hit(Rule.ASK_PER_ACCOUNT, by.user_id)
        inquiry = await self._inquiry(by, inquiry_id) if inquiry_id else await self._read(by, text or "")
        made = await self._agents[name].run(by, inquiry)
        run = AgentRun(
            id=str(uuid4()),
            agent=name,
            inquiry_id=inquiry_id,
            input=None if inquiry_id else text,
            output=dict(made.output),
            evidence=list(made.evidence),
            citations=list(made.citations),
            usage=dict(made.usage),
            cost=made.cost,
            created_by=by.user_id,
            created_at=self._tools.clock.now(),
        )
        async with self._tools.uow(by.tenant_id) as uow:
            await uow.agents.add(run)
            if inquiry_id:
                await self._record(uow, await uow.inquiries.get(inquiry_id), InquiryStep.DRAFTED, run, request_id)
        log.info("agent.ran", agent=name.value, run_id=run.id, inquiry_id=inquiry_id)
        return run

    async def get(self, by: Principal, run_id: str) -> AgentRun:
        """One. Raises NotAllowed, AgentRunNotFound."""
        require_staff(by)
        async with self._tools.uow.reading(by.tenant_id) as uow:
            return await uow.agents.get(run_id)

    async def approve(self, by: Principal, run_id: str, text: str | None, request_id: str | None) -> AgentRun:
        """A person stands for a run: a reply answers its inquiry, a score qualifies it.

        Raises NotAllowed, AgentRunNotFound, AlreadyApproved, NothingToApprove, InquiryClosed.
        """
        require_staff(by)
        now = self._tools.clock.now()
        async with self._tools.uow(by.tenant_id) as uow:
            run = await uow.agents.get(run_id)
            run.approve(by.user_id, text, now)
            if run.inquiry_id:
                inquiry = await uow.inquiries.get(run.inquiry_id)
                await self._record(uow, inquiry, InquiryStep.APPROVED, run, request_id)
                if run.agent is AgentName.REPLY:
                    inquiry.answer(now)
                elif run.agent is AgentName.QUALIFY:
                    inquiry.qualify(run.output["score"], now)
                    await note_qualified(uow, by.tenant_id, inquiry, now, request_id)
        log.info("agent.approved", agent=run.agent.value, run_id=run.id, inquiry_id=run.inquiry_id, was_edited=text is not None)
        return run

    async def _inquiry(self, by: Principal, inquiry_id: str) -> Inquiry:
        async with self._tools.uow.reading(by.tenant_id) as uow:
            inquiry = await uow.inquiries.get(inquiry_id)
        if inquiry.message is None:
            raise TextEmptied
        return inquiry

    async def _read(self, by: Principal, text: str) -> Inquiry:
        """A text as if it were an inquiry, read by rules and not kept."""
        policy, now = await self._tools.policies.of(by.tenant_id), self._tools.clock.now()
        inquiry = Inquiry(
            id="",
            message=text,
            stated={},
            region=policy.region,
            source=None,
            created_by=by.user_id,
            request_id=None,
            created_at=now,
            updated_at=now,
        )
        inquiry.read_as(await asyncio.to_thread(classify, text), policy.threshold, now)
        inquiry.take(await asyncio.to_thread(self._tools.reader.fields, text, policy.region))
        return inquiry

    async def _record(self, uow: UnitOfWork, inquiry: Inquiry, step: InquiryStep, run: AgentRun, request_id: str | None) -> None:
        told = f"{run.agent.value}, run {run.id}{', in other words' if run.edited is not None else ''}."
        record = InquiryRecord.of(inquiry, step, self._tools.clock.now(), detail=told, request_id=request_id)
        await uow.inquiries.record([record])
