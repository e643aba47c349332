"""Tenants: libraries that share an installation and know nothing of one another."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from luminalib.domain.answer_rules import Language
from luminalib.domain.auth import MAIN_TENANT, NotAllowed, Principal, Role
from luminalib.domain.errors import Conflict, Forbidden, Invalid, NotFound
from luminalib.domain.jobs import Job
from luminalib.domain.loans import LoanRules
from luminalib.domain.one_time_links import SignupMode
from luminalib.domain.prompt_variants import PromptVariant

SLUG_MAX = 32
_SLUG = re.compile(rf"[a-z](?:-?[a-z0-9]){{1,{SLUG_MAX - 1}}}")
_RESERVED = frozenset({"admin", "api", "docs", "mail", "static", "www"})
"""Names that a host below the installation's domain may need for itself."""
INVITED_FOR_DAYS = 30
"""How long the first admin of a new tenant has to come."""
FIRST_PLAN = "unlimited"
REMOVE_TENANT = "remove_tenant"
_MARK = "."
"""Stands between a tenant's name and the secret behind it; no secret has one."""


class TenantNotFound(NotFound):
    """There is no such library in this installation."""

    slug = "tenant-not-found"


class SlugTaken(Conflict):
    """Another library of this installation has this name, or had it and is being removed."""

    slug = "slug-taken"


class BadSlug(Invalid):
    """A tenant's short name has 2 to 32 lower-case letters, digits and single hyphens, and begins with a letter."""

    slug = "bad-slug"


class PlanNotFound(Invalid):
    """There is no such plan. `GET /plans` lists them."""

    slug = "plan-not-found"


class EngineNotOffered(Invalid):
    """The operator offers no such language engine. `offered` lists those that there are."""

    slug = "engine-not-offered"


class TenantSuspended(Forbidden):
    """The library has been suspended. Ask whoever runs the installation."""

    slug = "tenant-suspended"


class TenantBeingRemoved(Conflict):
    """The library is being removed with all that it has: it cannot be taken up again. Found or import one once this one is gone."""

    slug = "tenant-being-removed"


class MainTenantStays(Conflict):
    """The main library runs the installation: it can neither be suspended nor removed."""

    slug = "main-tenant-stays"


class TenantsNotApart(Conflict):
    """As it stands the database does not keep libraries apart, so there can be one only. The log of the start says what to do."""

    slug = "tenants-not-apart"


class SlugNotConfirmed(Invalid):
    """To remove a library with all it has, repeat its short name."""

    slug = "slug-not-confirmed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a tenant may have at most, by the kind of thing; what is not named is not limited."""

    name: str
    limits: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class TenantView:
    """A library as it is shown to those who run it; of its own settings None is as the installation has it.

    `region` is the country whose telephone numbers need no code, `inquiry_confidence` below what a person should look at an
    inquiry, `inquiries_public` whether strangers may send some, `loan_policy` its own rules of circulation, `language` that of its
    own words in answers, `refusal` what it says to what it cannot answer, `answer_confidence` how sure of an answer it must be, and
    `prompt_variants` which versions of prompts its language model is asked with, by name, and `llm` its language engine, of those
    that the operator offers.
    """

    slug: str
    name: str
    plan: str
    is_active: bool
    created_at: datetime
    signup: SignupMode | None
    region: str | None
    inquiry_confidence: float | None
    inquiries_public: bool | None
    loan_policy: LoanRules | None = None
    language: Language | None = None
    refusal: str | None = None
    answer_confidence: float | None = None
    prompt_variants: Mapping[str, Sequence[PromptVariant]] | None = None
    llm: str | None = None

    @property
    def is_main(self) -> bool:
        """Whether it is the one that runs the installation."""
        return self.slug == MAIN_TENANT


@dataclass(eq=False, kw_only=True)
class Tenant:
    """A library, as TenantView shows it: `tenant_id` is its short name, which hosts, log-ins and storage keys use."""

    tenant_id: str
    name: str
    plan: str
    created_at: datetime
    is_active: bool = True
    signup: SignupMode | None = None
    region: str | None = None
    inquiry_confidence: float | None = None
    inquiries_public: bool | None = None
    loan_policy: LoanRules | None = None
    language: Language | None = None
    refusal: str | None = None
    answer_confidence: float | None = None
    prompt_variants: Mapping[str, Sequence[PromptVariant]] | None = None
    llm: str | None = None

    @property
    def view(self) -> TenantView:
        """What is shown of it."""
        shown = {one.name: getattr(self, one.name) for one in fields(TenantView) if one.name != "slug"}
        return TenantView(slug=self.tenant_id, **shown)


def accept_slug(slug: str) -> str:
    """The short name of a new tenant. Raises BadSlug, SlugTaken."""
    if not _SLUG.fullmatch(slug):
        raise BadSlug
    if slug in _RESERVED or slug == MAIN_TENANT:
        raise SlugTaken
    return slug


def require_operator(principal: Principal) -> None:
    """Raises NotAllowed for everybody but those who run the installation."""
    if principal.role is not Role.OPERATOR or principal.tenant_id != MAIN_TENANT:
        raise NotAllowed("Only an operator of this installation may do this.")


def removal_of(slug: str) -> str:
    """The lock of the job that removes a tenant."""
    return f"{REMOVE_TENANT}:{slug}"


def remove_tenant(slug: str, at: datetime) -> Job:
    """Removes all that a suspended tenant has; a job of the main tenant, as the other's own go with it."""
    lock = removal_of(slug)
    return Job(name=REMOVE_TENANT, payload={"slug": slug}, tenant_id=MAIN_TENANT, run_at=at, lock=lock, queueing_lock=lock)


def marked(secret: str, tenant_id: str) -> str:
    """A secret that says whose it is, so that whoever brings it need not; those of the main tenant stay as they are."""
    return secret if tenant_id == MAIN_TENANT else f"{tenant_id}{_MARK}{secret}"


def tenant_of(secret: str) -> str:
    """Whose a secret says it is."""
    tenant_id, mark, _ = secret.partition(_MARK)
    return tenant_id if mark else MAIN_TENANT


def tenant_of_host(host: str, domain: str) -> str | None:
    """The tenant whose name stands before the installation's domain in a host's name."""
    name = host.lower().removesuffix("." + domain.lower()) if domain else host
    return name if name != host.lower() and _SLUG.fullmatch(name) else None
