"""The first reading of an inquiry, which needs no model: in a thread, about two milliseconds each."""

from datetime import datetime

from luminalib.domain.inquiries import Inquiry, InquiryRecord, InquiryStep
from luminalib.domain.inquiry_rules import MODEL, PROVIDER, VERSION, classify
from luminalib.domain.triage import FieldReading, TriagePolicy
from luminalib.ports.triage import FieldReader, IntentClassifier


def read_at_once(
    inquiry: Inquiry, reader: FieldReader, classifier: IntentClassifier | None, policy: TriagePolicy, at: datetime
) -> list[InquiryRecord]:
    """Reads intent and fields of a new inquiry into it, by the rules and by what was learnt; the steps that it made."""
    message = inquiry.message or ""
    intent = classifier.classify(message) if classifier else classify(message)
    inquiry.read_as(intent, policy.threshold, at)
    fields = FieldReading(fields=reader.fields(message, inquiry.region), provider=PROVIDER, model=MODEL, prompt=VERSION)
    inquiry.take(fields.fields)
    return [
        InquiryRecord.of(inquiry, InquiryStep.RECEIVED, at, detail=f"Source: {inquiry.source or 'not stated'}."),
        InquiryRecord.of(
            inquiry, InquiryStep.CLASSIFIED, at, detail=f"{intent.intent.value}, by {intent.method.value}.", reading=intent
        ),
        InquiryRecord.of(inquiry, InquiryStep.EXTRACTED, at, detail=fields_found(inquiry), reading=fields),
    ]


def fields_found(inquiry: Inquiry) -> str:
    """Which fields it has, never what is in them."""
    return f"Fields: {', '.join(inquiry.found) or 'none'}."
