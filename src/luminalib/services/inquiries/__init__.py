"""Inquiries."""

from luminalib.services.inquiries.learning import IntentLearning, LearningTools
from luminalib.services.inquiries.service import InquiryService, InquiryTools

__all__ = ["InquiryService", "InquiryTools", "IntentLearning", "LearningTools"]
