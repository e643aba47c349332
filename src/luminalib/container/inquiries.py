"""Inquiries, given their adapters."""

from datetime import timedelta

from luminalib.adapters.triage.learner import LogisticIntentLearner
from luminalib.adapters.triage.reading import RuleFieldReader
from luminalib.container.adapters import Adapters
from luminalib.domain.triage import TriagePolicy
from luminalib.services.inquiries import InquiryService, InquiryTools, IntentLearning, LearningTools
from luminalib.settings import Settings
from luminalib.steps.triage_policies import TriagePolicies


def intent_learning(a: Adapters) -> IntentLearning:
    """Who learns what inquiries want."""
    return IntentLearning(LearningTools(uow=a.uow, storage=a.storage, learner=LogisticIntentLearner(a.children), clock=a.clock))


def inquiry_service(settings: Settings, a: Adapters) -> InquiryService:
    """Who reads and keeps inquiries."""
    policy = TriagePolicy(
        threshold=settings.inquiries.confidence,
        region=settings.region or None,
        kept_for=timedelta(days=settings.inquiries.text_days),
        per_day=settings.inquiries.per_day,
        is_public=settings.inquiries.public,
    )
    tools = InquiryTools(
        uow=a.uow,
        inquiries=a.views.inquiries,
        reader=RuleFieldReader(),
        policies=TriagePolicies(policy),
        learning=intent_learning(a),
        limiter=a.limiter,
        clock=a.clock,
    )
    return InquiryService(tools)
