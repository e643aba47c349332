"""/tenants and /plans for operators, /tenant for a library's own admins."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue, Strict, StringConstraints

from luminalib.api.deps import PrincipalDep, ServicesDep
from luminalib.api.fields import Body, Patch, PlainText
from luminalib.api.json import Json
from luminalib.api.one_time_links import JOIN_PAGE, LinkOut, link_of
from luminalib.api.paging import PageDep, PageOf, page_of
from luminalib.api.problems import documented
from luminalib.domain.answer_rules import Language
from luminalib.domain.auth import NotAllowed
from luminalib.domain.confidence import HOPELESS
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.one_time_links import SignupMode
from luminalib.domain.prompt_variants import MOST_VARIANTS, MOST_WEIGHT, UnknownPrompt
from luminalib.domain.tenants import (
    FIRST_PLAN,
    SLUG_MAX,
    BadSlug,
    EngineNotOffered,
    MainTenantStays,
    PlanNotFound,
    SlugNotConfirmed,
    SlugTaken,
    TenantBeingRemoved,
    TenantNotFound,
    TenantsNotApart,
    TenantView,
)
from luminalib.services.tenants import TenantChange

router = APIRouter(tags=["tenants"])
Slug = Annotated[str, StringConstraints(min_length=1, max_length=SLUG_MAX)]
SlugPath = Annotated[str, Path(max_length=SLUG_MAX, description="The library's short name.", examples=["seaside"])]
Name = Annotated[PlainText, StringConstraints(min_length=1, max_length=200)]


class TenantBody(Body):
    """A new library of this installation."""

    slug: Slug = Field(description="Its short name, for hosts and log-ins; it never changes.", examples=["seaside"])
    name: Name = Field(description="Its name for people.", examples=["Seaside Public Library"])
    plan: str = Field(FIRST_PLAN, max_length=32, description="One of `GET /plans`.", examples=["library"])
    admin_email: Annotated[PlainText, StringConstraints(min_length=3, max_length=320)] = Field(
        description="Whom the first invitation is for.", examples=["grace@seaside.example.org"]
    )


class TenantPatch(Patch):
    """What to change of a library; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"plan": "reading-room"}]})
    name: Name = ""
    plan: Annotated[str, StringConstraints(max_length=32)] = Field("", description="One of `GET /plans`.", examples=["library"])
    is_active: Annotated[bool, Strict()] = True


class TenantRemoval(Body):
    """That this is meant."""

    slug: Slug = Field(description="The short name once more.", examples=["seaside"])


_SIGNUP = "Who may make an account; null is as the installation has it."
_REGION = "The country whose telephone numbers need no code (ISO 3166); null is as the installation has it."
_CONFIDENCE = "Below what confidence a person should look at an inquiry; null is as the installation has it."
_PUBLIC = "Whether strangers may send inquiries; null is as the installation has it."
_LOANS = "Its own rules of circulation; what is not named, or null, is as the installation has it."
_LANGUAGE = "The language of the library's own words in answers (ISO 639-1); null is English."
_REFUSAL = "What it says to a question that it cannot answer; null is as its language, or else the installation, has it."
_SURE = "How sure of an answer it must be to give it as one, not as nearest places; null is as the installation has it."
_VARIANTS = "Which versions of prompts the language model is asked with, and how often each; null is the usual ones."
_TWO: dict[str, JsonValue] = {"text-summary": [{"version": 3, "weight": 9}, {"version": 100, "weight": 1}]}
_LLM = "Its language engine, of those that the operator offers; null is the installation's."
_NO = "Das steht in keinem unserer Bücher."
_A_RULE: dict[str, JsonValue] = {"period_days": 14, "max_per_member": 5}
Region = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
Days = Annotated[int, Field(strict=True, le=3650)]
DaysOfAYear = Annotated[int, Field(strict=True, le=365)]
Number = Annotated[int, Field(strict=True, le=1000)]
Confidence = Annotated[float, Field(ge=0, le=1, strict=True)]
Refusal = Annotated[PlainText, StringConstraints(min_length=1, max_length=500)]


class LoanRulesBody(Patch):
    """Rules of circulation; what is left out is as the installation has it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_A_RULE]})
    period_days: Days = Field(21, ge=1, description="For how many days a book is lent and renewed.", examples=[14])
    period_days_when_awaited: Days = Field(14, ge=1, description="The same of one that others wait for.", examples=[7])
    max_per_member: Number = Field(10, ge=1, description="How many books a member may have at a time.", examples=[5])
    max_renewals: Annotated[int, Field(strict=True, ge=0, le=100)] = Field(2, description="Per loan.", examples=[2])
    renew_from: Literal["due", "now"] = Field("due", description="What a renewal counts from.", examples=["due"])
    grace_days: DaysOfAYear = Field(0, ge=0, description="How long after its due date a loan counts as overdue.", examples=[1])
    max_holds_per_member: Number = Field(10, ge=1, description="For how many books a member may wait.", examples=[10])
    hold_shelf_days: DaysOfAYear = Field(3, ge=1, description="How long a copy is kept for who has waited for it.", examples=[3])
    due_soon_days: DaysOfAYear = Field(3, ge=0, description="How long before its due date a loan is due soon.", examples=[3])


class VariantBody(Body):
    """A version of a prompt, of those that `luminalib prompts list` shows."""

    version: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = Field(description="The version.", examples=[3])
    weight: Annotated[int, Field(strict=True, ge=1, le=MOST_WEIGHT)] = Field(
        description="How often beside the others.", examples=[9]
    )


PromptName = Annotated[str, StringConstraints(max_length=64)]
Variants = Annotated[list[VariantBody], Field(min_length=1, max_length=MOST_VARIANTS)]


class OwnTenantPatch(Patch):
    """What to change of the own library; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"signup": "invite", "region": "IT"}]})
    name: Name = ""
    signup: SignupMode | None = Field(None, description=_SIGNUP, examples=["invite"])
    region: Region | None = Field(None, description=_REGION, examples=["IT"])
    inquiry_confidence: Confidence | None = Field(None, description=_CONFIDENCE, examples=[0.8])
    inquiries_public: Annotated[bool, Strict()] | None = Field(None, description=_PUBLIC, examples=[True])
    loan_policy: LoanRulesBody | None = Field(None, description=_LOANS, examples=[_A_RULE])
    language: Language | None = Field(None, description=_LANGUAGE, examples=["de"])
    refusal: Refusal | None = Field(None, description=_REFUSAL, examples=[_NO])
    answer_confidence: Annotated[Confidence, Field(ge=HOPELESS)] | None = Field(None, description=_SURE, examples=[0.4])
    prompt_variants: Annotated[dict[PromptName, Variants], Field(max_length=64)] | None = Field(
        None, description=_VARIANTS, examples=[_TWO]
    )
    llm: Annotated[str, StringConstraints(min_length=1, max_length=220)] | None = Field(
        None, description=_LLM, examples=["extractive"]
    )


class TenantOut(BaseModel):
    """A library of this installation."""

    slug: str = Field(description="Its short name.", examples=["seaside"])
    name: str = Field(description="Its name for people.", examples=["Seaside Public Library"])
    plan: str = Field(description="What it may have at most, as a name of `GET /plans`.", examples=["library"])
    is_active: bool = Field(description="False while it is suspended: nobody can log in.")
    created_at: datetime
    signup: SignupMode | None = Field(description=_SIGNUP, examples=["invite"])
    region: str | None = Field(description=_REGION, examples=["IT"])
    inquiry_confidence: float | None = Field(description=_CONFIDENCE, examples=[0.8])
    inquiries_public: bool | None = Field(description=_PUBLIC, examples=[True])
    loan_policy: dict[str, int | str] | None = Field(description=_LOANS, examples=[_A_RULE])
    language: Language | None = Field(description=_LANGUAGE, examples=["de"])
    refusal: str | None = Field(description=_REFUSAL, examples=[_NO])
    answer_confidence: float | None = Field(description=_SURE, examples=[0.4])
    prompt_variants: dict[str, list[dict[str, int]]] | None = Field(description=_VARIANTS, examples=[_TWO])
    llm: str | None = Field(description=_LLM, examples=["ollama/llama3.2:3b"])

    @classmethod
    def of(cls, tenant: TenantView) -> "TenantOut":
        """The library as it is sent."""
        return cls.model_validate(tenant, from_attributes=True)


class NewTenantOut(TenantOut):
    """A new library, with the link by which its first admin joins."""

    invitation: LinkOut = Field(description="By which the first admin joins; shown this once.")


class PlanOut(BaseModel):
    """What a library may have at most; what is not named is not limited."""

    name: str = Field(description="Its name.", examples=["reading-room"])
    limits: Mapping[str, int] = Field(description="The most of each kind.", examples=[{"members": 50, "books": 1000}])


@router.post(
    "/tenants",
    status_code=201,
    responses=documented(Unauthenticated, NotAllowed, TenantsNotApart, BadSlug, SlugTaken, PlanNotFound),
)
async def create_tenant(body: TenantBody, request: Request, by: PrincipalDep, services: ServicesDep) -> NewTenantOut:
    """Makes a library of its own, and the link by which its first admin joins: it is shown this once. For operators."""
    tenant, link = await services.tenants.create(by, body.slug, body.name, body.plan, body.admin_email)
    return NewTenantOut(**TenantOut.of(tenant).model_dump(), invitation=link_of(request, JOIN_PAGE, link))


@router.get("/tenants", response_model=PageOf[TenantOut], responses=documented(Unauthenticated, NotAllowed))
async def list_tenants(request: Request, by: PrincipalDep, services: ServicesDep, page: PageDep) -> Json:
    """All libraries of the installation, the oldest first. For operators."""
    return page_of(await services.tenants.list(by, page), page, request)


@router.get("/tenants/{slug}", responses=documented(Unauthenticated, NotAllowed, TenantNotFound))
async def get_tenant(slug: SlugPath, by: PrincipalDep, services: ServicesDep) -> TenantOut:
    """One library. For operators."""
    return TenantOut.of(await services.tenants.get(by, slug))


@router.patch(
    "/tenants/{slug}",
    responses=documented(Unauthenticated, NotAllowed, TenantNotFound, PlanNotFound, MainTenantStays, TenantBeingRemoved),
)
async def change_tenant(slug: SlugPath, body: TenantPatch, by: PrincipalDep, services: ServicesDep) -> TenantOut:
    """Gives a library another name or plan, suspends it or lets it go on. Suspending ends all its sessions. For operators.

    A removal that has not begun is called off so; one at work is not.
    """
    given = body.model_fields_set
    change = TenantChange(
        name=body.name if "name" in given else None,
        plan=body.plan if "plan" in given else None,
        is_active=body.is_active if "is_active" in given else None,
    )
    return TenantOut.of(await services.tenants.change(by, slug, change))


@router.delete(
    "/tenants/{slug}",
    status_code=202,
    responses=documented(Unauthenticated, NotAllowed, TenantNotFound, MainTenantStays, SlugNotConfirmed),
)
async def remove_tenant(slug: SlugPath, body: TenantRemoval, by: PrincipalDep, services: ServicesDep) -> None:
    """Suspends a library and removes all that it has in the background; `GET` answers 404 once nothing is left. For operators."""
    await services.tenants.remove(by, slug, body.slug)


@router.get("/plans", responses=documented(Unauthenticated, NotAllowed))
async def list_plans(by: PrincipalDep, services: ServicesDep) -> list[PlanOut]:
    """The plans that libraries may have."""
    return [PlanOut(name=plan.name, limits=plan.limits) for plan in await services.tenants.plans(by)]


@router.get("/tenant", responses=documented(Unauthenticated, NotAllowed))
async def get_own_tenant(by: PrincipalDep, services: ServicesDep) -> TenantOut:
    """Your own library. For admins."""
    return TenantOut.of(await services.tenants.own(by))


@router.patch("/tenant", responses=documented(Unauthenticated, NotAllowed, UnknownPrompt, EngineNotOffered))
async def change_own_tenant(body: OwnTenantPatch, by: PrincipalDep, services: ServicesDep) -> TenantOut:
    """Changes your own library. For admins."""
    return TenantOut.of(await services.tenants.change_own(by, body.model_dump(exclude_unset=True)))
