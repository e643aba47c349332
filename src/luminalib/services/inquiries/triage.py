"""The second reading of an inquiry, by a language model, in the background."""

import asyncio
from dataclasses import replace

import structlog

from luminalib.domain.errors import LuminaError
from luminalib.domain.inquiries import Inquiry, InquiryNotFound, InquiryRecord, InquiryStep
from luminalib.domain.inquiry_rules import classify, together
from luminalib.domain.intelligence import LanguageEngineUnavailable, TextTooHeavy, UnusableAnswer
from luminalib.domain.jobs import Job
from luminalib.domain.triage import FieldReading, InquiryFields, IntentReading, TriageMethod
from luminalib.ports.clock import Clock
from luminalib.ports.llm import LLMProvider
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.triage import FieldReader
from luminalib.services.inquiries.learning import IntentLearning
from luminalib.services.inquiries.reading import fields_found
from luminalib.steps.triage_policies import TriagePolicies

log = structlog.get_logger(__name__)


class ModelTriage:
    """Does the job `triage_inquiry`. A model that is away or says nothing usable costs the model's opinion, never the inquiry."""

    def __init__(
        self,
        uow: UnitOfWorkFactory,
        llm: LLMProvider,
        learning: IntentLearning,
        reader: FieldReader,
        policies: TriagePolicies,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._llm = llm
        self._learning = learning
        self._reader = reader
        self._policies = policies
        self._clock = clock

    async def run(self, job: Job) -> None:
        """Asks the model; what a person has said meanwhile stays."""
        inquiry = await self._awaiting(job)
        if inquiry is None or inquiry.message is None:
            return
        threshold = (await self._policies.of(job.tenant_id)).threshold
        try:
            told = await self._llm.classify_inquiry(job.tenant_id, inquiry.message)
            intent = together(await self._first(job.tenant_id, inquiry.message), told)
            is_sure = told.method is TriageMethod.MODEL and intent.confidence >= threshold
            fields = await self._llm.extract_inquiry(job.tenant_id, inquiry.message, inquiry.region) if is_sure else None
        except (LanguageEngineUnavailable, UnusableAnswer, TextTooHeavy) as reason:
            await self.give_up(job, reason)
            return
        await self._settle(job, told, intent, fields, threshold)

    async def give_up(self, job: Job, error: Exception) -> None:
        """What the inquiry was read as at once stands, and its steps say why."""
        reason = error.detail if isinstance(error, LuminaError) else f"The model could not be asked ({type(error).__name__})."
        async with self._uow(job.tenant_id) as uow:
            try:
                inquiry = await uow.inquiries.get(job.payload["inquiry_id"])
            except InquiryNotFound:
                return
            if inquiry.awaits_model:
                inquiry.awaits_model = False
                stands = f"{reason} It stays as it was read by {inquiry.method.value}."
                await uow.inquiries.record([InquiryRecord.of(inquiry, InquiryStep.FELL_BACK, self._clock.now(), detail=stands)])
        log.warning("inquiry.fell_back", inquiry_id=job.payload["inquiry_id"], reason=reason)

    async def leave(self, job: Job, error: Exception) -> None:
        """Nothing to record: the job is tried again."""

    def _fields(self, inquiry: Inquiry, told: FieldReading | None) -> InquiryFields:
        """What the rules find counts, but for the name, and the model fills the gaps."""
        by_rules = self._reader.fields(inquiry.message or "", inquiry.region)
        return told.fields.under(replace(by_rules, name=told.fields.name or by_rules.name)) if told else by_rules

    async def _first(self, tenant_id: str, message: str) -> IntentReading:
        """What the rules and what was learnt say now."""
        classifier = await self._learning.classifier(tenant_id)
        return await asyncio.to_thread(classifier.classify if classifier else classify, message)

    async def _awaiting(self, job: Job) -> Inquiry | None:
        async with self._uow.reading(job.tenant_id) as uow:
            try:
                inquiry = await uow.inquiries.get(job.payload["inquiry_id"])
            except InquiryNotFound:
                return None
        return inquiry if inquiry.awaits_model else None

    async def _settle(
        self, job: Job, told: IntentReading, intent: IntentReading, fields: FieldReading | None, threshold: float
    ) -> None:
        now = self._clock.now()
        async with self._uow(job.tenant_id) as uow:
            inquiry = await uow.inquiries.get(job.payload["inquiry_id"])
            if not inquiry.awaits_model:
                return
            inquiry.awaits_model = False
            if told.method is not TriageMethod.MODEL:
                stands = f"{told.provider} answered in the model's place. It stays as it was read by {inquiry.method.value}."
                await uow.inquiries.record([InquiryRecord.of(inquiry, InquiryStep.FELL_BACK, now, detail=stands, reading=told)])
                return
            inquiry.read_as(intent, threshold, now)
            inquiry.take(self._fields(inquiry, fields))
            steps = [InquiryRecord.of(inquiry, InquiryStep.CLASSIFIED, now, detail=_said_of(told, intent), reading=told)]
            if fields:
                steps.append(InquiryRecord.of(inquiry, InquiryStep.EXTRACTED, now, detail=fields_found(inquiry), reading=fields))
            await uow.inquiries.record(steps)
        log.info("inquiry.triaged", inquiry_id=inquiry.id, intent=inquiry.intent.value, confidence=inquiry.confidence)


def _said_of(told: IntentReading, intent: IntentReading) -> str:
    """What the model said, and what came of it."""
    if intent.method is TriageMethod.MODEL:
        return f"{intent.intent.value}, by {intent.method.value}."
    return f"The model says {told.intent.value}. It stays {intent.intent.value}, by {intent.method.value}, and is less sure."
