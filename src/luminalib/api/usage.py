"""/usage: what a library uses of its plan, and what that costs."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from luminalib.api.deps import PrincipalDep, ServicesDep
from luminalib.api.problems import documented
from luminalib.domain.auth import NotAllowed
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.llm import Purpose
from luminalib.domain.quotas import Quota
from luminalib.domain.tenants import SLUG_MAX, TenantNotFound
from luminalib.services.usage import UsageReport

router = APIRouter(tags=["tenants"])
_PRICED = "Of the models that have a price in LUMINALIB_LLM_PRICES."


class CostOut(BaseModel):
    """What the language model has cost."""

    currency: str = Field(description="ISO 4217.", examples=["USD"])
    amount: float = Field(description=_PRICED, examples=[0.42])
    by_purpose: Mapping[Purpose, float] = Field(description="By what the model was asked for.", examples=[{"summary": 0.42}])


class DayOfUseOut(BaseModel):
    """What one day (UTC) took."""

    model_config = ConfigDict(from_attributes=True)

    day: date
    documents: int = Field(description="Files that were taken in.", examples=[3])
    model_tokens: int = Field(description="Read and written by the language model.", examples=[8200])
    cost: float = Field(description=_PRICED, examples=[0.02])


class UsageReportOut(BaseModel):
    """A library's month so far."""

    tenant: str = Field(description="The library's short name.", examples=["main"])
    plan: str = Field(description="A name of `GET /plans`.", examples=["reading-room"])
    period: str = Field(description="The month (UTC).", examples=["2026-05"])
    limits: Mapping[str, int] = Field(description="The most of each kind; others are not limited.", examples=[{"books": 1000}])
    used: Mapping[Quota, int] = Field(
        description="Members, books and bytes as they are now, documents of today (UTC), tokens of this month.",
        examples=[{"members": 12, "books": 340, "bytes": 51400000, "documents_per_day": 2, "model_tokens_per_month": 8200}],
    )
    cost: CostOut = Field(examples=[{"currency": "USD", "amount": 0.42, "by_purpose": {"summary": 0.42}}])
    daily: list[DayOfUseOut] = Field(description="The days of the month so far.")

    @classmethod
    def of(cls, report: UsageReport) -> "UsageReportOut":
        """The report as it is sent."""
        cost = CostOut(currency=report.currency, amount=sum(report.costs.values()), by_purpose=report.costs)
        facts = {name: getattr(report, name) for name in ("tenant", "plan", "period", "limits", "used")}
        return cls(**facts, cost=cost, daily=[DayOfUseOut.model_validate(day) for day in report.days])


@router.get("/usage", responses=documented(Unauthenticated, NotAllowed, TenantNotFound))
async def get_usage(
    by: PrincipalDep,
    services: ServicesDep,
    tenant: Annotated[
        str | None, Query(max_length=SLUG_MAX, description="For operators: of which library.", examples=["seaside"])
    ] = None,
) -> UsageReportOut:
    """What your library uses of its plan, and what its language model costs, this month. For admins."""
    return UsageReportOut.of(await services.usage.report(by, tenant))
