"""Inquiries."""

from luminalib.services.inquiries.learning import IntentLearning, LearningTools
from luminalib.services.inquiries.service import InquiryService, InquiryTools
from luminalib.services.inquiries.triage import ModelTriage

__all__ = ["InquiryService", "InquiryTools", "IntentLearning", "LearningTools", "ModelTriage"]
