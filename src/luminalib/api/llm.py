"""/admin/llm: the language engine, for admins."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from luminalib.api.deps import PrincipalDep, ServicesDep
from luminalib.api.problems import documented
from luminalib.domain.auth import NotAllowed
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.llm import AnswerWay, EngineReport, Purpose, VariantUsage
from luminalib.services.llm import PricedUsage


def _plain_date(given: Any) -> Any:
    """Only what a date looks like in RFC 3339: pydantic alone would take seconds since 1970, too."""
    if isinstance(given, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", given):
        raise ValueError("should look like 2026-01-31")
    return given


Day = Annotated[date, BeforeValidator(_plain_date)]
router = APIRouter(prefix="/admin/llm", tags=["administration"])


class UsageOut(BaseModel):
    """The calls of one day (UTC) for one purpose to one model."""

    day: date
    purpose: Purpose
    user_id: str | None = Field(description="The member who asked, with `by_member`; null for the library's own work.")
    provider: str = Field(examples=["ollama"])
    model: str = Field(examples=["llama3.2:1b"])
    calls: int = Field(examples=[14], description="All questions, also those that were answered from the cache.")
    cached: int = Field(examples=[3])
    repaired: int = Field(examples=[2], description="Usable only after the model was told what was wrong with its first answer.")
    failed: int = Field(examples=[0])
    tokens_in: int = Field(examples=[20133], description="As the model server counted them.")
    tokens_out: int = Field(examples=[2480])
    seconds: float = Field(examples=[73.4])
    failed_checks: dict[str, int] = Field(
        examples=[{"echo": 1, "topic": 2}], description="How many calls had answers that did not pass a check of their content."
    )
    cost: float | None = Field(examples=[None], description="Null for a model without a price in LUMINALIB_LLM_PRICES.")

    @classmethod
    def of(cls, priced: PricedUsage) -> "UsageOut":
        """The calls as they are sent."""
        facts = {name: getattr(priced.usage, name) for name in cls.model_fields if name != "cost"}
        return cls(**facts, cost=priced.cost)


class VariantUsageOut(BaseModel):
    """What a version of a prompt came to with one model."""

    model_config = ConfigDict(from_attributes=True)

    purpose: Purpose
    provider: str = Field(examples=["ollama"])
    model: str = Field(examples=["llama3.2:1b"])
    variant: str = Field(examples=["text-summary@5"], description="The prompt's name and version.")
    calls: int = Field(examples=[14], description="All questions, also those that were answered from the cache.")
    accepted: int = Field(examples=[9], description="Answers that were taken as they came.")
    cached: int = Field(examples=[3])
    repaired: int = Field(examples=[2], description="Usable only after the model was told what was wrong with its first answer.")
    failed: int = Field(examples=[0], description="In whose place another engine answered, or nobody.")
    helpful: int = Field(examples=[5], description="How many readers were helped by the result.")
    unhelpful: int = Field(examples=[1], description="How many readers were not.")


class UsageListOut(BaseModel):
    """Calls by day and purpose, the newest day first, and their sum."""

    items: list[UsageOut]
    variants: list[VariantUsageOut] = Field(description="With `group=variant`: the versions of prompts over the same days.")
    calls: int
    tokens_in: int
    tokens_out: int
    cost: float | None = Field(description="Of the models that have a price; null when none has.")

    @classmethod
    def of(cls, found: list[PricedUsage], variants: list[VariantUsage]) -> "UsageListOut":
        """The list with its sums."""
        items = [UsageOut.of(priced) for priced in found]
        costs = [item.cost for item in items if item.cost is not None]
        return cls(
            items=items,
            variants=[VariantUsageOut.model_validate(one) for one in variants],
            calls=sum(item.calls for item in items),
            tokens_in=sum(item.tokens_in for item in items),
            tokens_out=sum(item.tokens_out for item in items),
            cost=sum(costs) if costs else None,
        )


class FindingOut(BaseModel):
    """One thing that was tried, what came of it, and what to do when it went wrong."""

    model_config = ConfigDict(from_attributes=True)

    check: str = Field(examples=["model"])
    is_fine: bool
    detail: str = Field(examples=["Ollama does not have the model llama3.2:1b (yet). Fetch it with `ollama pull llama3.2:1b`."])


class EngineReportOut(BaseModel):
    """What the engine can do; `is_ready` when that is enough for the library's work."""

    model_config = ConfigDict(from_attributes=True)

    provider: str = Field(examples=["ollama"])
    model: str = Field(examples=["llama3.2:1b"])
    is_ready: bool
    context_length: int | None = Field(examples=[8192], description="How many tokens it reads at once.")
    answers_by: AnswerWay | None = Field(
        examples=["schema"],
        description="How members' questions are answered: by its calls of tools, by JSON, or without it; null when untried.",
    )
    tokens_per_second: float | None = Field(examples=[48.5], description="Read and written, without waiting in line.")
    minutes_per_book: float | None = Field(examples=[51.5], description="For 300 pages at that speed.")
    findings: list[FindingOut]

    @classmethod
    def of(cls, report: EngineReport) -> "EngineReportOut":
        """The report as it is sent."""
        return cls.model_validate(report)


@router.get("/usage", responses=documented(Unauthenticated, NotAllowed))
async def get_engine_usage(
    by: PrincipalDep,
    services: ServicesDep,
    since: Annotated[Day | None, Query(description="The first day; 30 days by default.", examples=["2026-05-01"])] = None,
    until: Annotated[Day | None, Query(description="The last day; today by default.", examples=["2026-05-31"])] = None,
    by_member: Annotated[bool, Query(description="Whether each member's calls are added up apart.")] = False,  # noqa: FBT002
    group: Annotated[
        Literal["variant"] | None, Query(description="variant: also how versions of prompts compare.", examples=["variant"])
    ] = None,
) -> UsageListOut:
    """What the language engine was asked, per day and purpose: calls, tokens, seconds and, for models with a price, cost."""
    found = await services.llm.usage(by, since, until, by_member=by_member)
    return UsageListOut.of(found, await services.llm.variants(by, since, until) if group else [])


@router.post("/test", responses=documented(Unauthenticated, NotAllowed))
async def test_engine(by: PrincipalDep, services: ServicesDep) -> EngineReportOut:
    """Tries the language engine: is the model there, does it answer in JSON, how much does it read at once, can it call tools."""
    return EngineReportOut.of(await services.llm.test(by))
