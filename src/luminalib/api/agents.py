"""/agents: drafts, scores and extracts that a person approves."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from luminalib.api.deps import PrincipalDep, ServicesDep
from luminalib.api.fields import Body
from luminalib.api.inquiries import request_id
from luminalib.api.inquiry_fields import EXAMPLE, MessageText
from luminalib.api.problems import documented
from luminalib.domain.agents import (
    LONGEST_REPLY,
    AgentName,
    AgentRunNotFound,
    AlreadyApproved,
    NothingToApprove,
    RunState,
    TextEmptied,
)
from luminalib.domain.auth import NotAllowed
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.inquiries import InquiryClosed, InquiryNotFound

router = APIRouter(prefix="/agents", tags=["inquiries"])
NamePath = Annotated[AgentName, Path(description="Which agent.", examples=["qualify"])]
RUN = "5b0c7f0e-2a0f-4f6e-9a57-8f1f0b7c1d22"


class AgentOut(BaseModel):
    """An agent: what it takes, gives and costs."""

    model_config = ConfigDict(from_attributes=True)
    name: AgentName = Field(description="Its name.", examples=["reply"])
    takes: str = Field(description="What it works on.", examples=["An inquiry, or a text."])
    gives: str = Field(description="What it makes, and what follows when that is approved.", examples=["A draft with citations."])
    costs: str = Field(description="What a run costs.", examples=["Nothing: it counts."])


class AgentsOut(BaseModel):
    """The agents that there are."""

    items: list[AgentOut]


class AgentRunBody(Body):
    """What to work on: an inquiry or a text."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"input": EXAMPLE}]})
    inquiry_id: UUID | None = Field(None, description="The inquiry.", examples=[RUN])
    input: MessageText | None = Field(None, description="Or a text.", examples=[EXAMPLE])

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.inquiry_id is None) == (self.input is None):
            raise ValueError("Give inquiry_id or input, one of both.")
        return self


class ApprovalBody(Body):
    """Approval, in other words where some are given; the draft is kept beside them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "Dear Ada, gladly! How about Tuesday?"}]})
    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_REPLY, strip_whitespace=True)] | None = Field(
        None, description="What to say instead.", examples=["Dear Ada, gladly! How about Tuesday?"]
    )


class AgentRunOut(BaseModel):
    """A run: what an agent made, what that rests on, what it cost, and whether somebody stands for it."""

    model_config = ConfigDict(from_attributes=True)
    id: str = Field(examples=[RUN])
    agent: AgentName = Field(description="Which agent.", examples=["qualify"])
    inquiry_id: str | None = Field(description="The inquiry it worked on; null for a text.", examples=[RUN])
    state: RunState = Field(description="A draft counts for nothing until it is approved.", examples=["draft"])
    output: dict[str, Any] = Field(
        description="reply: text, answered, refusal_reason, confidence; qualify: score, qualified; extract: mentions.",
        examples=[{"score": 65, "qualified": True}],
    )
    evidence: list[Any] = Field(
        description="What it rests on: quotations, or facts with their weights.",
        examples=[[{"fact": "states a budget", "weight": 20, "holds": True}]],
    )
    citations: list[dict[str, Any]] = Field(description="Where a reply's quotations stand.", examples=[[]])
    usage: dict[str, int] = Field(description="A model's tokens.", examples=[{"tokens_in": 0, "tokens_out": 0}])
    cost: float = Field(description="What it cost, in LUMINALIB_LLM_CURRENCY; 0 where the model has no price.", examples=[0.0])
    edited: str | None = Field(description="A person's own words in place of the draft's.", examples=["Dear Ada, gladly!"])
    created_by: str | None = Field(description="Who had it run.")
    created_at: datetime
    approved_by: str | None = Field(description="Who stands for it.", examples=[RUN])
    approved_at: datetime | None = Field(description="Since when.", examples=["2026-05-12T18:04:11Z"])


@router.get("", responses=documented(Unauthenticated, NotAllowed))
async def list_agents(by: PrincipalDep, services: ServicesDep) -> AgentsOut:
    """The agents that there are, for librarians and admins."""
    return AgentsOut(items=[AgentOut.model_validate(agent) for agent in await services.agents.list(by)])


@router.post("/{name}/runs", status_code=201, responses=documented(Unauthenticated, NotAllowed, InquiryNotFound, TextEmptied))
async def run_agent(name: NamePath, body: AgentRunBody, by: PrincipalDep, services: ServicesDep) -> AgentRunOut:
    """Has an agent work on an inquiry or a text. Nothing follows from what it makes until somebody approves."""
    inquiry_id = str(body.inquiry_id) if body.inquiry_id else None
    made = await services.agents.run(by, name, inquiry_id=inquiry_id, text=body.input, request_id=request_id())
    return AgentRunOut.model_validate(made)


@router.get("/runs/{run_id}", responses=documented(Unauthenticated, NotAllowed, AgentRunNotFound))
async def get_agent_run(run_id: UUID, by: PrincipalDep, services: ServicesDep) -> AgentRunOut:
    """A run."""
    return AgentRunOut.model_validate(await services.agents.get(by, str(run_id)))


@router.post(
    "/runs/{run_id}/approve",
    responses=documented(Unauthenticated, NotAllowed, AgentRunNotFound, AlreadyApproved, NothingToApprove, InquiryClosed),
)
async def approve_agent_run(run_id: UUID, body: ApprovalBody, by: PrincipalDep, services: ServicesDep) -> AgentRunOut:
    """Stands for a run: a reply answers its inquiry, a score qualifies it. Other words are kept beside the draft."""
    return AgentRunOut.model_validate(await services.agents.approve(by, str(run_id), body.text, request_id()))
