"""Inquiries, given their adapters."""

from datetime import timedelta

from luminalib.adapters.triage.learner import LogisticIntentLearner
from luminalib.adapters.triage.reading import RuleFieldReader
from luminalib.container.adapters import Adapters
from luminalib.domain.triage import TriagePolicy
from luminalib.services.inquiries import InquiryService, InquiryTools, IntentLearning, LearningTools, ModelTriage
from luminalib.settings import Settings
from luminalib.steps.triage_policies import TriagePolicies


def intent_learning(a: Adapters) -> IntentLearning:
    """Who learns what inquiries want."""
    return IntentLearning(LearningTools(uow=a.uow, storage=a.storage, learner=LogisticIntentLearner(a.children), clock=a.clock))


def model_triage(settings: Settings, a: Adapters) -> ModelTriage:
    """Who asks a model what an inquiry wants."""
    return ModelTriage(a.uow, a.llm, intent_learning(a), RuleFieldReader(), triage_policies(settings, a), a.clock)


def triage_policies(settings: Settings, a: Adapters) -> TriagePolicies:
    """How tenants want their inquiries treated."""
    policy = TriagePolicy(
        threshold=settings.inquiries.confidence,
        region=settings.region or None,
        kept_for=timedelta(days=settings.inquiries.text_days),
        per_day=settings.inquiries.per_day,
        is_public=settings.inquiries.public,
        has_model=settings.llm != "extractive",
    )
    return TriagePolicies(policy, a.tenants)


def inquiry_service(settings: Settings, a: Adapters) -> InquiryService:
    """Who reads and keeps inquiries."""
    tools = InquiryTools(
        uow=a.uow,
        inquiries=a.views.inquiries,
        reader=RuleFieldReader(),
        policies=triage_policies(settings, a),
        learning=intent_learning(a),
        limiter=a.limiter,
        clock=a.clock,
    )
    return InquiryService(tools)
