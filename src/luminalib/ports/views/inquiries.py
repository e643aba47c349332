"""Inquiries, as staff read them."""

from abc import ABC, abstractmethod

from luminalib.domain.inquiries import InquiryFilter
from luminalib.domain.inquiry_views import InquiryDetail, InquiryView
from luminalib.domain.paging import Page, PageRequest


class InquiryViews(ABC):
    """Inquiries and what happened to them."""

    @abstractmethod
    async def list(self, tenant_id: str, wanted: InquiryFilter, page: PageRequest) -> Page[InquiryView]:
        """Inquiries that match, the newest first."""

    @abstractmethod
    async def get(self, tenant_id: str, inquiry_id: str) -> InquiryDetail:
        """One with its steps, the oldest first. Raises InquiryNotFound."""
