"""Inquiries."""

from luminalib.services.inquiries.service import InquiryService, InquiryTools

__all__ = ["InquiryService", "InquiryTools"]
